"""Lists: all things of one kind, filtered by area and type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.filters import check_filters, kind_named
from coopgraph.reading.list_order import (
    AREA_PROPERTIES,
    TYPE_PROPERTIES,
    ListOrders,
    key_of,
    links_of,
    rank,
)
from coopgraph.reading.pages.charts import Chart, ChartPeriod, ChartPicture, ChartSeries, ChartValue, draw
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.services import is_service_overdue
from coopgraph.reading.source import Source
from coopgraph.reading.values import number
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

PER_PAGE = 100
"""How many things one page of a list shows."""


AREAS_DRAWN = 8
"""How many areas the picture of organizations by area shows."""

_OWNERS = rank(COOP.isProvidedBy, COOP.refersToOrganization, COOP.refersToLaw, COOP.refersToEvent, COOP.isMadeBy)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter: its key in the address, its label, how many things have it, whether it is chosen."""

    key: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a list. ``overdue``: a service that is due to be checked again."""

    name: DisplayText
    types: tuple[DisplayText, ...]
    areas: tuple[DisplayText, ...]
    of: tuple[DisplayText, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list. ``total`` counts the whole kind, ``found`` what the filters leave."""

    kind: EntityKind
    heading: str
    total: int
    found: int
    entries: tuple[Entry, ...]
    areas: tuple[Option, ...]
    types: tuple[Option, ...]
    page: int
    pages: int


def listing(
    reading: Source,
    words: Vocabulary,
    orders: ListOrders,
    segment: str,
    language: str,
    *,
    area: str = "",
    kind_of_thing: str = "",
    page: int = 1,
) -> Listing:
    """Return page ``page`` (from 1) of the list of a kind, filtered to an area and a type by their keys.

    Only the things of that page are read; ``orders`` keeps the order of all.

    Raises :class:`NotFound` for a kind, an area or a type that there is none of; those that nothing has give an empty
    list.
    """
    kind = kind_named(words, segment)
    order = orders.of(reading, words, kind, language)
    check_filters(words, order, area, kind_of_thing)
    found = order.narrowed(area, kind_of_thing).things
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(NamedNode(thing.iri) for thing in found[(page - 1) * PER_PAGE : page * PER_PAGE])
    view = View(Graph.of_n_triples(reading.n_triples("list", things=shown) if shown else b""), words, language)
    return Listing(
        kind=kind,
        heading=words.plural(kind, language).text,
        total=len(order),
        found=len(found),
        entries=tuple(_entry(view, thing) for thing in shown),
        areas=_counted(words, language, order.narrowed("", kind_of_thing).areas, area),
        types=_counted(words, language, order.narrowed(area, "").types, kind_of_thing),
        page=page,
        pages=pages,
    )


def areas_with_organizations(reading: Source, words: Vocabulary, language: str) -> tuple[Option, ...]:
    """Return the areas in which organizations are based, by name."""
    rows = reading.rows("areas")
    counts = Counter({row["area"].value: int(row["count"].value) for row in rows})
    return _counted(words, language, counts, "")


def organizations_chart(areas: Iterable[Option], language: str) -> ChartPicture | None:
    """Return the picture of the areas in which most organizations are based, at most :data:`AREAS_DRAWN`."""
    most = sorted(areas, key=lambda option: -option.count)[:AREAS_DRAWN]
    if not most:
        return None
    title = Message("Organizations by area").in_language(language)
    values = (
        ChartValue(place, Decimal(item.count), number(str(item.count), language)) for place, item in enumerate(most)
    )
    return draw(
        Chart(
            key="organizations-by-area",
            title=title,
            unit="",
            form="bars",
            periods=tuple(ChartPeriod(item.label, place) for place, item in enumerate(most)),
            series=(ChartSeries(DisplayText(title), tuple(values)),),
        ),
        language,
    )


def _entry(view: View, thing: NamedNode) -> Entry:
    graph = view.graph
    of = links_of(graph, thing, _OWNERS)
    # An entry says whose it is beside its name, so the name need not.
    return Entry(
        name=view.name(thing, of[0].value if of else ""),
        types=tuple(view.label(item) for item in links_of(graph, thing, TYPE_PROPERTIES)),
        areas=tuple(view.label(item) for item in links_of(graph, thing, AREA_PROPERTIES)),
        of=tuple(view.name(item) for item in of),
        overdue=graph.is_a(thing, COOP.Service) and is_service_overdue(graph, thing),
    )


def _counted(words: Vocabulary, language: str, counts: Counter[str], chosen: str) -> tuple[Option, ...]:
    options = [
        Option(key_of(iri), words.label(iri, language).text, count, key_of(iri) == chosen)
        for iri, count in counts.items()
    ]
    return tuple(sorted(options, key=lambda option: sort_key(option.label, language)))
