"""What a client accepts → one format for each form that a result may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from coopgraph.ask.weighted import quality_of, weighted
from coopgraph.errors import NotAcceptable
from coopgraph.rdf.formats import (
    BY_NAME,
    CSV,
    GRAPH_FORMATS,
    JSON,
    JSON_LD,
    N_TRIPLES,
    PARQUET,
    RDF_XML,
    RESULT_FORMATS,
    TURTLE,
    XML,
    Format,
    media_types,
)
from coopgraph.store.protocol import Choice

_ALSO = {
    "application/json": {JSON, JSON_LD},
    "application/xml": {XML, RDF_XML},
    "text/xml": {XML, RDF_XML},
    "text/plain": {N_TRIPLES, CSV},
}
"""Broader media types by which clients ask for a format as well."""

_GRAPH_BESIDE = {JSON.name: JSON_LD, XML.name: RDF_XML}

ANYTHING = Choice(JSON, JSON, TURTLE)
"""What a client gets that does not say."""


def by_header(accept: str) -> Choice:
    """Return the formats that an ``Accept`` header prefers; each None where it takes nothing of that form.

    Quality and specificity count as RFC 9110, section 12.5.1, says. Raises :class:`NotAcceptable` where nothing fits.
    """
    choice = _preferred(accept)
    if choice == Choice(None, None, None):
        raise _not_given("None of the formats asked for is given here.", accept, media_types())
    return choice


@lru_cache(maxsize=256)
def _preferred(accept: str) -> Choice:
    if not accept.strip():
        return ANYTHING
    wanted = weighted(accept)
    return Choice(
        _best(wanted, (item for item in RESULT_FORMATS if "bindings" in item.carries)),
        _best(wanted, (item for item in RESULT_FORMATS if "boolean" in item.carries)),
        _best(wanted, GRAPH_FORMATS),
    )


def by_header_or_name(accept: str, name: str) -> Choice:
    """Return the choice of a client that sends both an ``Accept`` header and, maybe, the ``name`` of a format.

    The name counts where the header leaves the choice open or is a browser's; a program's header goes before it.
    """
    if not name:
        return by_header(accept)
    wanted = weighted(accept)
    open_to_all = all(media_type.endswith("/*") for media_type in wanted)
    return by_name(name) if (open_to_all or quality_of("text/html", wanted) == 1) else by_header(accept)


def by_name(name: str) -> Choice:
    """Return the choice of the one format ``name`` (``csv``, ``ttl`` …), or of its media type.

    ASK has an answer in JSON and XML only, and gets JSON beside a table format; a graph that is asked for as ``json``
    or ``xml`` comes as JSON-LD or RDF/XML. Raises :class:`NotAcceptable`.
    """
    chosen = BY_NAME.get(name) or next((item for item in BY_NAME.values() if item.media_type == name), None)
    if chosen is None:
        raise _not_given(f"The format “{name}” is not given here.", name, ", ".join(BY_NAME))
    if chosen in GRAPH_FORMATS:
        return Choice(None, None, chosen)
    return Choice(chosen, chosen if "boolean" in chosen.carries else JSON, _GRAPH_BESIDE.get(name))


def graph_by_header(accept: str) -> Format:
    """Return the graph format that an ``Accept`` header prefers. Raises :class:`NotAcceptable`."""
    chosen = by_header(accept).graph
    if chosen is None:
        raise NotAcceptable(
            "None of the formats asked for can carry a graph.", f"Choose one of: {media_types('triples')}."
        )
    return chosen


def _best(wanted: Mapping[str, float], offered: Iterable[Format]) -> Format | None:
    best: Format | None = None
    highest = 0.0
    for item in offered:
        also = (wanted[name] for name, members in _ALSO.items() if name in wanted and item in members)
        quality = max(quality_of(item.media_type, wanted), *also, 0.0)
        if quality > highest:
            best, highest = item, quality
    return best


def _not_given(message: str, asked: str, given: str) -> NotAcceptable:
    hint = f"Choose one of: {given}."
    if PARQUET.name in asked and PARQUET not in RESULT_FORMATS:
        hint = f"Parquet needs the extra “parquet” (pip install 'coopgraph[parquet]') where this runs. {hint}"
    return NotAcceptable(message, hint)
