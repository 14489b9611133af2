"""Request header fields (RFC 9110) by which an answer may be another one."""

from __future__ import annotations

NEGOTIATED = frozenset({"accept", "accept-language", "accept-encoding", "accept-profile"})
"""Fields of content negotiation (section 12.5, and https://www.w3.org/TR/dx-prof-conneg/)."""

CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
"""Fields by which a client says which copy it has (sections 13.1.2 and 13.1.3): who has the present one gets 304."""

SPECIAL = frozenset(
    {
        *("authorization", "cookie", "range", "if-match", "if-unmodified-since"),
        *("accept-datetime", "prefer", "te", "x-query-token"),
    }
)
"""Fields that only the application understands: neither a cache nor a short cut answers a request that has one.

So what varies by one of them is kept for those who do not send it.
"""
