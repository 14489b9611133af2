"""``/laws``: laws by conduct and jurisdiction, narrowed by a form."""

from __future__ import annotations

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.reading.pages.laws import laws_page
from coopgraph.web.common.language import language
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the address of the laws page, with and without a language in front."""
    room = Blueprint("laws", __name__)
    pages = Pages(app_context)

    def laws(**_: str) -> Response:
        """Show which jurisdiction makes a crime of which conduct."""
        reading = pages.reading()
        conduct = request.args.get("conduct", "")
        shown = laws_page(reading, pages.words(reading), language(), conduct, _year(request.args.get("year", "")))
        return pages.give("laws.html", reading, laws=shown)

    for address in ("/laws", IN_LANGUAGE + "/laws"):
        room.add_url_rule(address, view_func=laws, methods=["GET"])
    return room


def _year(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) == 4):
        raise WrongUsage(Message("“{year}” is no year.", year=written), Message("Write it in four digits: 2021."))
    return int(written)
