"""Response headers of every answer: for readers' programs, and to protect readers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed

from coopgraph.web.common.request_context import pinned

LICENCE = "https://creativecommons.org/licenses/by/4.0/"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

FRESH_SECONDS = 60
"""How long a copy of what the current release says needs no question."""

STALE_SECONDS = 300
"""How long such a copy may still be shown while it is asked for again: so changes are seen within minutes."""

OF_A_RELEASE = "public, max-age=86400, immutable"
"""``Cache-Control`` of what a release says for good, unless it is withdrawn."""

PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer that has no other value for them."""

PROTECTION_OF_PAGES = {
    **PROTECTION,
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
"""Headers of every page that has no other value for them."""

_EXPOSED = ", ".join(
    (
        *("Accept-Ranges", "Allow", "Content-Encoding", "Content-Range", "ETag", "Link", "Location"),
        *("Memento-Datetime", "RateLimit", "RateLimit-Policy", "Repr-Digest", "Retry-After", "Vary"),
        *("X-Coopgraph-Release", "X-Coopgraph-Rows"),
    )
)
"""Headers that a page of another origin may see, beyond those that it always may (https://fetch.spec.whatwg.org/)."""


_OPEN = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))


def open_to_all(response: Response) -> Response:
    """Let pages of any origin read ``response``, and all that its headers say. Returns it."""
    for name, value in _OPEN:
        response.headers[name] = value
    return response


def read_headers(response: Response, release: str | None) -> Response:
    """Mark ``response`` as a read of data: open to any origin, licence stated, release named. Returns it."""
    for name, value in read_fields(release):
        response.headers.add(name, value)
    return response


def read_fields(release: str | None) -> list[tuple[str, str]]:
    """Return the headers by which a read is open to any origin, states its licence, and names its release."""
    named = [("X-Coopgraph-Release", release)] if release else []
    return [*_OPEN, ("Link", f'<{LICENCE}>; rel="license"'), *named]


def only_if_it_is(etag: str) -> None:
    """Raise PreconditionFailed where the client asks for another version than ``etag`` (RFC 9110, section 13.1.1)."""
    wanted = request.if_match
    if wanted and not wanted.is_strong(etag):
        raise PreconditionFailed


_PART = re.compile(r"bytes=\s*(?:\d+-\d*|-\d+)\s*", re.IGNORECASE)
"""The one kind of ``Range`` that is given: whoever asks for several parts, or in another unit, gets the whole."""


def only_one_part() -> None:
    """Forget the request's ``Range`` where it is not for one part, or not to be held against a strong ETag.

    Only GET has ranges, and whoever knows a copy by a weak ETag gets the whole (RFC 9110, sections 13.1.5 and 14.2).
    """
    weak = request.headers.get("If-Range", "").strip().startswith("W/")
    if weak or request.method != "GET" or not _PART.fullmatch(request.headers.get("Range", "")):
        request.environ.pop("HTTP_RANGE", None)


def give(
    body: bytes,
    content_type: str,
    *,
    release: str | None,
    language: str | None = None,
    links: Iterable[str] = (),
    vary: Iterable[str] = (),
    immutable: bool = False,
) -> Response:
    """Return ``body`` as a read answer, 304 where the client has it already, or the part that ``Range`` asks for.

    Raises PreconditionFailed where the client asks for another version, RequestedRangeNotSatisfiable for a part beyond
    its end. Pages for people have no parts.

    The ETag is strong: the SHA-256 of the body. ``links`` are finished ``Link`` values. ``immutable`` is for addresses
    whose content never changes. What a release named in the address says stays as well, but may be withdrawn within a
    day. What the current release says is asked for again after :data:`FRESH_SECONDS`, which costs a 304, and may be
    shown for :data:`STALE_SECONDS` more while it is (RFC 5861); what no release says is asked for each time. Of a page
    for people no copy is to be left in a browser (``no-store``).
    """
    response = Response(body, content_type=content_type)
    read_headers(response, release)
    for link in links:
        response.headers.add("Link", link)
    for name in vary:
        response.vary.add(name)
    if language:
        response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store" if response.mimetype == "text/html" else _lasting(release, immutable)
    etag = hashlib.sha256(body).hexdigest()
    only_if_it_is(etag)
    response.set_etag(etag)
    if response.mimetype == "text/html":
        response.make_conditional(request)
    else:
        only_one_part()
        response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response


def _lasting(release: str | None, immutable: bool) -> str:
    if immutable:
        return "public, max-age=31536000, immutable"
    if release is None:
        return "public, no-cache"
    return OF_A_RELEASE if pinned() else f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}"


def protect(response: Response) -> Response:
    """Add what protects readers to any response: no foreign content, no referrer, no guessing of types."""
    present = {name.lower() for name, _ in response.headers}
    of_its_kind = PROTECTION_OF_PAGES if response.mimetype == "text/html" else PROTECTION
    for name, value in of_its_kind.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    return response
