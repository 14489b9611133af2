"""The origin (RFC 6454) of which the addresses in answers are made: the operator's, or else the request's own.

Whoever asks decides what Host says, and a proxy may speak https to the reader and http to this service (``Forwarded``,
RFC 7239). So an operator states the public origin with the setting ``address``; without it, it is Host's, with the
scheme that a trusted proxy names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from coopgraph.settings import Settings

_PROTO = re.compile(r'(?:^|;)\s*proto="?([a-z]+)"?\s*(?:;|$)', re.IGNORECASE)
"""The scheme in one element of ``Forwarded`` (RFC 7239, section 5.4)."""

_SCHEMES = ("http", "https")


class Origin:
    """The scheme and host of the service: those of the setting ``address``, or else what trusted ``proxies`` say."""

    def __init__(self, settings: Settings) -> None:
        stated = urlsplit(settings.address)
        self.host = stated.netloc
        """Host and port that were stated, or the empty text."""
        self._scheme = stated.scheme
        self._proxies = settings.proxies

    def scheme(self, headers: Mapping[str, str], spoken: str) -> str:
        """Return the scheme by which the reader asks; ``spoken`` is that of the connection to this service.

        ``headers`` by name in lower case, those sent several times joined by commas. A proxy is believed as far as
        proxies are known: each has written the last entry that it saw.
        """
        if self._scheme or not self._proxies:
            return self._scheme or spoken
        named = [entry.strip() for entry in headers.get("x-forwarded-proto", "").split(",") if entry.strip()]
        if not named:
            elements = parse_http_list(headers.get("forwarded", ""))
            named = [found[1] if (found := _PROTO.search(element)) else "" for element in elements]
        scheme = named[-self._proxies :][0].lower() if named else ""
        return scheme if scheme in _SCHEMES else spoken
