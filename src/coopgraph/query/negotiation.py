"""Content negotiation: what a client accepts, as one format for each form that a result may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from coopgraph.errors import NotAcceptable
from coopgraph.http.quality_values import quality_of, weighted
from coopgraph.messages.message import Message
from coopgraph.query.format_names import meant
from coopgraph.rdf.formats import (
    BY_NAME,
    FORMER_MEDIA_TYPES,
    GRAPH_FORMATS,
    JSON,
    RESULT_FORMATS,
    SHARED_MEDIA_TYPES,
    TURTLE,
    Format,
    media_types,
)
from coopgraph.store.protocol import Choice

_ALSO = {**SHARED_MEDIA_TYPES, **{name: (item,) for name, item in FORMER_MEDIA_TYPES.items()}}
"""Media types by which clients ask for a format as well."""

ANYTHING = Choice(JSON, JSON, TURTLE)
"""What a client gets that does not say."""

_NOTHING = Choice(None, None, None)


def by_header(accept: str) -> Choice:
    """Return the formats that an ``Accept`` header prefers; each None where it takes nothing of that form.

    Quality and specificity count as RFC 9110, section 12.5.1, says. Raises :class:`NotAcceptable` where nothing fits.
    """
    choice = _preferred(accept)
    if choice == _NOTHING:
        raise NotAcceptable(
            Message("None of the formats asked for is given here."),
            Message("Choose one of: {formats}.", formats=media_types()),
        )
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

    The name counts where the header leaves the choice open, is a browser's, or takes nothing that is given; a program's
    header goes before it. A name that nobody knows counts as none. Raises :class:`NotAcceptable` where nothing fits.
    """
    if not name:
        return by_header(accept)
    wanted = weighted(accept)
    open_to_all = all(media_type.endswith("/*") for media_type in wanted)
    by_name_first = open_to_all or quality_of("text/html", wanted) == 1
    preferred = _preferred(accept)
    return by_name(name) if (by_name_first and meant(name)) or preferred == _NOTHING else preferred


def by_name(name: str) -> Choice:
    """Return the choice of the format that ``name`` means (``csv``, ``ttl``, a media type …: see :func:`meant`).

    ASK has an answer in JSON and XML only, and gets JSON beside a table format; a graph that is asked for as ``json``
    or ``xml`` comes as JSON-LD or RDF/XML. Raises :class:`NotAcceptable`.
    """
    formats = meant(name)
    if not formats:
        raise NotAcceptable(
            Message("The format “{name}” is not given here.", name=name),
            Message("Choose one of: {formats}.", formats=", ".join(BY_NAME)),
        )
    rows = next((item for item in formats if "bindings" in item.carries), None)
    graph = next((item for item in formats if item in GRAPH_FORMATS), None)
    return Choice(rows, JSON if rows and "boolean" not in rows.carries else rows, graph)


def wants_page(accept: str, name: str) -> bool:
    """Whether a client that sends an ``Accept`` header and, maybe, the ``name`` of a format is a person's browser.

    That is one that names HTML and prefers it to every format of results, and asks for none of them by its name.
    """
    return not meant(name) and _prefers_page(accept)


@lru_cache(maxsize=256)
def _prefers_page(accept: str) -> bool:
    wanted = weighted(accept)
    return wanted.get("text/html", 0.0) > max(_quality(item, wanted) for item in (*RESULT_FORMATS, *GRAPH_FORMATS))


def graph_by_header(accept: str) -> Format:
    """Return the graph format that an ``Accept`` header prefers. Raises :class:`NotAcceptable`."""
    chosen = by_header(accept).graph
    if chosen is None:
        raise NotAcceptable(
            Message("None of the formats asked for can carry a graph."),
            Message("Choose one of: {formats}.", formats=media_types("triples")),
        )
    return chosen


def _best(wanted: Mapping[str, float], offered: Iterable[Format]) -> Format | None:
    best: Format | None = None
    highest = 0.0
    for item in offered:
        quality = _quality(item, wanted)
        if quality > highest:
            best, highest = item, quality
    return best


def _quality(item: Format, wanted: Mapping[str, float]) -> float:
    also = (wanted[name] for name, members in _ALSO.items() if name in wanted and item in members)
    return max(quality_of(item.media_type, wanted), *also, 0.0)
