"""Problem documents (RFC 9457) of what is refused before the application is asked, or after it has answered."""

from __future__ import annotations

import json
from http import HTTPStatus

from coopgraph.messages.message import Message, verbatim
from coopgraph.model.language import negotiate

_FIELDS = (
    ("content-type", "application/problem+json"),
    ("access-control-allow-origin", "*"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)

_TITLES = {
    HTTPStatus.BAD_REQUEST: Message("Bad Request"),
    HTTPStatus.NOT_FOUND: Message("Not Found"),
    HTTPStatus.METHOD_NOT_ALLOWED: Message("Method Not Allowed"),
    HTTPStatus.REQUEST_TIMEOUT: Message("Request Timeout"),
    HTTPStatus.PRECONDITION_FAILED: Message("Precondition Failed"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Message("Request Entity Too Large"),
    HTTPStatus.REQUEST_URI_TOO_LONG: Message("Address Too Long"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Message("Unsupported Media Type"),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: Message("Requested Range Not Satisfiable"),
    HTTPStatus.EXPECTATION_FAILED: Message("Expectation Failed"),
    HTTPStatus.TOO_MANY_REQUESTS: Message("Too Many Requests"),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: Message("Request Headers Too Large"),
    HTTPStatus.INTERNAL_SERVER_ERROR: Message("Internal Server Error"),
    HTTPStatus.NOT_IMPLEMENTED: Message("Not Implemented"),
    HTTPStatus.SERVICE_UNAVAILABLE: Message("Service Unavailable"),
}


def status_title(status: HTTPStatus) -> Message:
    """Return what an HTTP status is called, for problems that have no type of their own."""
    return _TITLES.get(status) or verbatim(status.phrase)


def problem_document(
    status: HTTPStatus, detail: Message, accept_language: str | None = None
) -> tuple[list[tuple[str, str]], bytes]:
    """Return the header fields, with names in lower case, and the body of a problem document.

    It is in the language that the header ``Accept-Language`` asks for, which is None where no header could be read.
    """
    language = negotiate(accept_language)
    problem = {
        "type": "about:blank",
        "title": status_title(status).in_language(language),
        "status": status,
        "detail": detail.in_language(language),
    }
    fields = [*_FIELDS, ("content-language", language), ("vary", "accept-language")]
    return fields, json.dumps(problem, ensure_ascii=False).encode("utf-8")
