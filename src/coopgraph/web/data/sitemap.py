"""Sitemap and ``/robots.txt`` for search engines, with all pages in all languages.

Sources: https://www.rfc-editor.org/rfc/rfc9309, https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.data.sitemap import page_paths
from coopgraph.web.common.origin import absolute_url
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import Pages

PER_PART = 500
"""How many pages one part of the sitemap holds, each in every language; the protocol allows 50,000 addresses."""

_XML = "application/xml"


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of ``/robots.txt``, ``/sitemap.xml`` and its parts."""
    room = Blueprint("sitemap", __name__)
    pages = Pages(app_context)

    @room.get("/robots.txt")
    def robots() -> Response:
        """Let all robots read everything, and say where the sitemap is."""
        body = f"User-agent: *\nAllow: /\n\nSitemap: {_root()}/sitemap.xml\n"
        return give(body.encode(), "text/plain; charset=utf-8", release=None)

    @room.get("/sitemap.xml")
    def index() -> Response:
        """List the parts of the sitemap."""
        reading = pages.reading()
        count = len(_parts(page_paths(reading, pages.words(reading))))
        body = render_template("sitemap_index.xml", root=_root(), parts=range(1, count + 1))
        return give(body.encode(), _XML, release=reading.release)

    @room.get("/sitemap/<int:number>.xml")
    def part(number: int) -> Response:
        """List some of the pages, each in every language and with its twins in the others."""
        reading = pages.reading()
        parts = _parts(page_paths(reading, pages.words(reading)))
        if not 1 <= number <= len(parts):
            raise NotFound(Message("The sitemap has no such part."), Message("/sitemap.xml lists its parts."))
        body = render_template("sitemap.xml", root=_root(), paths=parts[number - 1], tags=LANGUAGES)
        return give(body.encode(), _XML, release=reading.release)

    return room


def _parts(paths: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(paths[start : start + PER_PART] for start in range(0, len(paths), PER_PART))


def _root() -> str:
    """Return the address of this service as the client knows it, without a slash at its end."""
    return absolute_url(request.script_root)
