"""The origin (RFC 6454) of which the addresses in answers are made: the operator's, or else the request's own.

Whoever asks decides what Host says, and a proxy may speak https to the reader and http to this service. So an operator
states the public origin with the setting ``address``; without it, it is Host's, with the scheme that a trusted proxy
names. Every absolute address of an answer is made by :func:`absolute_url`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import parse_http_list

from flask import request

from coopgraph.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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


class StatedOrigin:
    """WSGI layer that puts the origin that was stated, if any, in the place of the one that the request names."""

    def __init__(self, application: WSGIApplication, origin: Origin) -> None:
        self._application = application
        self._origin = origin

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on."""
        if self._origin.host:
            scheme = self._origin.scheme({}, environ["wsgi.url_scheme"])
            environ = environ | {"HTTP_HOST": self._origin.host, "wsgi.url_scheme": scheme}
        return self._application(environ, start_response)


def absolute_url(path: str) -> str:
    """Return the absolute address of ``path`` (empty, or with a slash in front) at the present request's origin."""
    return request.host_url.removesuffix("/") + path


def requested() -> str:
    """Return the absolute address of the present request, without its query."""
    return request.base_url
