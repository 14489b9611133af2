"""``/export``: all things of a kind in one file."""

from __future__ import annotations

from flask import Blueprint, Response

from coopgraph.context import AppContext
from coopgraph.reading.data.exports import Exporter
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of exports: ``/export/{kind}.{ending}``."""
    room = Blueprint("exports", __name__)
    pages = Pages(app_context)

    @room.get("/export/<name>")
    def export(name: str) -> Response:
        """Give all things of a kind as a file to keep."""
        kind, _, ending = name.partition(".")
        reading, chosen = pages.reading(), language()
        exporter = Exporter(reading, pages.words(reading), app_context.published, chosen)
        body, content_type = exporter.export(kind, ending)
        response = give(body, content_type, release=reading.release, vary=("Accept-Language",))
        response.headers["Content-Disposition"] = f'attachment; filename="coopgraph-{name}"'
        return response

    return room
