"""Collection of the things of a kind, narrowed by facets and read page by page within one release.

A page is the same list as :mod:`entity_list` has. The token that leads to the next one is opaque, and holds in the
release and under the facets that it was given for: so that nobody reads half of one list and half of another.
"""

from __future__ import annotations

import base64
import json
import threading
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.data.entity_list import EntityPage, FacetCount
from coopgraph.reading.filters import area_named, concept_named, type_named
from coopgraph.reading.list_order import key_of
from coopgraph.reading.pages.listing import PER_PAGE
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

FACETS = ("area", "service", "language", "conduct", "kind")
"""By what a collection can be narrowed; each value is the last part of the IRI of an area or a concept."""

KEPT_CHOICES = 32
"""Choices of values whose things and counts are kept, of each kind."""

_Facets = Mapping[str, frozenset[str]]


class FacetIndex:
    """The things of a kind by IRI in order, with the keys of each facet's values; and the IRI of each key by facet.

    What is asked of it is counted once, so that a page costs what it shows.
    """

    def __init__(self, things: Mapping[str, _Facets], values: Mapping[str, Mapping[str, str]]) -> None:
        self.things = things
        self.values = values
        self.iris = lru_cache(KEPT_CHOICES)(self._iris)
        """Return the IRIs of the things that have each of some values, given as facets and keys."""
        self.counts = lru_cache(KEPT_CHOICES)(self._counts)
        """Return how many of those have each value of each facet that is not among these, by facet and key."""

    def _iris(self, chosen: frozenset[tuple[str, str]]) -> tuple[str, ...]:
        if not chosen:
            return tuple(self.things)
        fewest = min((self._by_value.get(value, ()) for value in chosen), key=len)
        return tuple(iri for iri in fewest if all(key in self.things[iri].get(facet, ()) for facet, key in chosen))

    def _counts(self, chosen: frozenset[tuple[str, str]]) -> Mapping[str, Counter[str]]:
        iris, taken = self.iris(chosen), {facet for facet, _ in chosen}
        return {
            facet: Counter(key for iri in iris for key in self.things[iri].get(facet, ()))
            for facet in FACETS
            if facet not in taken
        }

    @cached_property
    def _by_value(self) -> Mapping[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for iri, facets in self.things.items():
            for facet, keys in facets.items():
                for key in keys:
                    found.setdefault((facet, key), []).append(iri)
        return found


class FacetIndexes:
    """The facets of the things of each kind, of the releases last asked for, each read once. Thread-safe."""

    _KEPT = 32

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], FacetIndex] = OrderedDict()

    def of(self, reading: Source, kind: EntityKind) -> FacetIndex:
        """Return the facets of all things of ``kind``."""
        key = (reading.release, kind.segment)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        made = _read(reading, kind)
        with self._lock:
            self._known[key] = made
            while len(self._known) > self._KEPT:
                self._known.popitem(last=False)
        return made


def _read(reading: Source, kind: EntityKind) -> FacetIndex:
    found: dict[str, dict[str, set[str]]] = {}
    values: dict[str, dict[str, str]] = {}
    rows = reading.rows("facets", kind=NamedNode(kind.of_class), stem=Literal(f"{BASE}id/{kind.segment}/"))
    for row in rows:
        facets = found.setdefault(_text(row["thing"]), {})
        if "facet" in row and "value" in row:
            facet, value = _text(row["facet"]), _text(row["value"])
            facets.setdefault(facet, set()).add(key_of(value))
            values.setdefault(facet, {})[key_of(value)] = value
    things = {iri: {facet: frozenset(keys) for facet, keys in facets.items()} for iri, facets in sorted(found.items())}
    return FacetIndex(things, values)


def collection_page(
    reading: Source,
    words: Vocabulary,
    indexes: FacetIndexes,
    kind: EntityKind,
    chosen: Mapping[str, str],
    after: str = "",
    limit: int = PER_PAGE,
    *,
    counted: bool = False,
) -> EntityPage:
    """Return the page of the collection of ``kind`` that follows the token ``after``; the first without one.

    ``chosen`` are values by facet; ``counted``: how many things each further one leaves is told. Raises
    :class:`NotFound` for a value that nothing has, :class:`WrongUsage` for a token that is none, or one of another
    release or another choice.
    """
    index = indexes.of(reading, kind)
    for facet, value in chosen.items():
        _check(words, index, facet, value)
    narrowed = frozenset(chosen.items())
    iris = index.iris(narrowed)
    of: list[object] = [reading.release, kind.segment, sorted(chosen.items())]
    start = bisect_right(iris, _place(after, of)) if after else 0
    shown = iris[start : start + limit]
    return EntityPage(
        iri=_address(kind, chosen),
        things=tuple(map(NamedNode, shown)),
        total=len(iris),
        next=_token(shown[-1], of) if start + limit < len(iris) else "",
        facets=tuple(_counted(index, narrowed, kind, chosen)) if counted else (),
    )


def _address(kind: EntityKind, chosen: Mapping[str, str]) -> str:
    return f"{BASE}doc/{kind.segment}" + (f"?{urlencode(sorted(chosen.items()))}" if chosen else "")


def _counted(
    index: FacetIndex, narrowed: frozenset[tuple[str, str]], kind: EntityKind, chosen: Mapping[str, str]
) -> Iterator[FacetCount]:
    """Yield how many of the things with what is ``chosen`` have each further value, the most frequent first."""
    for facet, numbers in index.counts(narrowed).items():
        for key, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
            yield FacetCount(facet, key, index.values[facet][key], number, _address(kind, {**chosen, facet: key}))


def _check(words: Vocabulary, index: FacetIndex, facet: str, value: str) -> None:
    checks: Mapping[str, Callable[[], object]] = {
        "area": lambda: area_named(words, value),
        "service": lambda: concept_named(words, "service-type", value),
        "language": lambda: concept_named(words, "language", value),
        "conduct": lambda: concept_named(words, "conduct", value),
        "kind": lambda: type_named(words, (), value),
    }
    if value not in index.values.get(facet, ()):
        checks[facet]()


def _token(iri: str, of: list[object]) -> str:
    text = json.dumps([iri.removeprefix(BASE), *of], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(token: str, of: list[object]) -> str:
    """Return the IRI after which a page begins."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        place, release, *rest = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(place, str):
            raise TypeError
    except (ValueError, TypeError, RecursionError) as error:
        raise WrongUsage(Message("This is no place in this list."), _BEGIN) from error
    if release != of[0]:
        raise WrongUsage(
            Message("This place is in the list of another release, {release}.", release=str(release)[:40]),
            Message("Begin without “after”, or go on reading under /at/{release}.", release=str(release)[:40]),
        )
    if json.dumps(rest) != json.dumps(of[1:]):
        raise WrongUsage(Message("This is no place in this list."), _BEGIN)
    return BASE + place


_BEGIN = Message("Begin without “after”; each page says where the next begins, in its header Link.")


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
