"""Order of a list: all things of one kind by their names, with what narrows them, kept for a release and a language.

A name is put together in the reader's language from what a thing is about, so no query can sort by it.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from coopgraph.model.collation import sort_key
from coopgraph.model.iris import AREA, BASE, CONCEPT
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, ELI, SDMX_DIMENSION, SKOS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.naming import LabelMemo
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

READ_AT_ONCE = 500
"""Things that are read in one query."""

KEPT_THINGS = 200_000
"""Things in all orders that are kept, of some 300 bytes each."""

KEPT_NARROWED = 32
"""Narrowed lists of each order that are kept."""


def rank(*predicates: NamedNode) -> Mapping[NamedNode, int]:
    """Return properties with their places in an order."""
    return {predicate: place for place, predicate in enumerate(predicates)}


AREA_PROPERTIES = rank(COOP.isBasedIn, ELI.jurisdiction, COOP.isLocatedIn, COOP.servesArea, SDMX_DIMENSION.refArea)
"""Properties that say in which area a thing is."""

TYPE_PROPERTIES = rank(
    COOP.hasOrganizationType,
    ELI.type_document,
    COOP.hasEventKind,
    COOP.hasServiceType,
    COOP.hasSourceKind,
    COOP.hasIndicator,
    COOP.hasQuotationKind,
    COOP.hasDefectKind,
    SKOS.inScheme,
)
"""Properties that say of which type a thing is."""


class ListedThing(NamedTuple):
    """A thing in a list: its IRI, and those of its areas and types."""

    iri: str
    areas: tuple[str, ...]
    types: tuple[str, ...]


class NarrowedList:
    """What a filter leaves of a list: its ``things`` by name."""

    def __init__(self, things: tuple[ListedThing, ...]) -> None:
        self.things = things

    @cached_property
    def iris(self) -> tuple[str, ...]:
        """The IRIs of the things, in their own order."""
        return tuple(sorted(thing.iri for thing in self.things))

    @cached_property
    def areas(self) -> Counter[str]:
        """How many of the things are in each area, by its IRI."""
        return Counter(link for thing in self.things for link in thing.areas)

    @cached_property
    def types(self) -> Counter[str]:
        """How many of the things are of each type, by its IRI."""
        return Counter(link for thing in self.things for link in thing.types)


class ListOrder:
    """All things of a kind, by name. What is asked of it is counted once, so that a page costs what it shows."""

    def __init__(self, things: Iterable[ListedThing]) -> None:
        self.whole = NarrowedList(tuple(things))
        self.narrowed = lru_cache(KEPT_NARROWED)(self._narrowed)
        """Return the things that have an area and a type, each by its key; an empty one leaves all."""

    def __len__(self) -> int:
        return len(self.whole.things)

    def _narrowed(self, area: str, kind_of_thing: str) -> NarrowedList:
        if not (area or kind_of_thing):
            return self.whole
        of_area, of_type = self._by_area.get(area, ()), self._by_type.get(kind_of_thing, ())
        if not area or not kind_of_thing:
            return NarrowedList(tuple(of_area if area else of_type))
        return NarrowedList(
            tuple(thing for thing in of_area if any(key_of(link) == kind_of_thing for link in thing.types))
        )

    @cached_property
    def _by_area(self) -> Mapping[str, list[ListedThing]]:
        return _by_key((thing, thing.areas) for thing in self.whole.things)

    @cached_property
    def _by_type(self) -> Mapping[str, list[ListedThing]]:
        return _by_key((thing, thing.types) for thing in self.whole.things)


def _by_key(linked: Iterable[tuple[ListedThing, tuple[str, ...]]]) -> Mapping[str, list[ListedThing]]:
    found: dict[str, list[ListedThing]] = {}
    for thing, links in linked:
        for key in dict.fromkeys(map(key_of, links)):
            found.setdefault(key, []).append(thing)
    return found


def key_of(link: str) -> str:
    """Return the key by which an address names an area or a type: the last part of its IRI."""
    return link.removeprefix(AREA).removeprefix(CONCEPT).rpartition("/")[2]


class ListOrders:
    """The orders of the lists last asked for, each put together once, up to :data:`KEPT_THINGS` things in all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, str], ListOrder] = OrderedDict()

    def of(self, reading: Source, words: Vocabulary, kind: EntityKind, language: str) -> ListOrder:
        """Return the things of a kind in the release looked at, in the order of a list in ``language``."""
        key = (reading.release, kind.segment, language)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        made = list_order(reading, words, kind, language)
        with self._lock:
            self._known[key] = made
            while len(self._known) > 1 and sum(map(len, self._known.values())) > KEPT_THINGS:
                self._known.popitem(last=False)
        return made


def list_order(reading: Source, words: Vocabulary, kind: EntityKind, language: str) -> ListOrder:
    """Read the things of a kind, some at a time, and put them in the order of a list in ``language``."""
    rows = reading.rows("things", kind=NamedNode(kind.of_class), stem=Literal(f"{BASE}id/{kind.segment}/"))
    # What is named alike comes by its IRI.
    things = sorted((thing for row in rows if isinstance(thing := row["thing"], NamedNode)), key=str)
    # One text for each IRI that many things share.
    shared: dict[str, str] = {}
    found = []
    for start in range(0, len(things), READ_AT_ONCE):
        some = tuple(things[start : start + READ_AT_ONCE])
        graph = Graph.of_n_triples(reading.n_triples("list", things=some))
        names = LabelMemo(graph, words, language)
        for thing in some:
            areas, types = (
                tuple([shared.setdefault(link.value, link.value) for link in links_of(graph, thing, ranks)])
                for ranks in (AREA_PROPERTIES, TYPE_PROPERTIES)
            )
            found.append((sort_key(names.of(thing).text, language), ListedThing(thing.value, areas, types)))
    found.sort(key=lambda named: named[0])
    return ListOrder(thing for _, thing in found)


def links_of(graph: Graph, thing: NamedNode, ranks: Mapping[NamedNode, int]) -> tuple[NamedNode, ...]:
    """Return what ``thing`` links to by the properties in ``ranks``, in their order, each once."""
    # A thing has few properties: fewer than there are to look for.
    wanted = [predicate for predicate in graph.about(thing) if predicate in ranks]
    if len(wanted) > 1:
        wanted.sort(key=ranks.__getitem__)
    return tuple(dict.fromkeys([link for predicate in wanted for link in graph.links(thing, predicate)]))
