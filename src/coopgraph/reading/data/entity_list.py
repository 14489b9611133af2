"""List of the entities of a kind as data: narrowed by area and type, page by page, in each data format.

The order is that of the IRIs, the same in every language and in every release, so that a place in it stays one.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf import formats
from coopgraph.rdf.csv_rows import csv_of_rows
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import RDF, SCHEMA, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.data.item_list import item_list, json_lines, rdf_text, triples_about
from coopgraph.reading.filters import check_filters
from coopgraph.reading.list_order import AREA_PROPERTIES, TYPE_PROPERTIES, ListOrder, links_of
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.listing import PER_PAGE
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

FACET_COLUMNS = ("facet", "value", "id", "name", "count", "list")
"""Columns of the facets of a list as CSV: the facet, the value's key, IRI and name, how many things, their list."""

LIST_COLUMNS = ("id", "name", "language", "types", "areas")
"""Columns of the list as CSV. Several types or areas stand in one cell, parted by ``; ``."""


class FacetCount(NamedTuple):
    """How many things of a list have a value of a facet: its key, its IRI, their number, the IRI of their own list."""

    facet: str
    key: str
    value: str
    number: int
    narrowed: str


@dataclass(frozen=True, slots=True)
class EntityPage:
    """One page of a list of entities, by IRI.

    ``total`` counts all that the filters leave; ``next`` is the token of the next page, empty on the last. ``facets``
    are those by which the list can be narrowed further, where they are counted.
    """

    iri: str
    things: tuple[NamedNode, ...]
    total: int
    next: str
    facets: tuple[FacetCount, ...] = ()


def entity_page(
    words: Vocabulary,
    kind: EntityKind,
    order: ListOrder,
    *,
    area: str = "",
    kind_of_thing: str = "",
    after: str = "",
    limit: int = PER_PAGE,
) -> EntityPage:
    """Return the page of a list that follows ``after``: a token of the page before, or empty for the first.

    ``order`` are the entities of the kind, as :meth:`ListOrders.of` gives them in any language; ``area`` and
    ``kind_of_thing`` narrow them by their keys. Raises :class:`NotFound` where there is no such area or type,
    :class:`WrongUsage` for a token that is none.
    """
    check_filters(words, order, area, kind_of_thing)
    iris = order.narrowed(area, kind_of_thing).iris
    start = bisect_right(iris, _iri_of(after)) if after else 0
    shown = iris[start : start + limit]
    more = start + limit < len(iris)
    filters = "&".join(f"{name}={value}" for name, value in (("area", area), ("type", kind_of_thing)) if value)
    return EntityPage(
        iri=f"{BASE}list/{kind.segment}" + (f"?{filters}" if filters else ""),
        things=tuple(map(NamedNode, shown)),
        total=len(iris),
        next=_token(shown[-1]) if more else "",
    )


def entity_list_document(
    page: EntityPage, fmt: Format, words: Vocabulary, language: str, reading: Source, published: PublishedContexts
) -> bytes:
    """Return a page of a list as ``fmt``: the statements about each entity, as profile ``flat`` has them.

    In RDF they are the elements of a schema:ItemList, whose number of items counts all pages; as newline-delimited JSON
    each entity is a JSON-LD node on a line of its own; as CSV a row with its name in ``language``, types and areas.
    """
    if fmt is formats.CSV:
        return csv_of_rows(LIST_COLUMNS, _rows(page.things, words, language, reading))
    graph = Graph.of_n_triples(reading.n_triples("statements", things=page.things) if page.things else b"")
    context = published.context(reading.release)
    if fmt is formats.ND_JSON:
        return json_lines(context.node(thing, triples_about(graph, thing)) for thing in page.things)
    root = NamedNode(page.iri)
    whole = Graph([*item_list(root, page.things, page.total), *graph.triples])
    if fmt is formats.JSON_LD:
        return json_text(context.flat(whole, root))
    return rdf_text(whole, fmt, words.prefixes)


def facets_document(page: EntityPage, fmt: Format, words: Vocabulary, language: str, context: Context) -> bytes:
    """Return the facets of a list as ``fmt``, any but newline-delimited JSON: what each value would leave of it.

    In RDF these are the list's parts; as CSV each value has its name in ``language``.
    """
    if fmt is formats.CSV:
        rows = (
            (item.facet, item.key, item.value, words.label(item.value, language).text, str(item.number), item.narrowed)
            for item in page.facets
        )
        return csv_of_rows(FACET_COLUMNS, rows)
    root = NamedNode(page.iri)
    graph = Graph([*item_list(root, (), page.total), *_narrowed(root, page.facets)])
    return json_text(context.flat(graph, root)) if fmt is formats.JSON_LD else rdf_text(graph, fmt, words.prefixes)


def _narrowed(root: NamedNode, facets: Iterable[FacetCount]) -> Iterator[Triple]:
    """Yield the lists that are parts of a list: of the things that have a value of a facet."""
    for item in facets:
        narrowed = NamedNode(item.narrowed)
        yield Triple(root, SCHEMA.hasPart, narrowed)
        yield Triple(narrowed, RDF.type, SCHEMA.ItemList)
        yield Triple(narrowed, SCHEMA.name, Literal(item.facet))
        yield Triple(narrowed, SCHEMA.about, NamedNode(item.value))
        yield Triple(narrowed, SCHEMA.numberOfItems, Literal(str(item.number), datatype=XSD.integer))


def _rows(
    things: tuple[NamedNode, ...], words: Vocabulary, language: str, reading: Source
) -> Sequence[tuple[str, ...]]:
    view = View(Graph.of_n_triples(reading.n_triples("list", things=things) if things else b""), words, language)
    rows = []
    for thing in things:
        name = view.name(thing)
        types, areas = (
            "; ".join(view.label(item).text for item in links_of(view.graph, thing, ranks))
            for ranks in (TYPE_PROPERTIES, AREA_PROPERTIES)
        )
        rows.append((thing.value, name.text, name.tag or language, types, areas))
    return rows


def _token(iri: str) -> str:
    return base64.urlsafe_b64encode(iri.removeprefix(BASE).encode()).decode().rstrip("=")


def _iri_of(token: str) -> str:
    """Return the IRI that a token holds: one of an entity, which need not be there any more."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        return BASE + base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise WrongUsage(
            Message("This is no place in a list."),
            Message("Begin without “after”; each page says where the next begins, in its header Link."),
        ) from error
