"""Request header fields (RFC 9110) by which an answer may be another one."""

from __future__ import annotations

NEGOTIATED = frozenset({"accept", "accept-language", "accept-encoding"})
"""Fields of content negotiation (section 12.5)."""

SPECIAL = frozenset(
    {
        *("authorization", "cookie", "range", "if-match", "if-modified-since", "if-unmodified-since"),
        *("accept-datetime", "accept-profile", "prefer", "te", "x-query-token"),
    }
)
"""Fields that only the application understands: neither a cache nor a short cut answers a request that has one.

So what varies by one of them is kept for those who do not send it.
"""
