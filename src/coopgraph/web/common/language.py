"""The language of an answer: content negotiation by ``Accept-Language``, unless the address names one."""

from __future__ import annotations

from flask import Response, request

from coopgraph.model.language import LANGUAGES, negotiate


def language() -> str:
    """Return the language of the answer: that of the address, else ``?lang=``, else the browser's."""
    return _named() or negotiate(request.headers.get("Accept-Language"), request.args.get("lang"))


def in_its_language(response: Response) -> Response:
    """Mark ``response`` as one in :func:`language` (RFC 9110, sections 8.5 and 12.5.5). Returns it."""
    response.headers["Content-Language"] = language()
    if _named() is None:
        response.vary.add("Accept-Language")
    return response


def _named() -> str | None:
    named: str | None = (request.view_args or {}).get("language")
    first = request.path.split("/")[1] if "/" in request.path else ""
    # Of an address that is not there, the reader's language is known all the same.
    return named or (first if first in LANGUAGES else None)
