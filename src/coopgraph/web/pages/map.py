"""``/map``: where organizations are based and whom services are for, as a picture and as a list."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

from flask import Blueprint, Response

from coopgraph.context import AppContext
from coopgraph.reading.pages.area_map import MapOutline, area_map
from coopgraph.web.common.language import language
from coopgraph.web.pages.layout import IN_LANGUAGE, Pages


def blueprint(app_context: AppContext) -> Blueprint:
    """Return the blueprint of the address of the map, with and without a language in front."""
    room = Blueprint("map", __name__)
    pages = Pages(app_context)

    def areas(**_: str) -> Response:
        """Show the areas as dots and as a list."""
        reading = pages.reading()
        shown = area_map(reading, pages.words(reading), language(), map_outline())
        return pages.give("map.html", reading, map=shown)

    for address in ("/map", IN_LANGUAGE + "/map"):
        room.add_url_rule(address, view_func=areas, methods=["GET"])
    return room


@lru_cache(maxsize=1)
def map_outline() -> MapOutline | None:
    """Return the land as the front-end's build drew it; None where the bundle was not built."""
    place = files("coopgraph.web").joinpath("static", "dist", "map.json")
    if not place.is_file():
        return None
    drawn = json.loads(place.read_text(encoding="utf-8"))
    places = {code: (x, y) for code, (x, y) in drawn["places"].items()}
    return MapOutline(drawn["width"], drawn["height"], drawn["land"], places)
