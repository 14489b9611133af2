"""Page views that are not about one thing: start and quality."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from coopgraph.context import AppContext
from coopgraph.reading.pages.area_map import area_map
from coopgraph.reading.pages.contested_figure import contested_figure
from coopgraph.reading.pages.help import areas_without_number, help_areas
from coopgraph.reading.pages.listing import areas_with_organizations, organizations_chart
from coopgraph.reading.pages.quality import QUALITY_QUERY, quality
from coopgraph.reading.source import load_query
from coopgraph.web.common.language import language
from coopgraph.web.pages.find_help import places
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages
from coopgraph.web.pages.map import map_outline


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the addresses of these pages, with and without a language in front."""
    room = Blueprint("pages", __name__)
    pages = Pages(app_context)

    @room.app_context_processor
    def layout() -> dict[str, Any]:
        return dict(pages.context())

    def start(**_: str) -> Response:
        """Say what this is, count what is here, lead to help."""
        reading = pages.reading()
        words, chosen = pages.words(reading), language()
        based_in = areas_with_organizations(reading, words, chosen)
        return pages.give(
            "start.html",
            reading,
            kinds=[(kind, words.plural(kind, chosen).text) for kind in words.kinds if kind.count],
            based_in=based_in,
            by_area=organizations_chart(based_in, chosen),
            map=area_map(reading, words, chosen, map_outline()),
            story=contested_figure(reading, words, chosen),
            **places(help_areas(reading, words, chosen), chosen),
        )

    def measured(**_: str) -> Response:
        """Say how complete the release is, how close to its sources, how far checked."""
        reading = pages.reading()
        shown = quality(reading, pages.words(reading), language())
        without = areas_without_number(reading, pages.words(reading), language())
        query = load_query(QUALITY_QUERY)
        return pages.give("quality.html", reading, quality=shown, query=query, without_number=without)

    for address, view in (
        ("/", start),
        ("/quality", measured),
    ):
        room.add_url_rule(address, view_func=view, methods=["GET"])
        room.add_url_rule(IN_LANGUAGE + address, view_func=view, methods=["GET"])
    return room
