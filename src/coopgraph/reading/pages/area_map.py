"""Map of areas: where organizations are based and whom services are for, as dots over land, and as a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from coopgraph.model.collation import sort_key
from coopgraph.model.iris import AREA
from coopgraph.reading.pages.display_text import DisplayText, page_path
from coopgraph.reading.pages.help import WORLD
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class MapOutline:
    """The land: one SVG path in a picture of ``width`` by ``height``, and the place of each country by M49 number."""

    width: int
    height: int
    land: str
    places: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class MapArea:
    """An area: how many organizations are based there, how many services are for it; ``parts`` are those within it."""

    key: str
    name: DisplayText
    bodies: int
    services: int
    parts: tuple[MapArea, ...]


@dataclass(frozen=True, slots=True)
class MapDot:
    """A dot for an area with its parts. ``served``: services are for it, though nobody recorded is based there."""

    x: int
    y: int
    radius: float
    words: str
    served: bool


@dataclass(frozen=True, slots=True)
class AreaMap:
    """All areas by name, the parts of each beneath it; the dots, largest first, are there where an outline is."""

    areas: tuple[MapArea, ...]
    dots: tuple[MapDot, ...]
    outline: MapOutline | None


def area_map(reading: Source, words: Vocabulary, language: str, outline: MapOutline | None) -> AreaMap:
    """Return the map of the release. An area without a place of its own counts at the place of what it is part of."""
    found: dict[str, tuple[int, int]] = {}
    codes: dict[str, str] = {}
    for row in reading.rows("map"):
        area = row["area"].value
        found[area] = int(row["bodies"].value), int(row["services"].value)
        if code := row.get("code"):
            codes[area] = code.value
    wholes = {area: _whole(words, area, found) for area in found}

    def under(whole: str) -> tuple[MapArea, ...]:
        areas = [
            MapArea(
                area.removeprefix(AREA),
                DisplayText(words.label(area, language).text, path=page_path(area)),
                *found[area],
                under(area),
            )
            for area in found
            if wholes[area] == whole
        ]
        return tuple(sorted(areas, key=lambda item: sort_key(item.name.text, language)))

    areas = under("")
    dots = [dot for item in areas if outline and (dot := _dot(item, codes, outline))]
    return AreaMap(areas, tuple(sorted(dots, key=lambda dot: -dot.radius)), outline)


def _whole(words: Vocabulary, area: str, found: Mapping[str, object]) -> str:
    return next((wider for wider in words.broader_of(area) if wider in found and wider != WORLD), "")


def _dot(area: MapArea, codes: Mapping[str, str], outline: MapOutline) -> MapDot | None:
    place = outline.places.get(codes.get(AREA + area.key, ""))
    if place is None:
        return None
    bodies, services = _total(area)
    radius = 2.5 + 1.6 * sqrt(bodies) if bodies else 3
    return MapDot(*place, round(radius, 1), f"{area.name.text}: {bodies or services}", served=not bodies)


def _total(area: MapArea) -> tuple[int, int]:
    parts = [_total(part) for part in area.parts]
    return area.bodies + sum(bodies for bodies, _ in parts), area.services + sum(services for _, services in parts)
