"""Problem documents (RFC 9457) of what is refused before the application is asked, or after it has answered."""

from __future__ import annotations

import json
from http import HTTPStatus

_FIELDS = (
    ("content-type", "application/problem+json"),
    ("access-control-allow-origin", "*"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)


def problem_document(status: HTTPStatus, detail: str) -> tuple[list[tuple[str, str]], bytes]:
    """Return the header fields, with names in lower case, and the body of a problem document."""
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return list(_FIELDS), json.dumps(problem).encode("utf-8")
