"""``/help``: find help by area and need, as pages and as data; a card to print."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from coopgraph.context import AppContext
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.language import nearest
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.reading.data.help_document import help_document
from coopgraph.reading.data.item_list import LIST_FORMATS
from coopgraph.reading.pages.help import NEEDS, HelpArea, help_areas, help_page, likely_area, open_now
from coopgraph.web.common.area_code import asked_area
from coopgraph.web.common.data_formats import PAGE, TITLES, chosen_format
from coopgraph.web.common.language import language
from coopgraph.web.common.responses import give
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages

ON_POCKET_CARD = 3
"""How many bodies are on a card to carry."""


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of help, with and without a language in front."""
    room = Blueprint("help", __name__)
    pages = Pages(app_context)

    def find(ending: str = "", **_: str) -> Response:
        """Lead from an area to the services for it, or give these as data."""
        reading = pages.reading()
        words, chosen = pages.words(reading), language()
        area, need = asked_area(request.args), request.args.get("need", "")
        fmt = chosen_format(ending, LIST_FORMATS)
        if not area and fmt:
            raise WrongUsage(Message("Help is for an area."), Message("Name one: /help?area=kr"))
        if not area:
            areas = help_areas(reading, words, chosen)
            return pages.give("help.html", reading, vary=("Accept",), **places(areas, chosen))
        found = help_page(reading, words, area, need, chosen)
        if fmt:
            of_people = fmt is formats.CSV
            return give(
                help_document(found, fmt, words, reading, app_context.published),
                fmt.content_type,
                release=reading.release,
                language=chosen if of_people else None,
                links=_alternates(area, need),
                vary=("Accept", "Accept-Language") if of_people else ("Accept",),
            )
        now = datetime.now(UTC)
        response = pages.give(
            "help_area.html",
            reading,
            links=_alternates(area, need),
            vary=("Accept",),
            found=found,
            needs=NEEDS,
            downloads=[(TITLES[item], _data_address(item, area, need)) for item in LIST_FORMATS],
            open_now=lambda way: open_now(way, now, chosen),
        )
        # What is open now is not what is open in an hour: no cache may take one page for the other.
        del response.headers["ETag"]
        return response

    def card(**_: str) -> Response:
        """Give a few bodies of an area as a card to print and carry."""
        reading = pages.reading()
        area, need = asked_area(request.args), request.args.get("need", "")
        found = help_page(reading, pages.words(reading), area, need, language())
        cards = [item for section in found.sections for item in section.cards]
        return pages.give("help_card.html", reading, found=found, cards=cards[:ON_POCKET_CARD])

    for address, view in (("/help", find), ("/help.<ending>", find), ("/help/card", card)):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
    return room


def places(areas: tuple[HelpArea, ...], chosen: str) -> dict[str, Any]:
    """Return the areas to choose from, and the one in which the reader most likely is."""
    regions: dict[bool, list[str]] = {True: [], False: []}
    for tag, _ in request.accept_languages:
        # Who reads Korean on a machine that prefers American English is more likely in Korea.
        regions[nearest(tag) == chosen] += [subtag for subtag in tag.split("-")[1:] if len(subtag) == 2]
    likely = likely_area(areas, chosen, regions[True]) or likely_area(areas, chosen, regions[False])
    return {"areas": areas, "likely": likely}


def _data_address(fmt: Format | None, area: str, need: str) -> str:
    query = urlencode({"area": area, **({"need": need} if need else {})})
    return f"{request.script_root}/help{fmt.suffix if fmt else ''}?{query}"


def _alternates(area: str, need: str) -> tuple[str, ...]:
    return tuple(
        f'<{_data_address(fmt, area, need)}>; rel="alternate"; type="{fmt.media_type if fmt else PAGE}"'
        for fmt in (None, *LIST_FORMATS)
    )
