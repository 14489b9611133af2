"""Absolute addresses in answers, at the origin (RFC 6454) of the service; each is made by :func:`absolute_url`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import request

from coopgraph.http.origin import Origin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


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
