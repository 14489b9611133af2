"""Data formats of an address that has a page as well: chosen by its ending, or by ``Accept``."""

from __future__ import annotations

from collections.abc import Sequence

from coopgraph.errors import NotAcceptable
from coopgraph.messages.message import Message
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.web.common.accept import required

PAGE = "text/html"
"""The media type of a page."""

TITLES = {
    formats.TURTLE: "Turtle",
    formats.JSON_LD: "JSON-LD",
    formats.N_TRIPLES: "N-Triples",
    formats.RDF_XML: "RDF/XML",
    formats.CSV: "CSV",
    formats.ND_JSON: "NDJSON",
}
"""What a page calls the formats."""

_ALSO = {
    **formats.FORMER_MEDIA_TYPES,
    **{"application/json": formats.JSON_LD, "application/activity+json": formats.JSON_LD},
    **{"application/xml": formats.RDF_XML, "text/plain": formats.N_TRIPLES},
}


def chosen_format(ending: str, offered: Sequence[Format]) -> Format | None:
    """Return the format of ``offered`` that an address ends in (``ttl``; ``html`` is a page), or None for a page.

    Without an ending the client's ``Accept`` chooses. Raises :class:`NotAcceptable` where there is no such format.
    """
    if not ending:
        return _accepted(offered)
    if ending == "html":
        return None
    for item in offered:
        if item.suffix == f".{ending}":
            return item
    raise NotAcceptable(
        Message("This document is not to be had in the format asked for."),
        Message("Ask for one of: {formats}.", formats=", ".join(item.suffix for item in offered)),
    )


def accepted_data(offered: Sequence[Format]) -> Format:
    """Return the format of ``offered`` that the client's ``Accept`` chooses, by one of its names.

    Raises :class:`NotAcceptable` where there is none.
    """
    named = _named(offered)
    return named[required(named)]


def _accepted(offered: Sequence[Format]) -> Format | None:
    known: dict[str, Format | None] = {PAGE: None, **_named(offered), "application/xhtml+xml": None}
    return known[required(known)]


def _named(offered: Sequence[Format]) -> dict[str, Format]:
    others = {media_type: item for media_type, item in _ALSO.items() if item in offered}
    return {item.media_type: item for item in offered} | others
