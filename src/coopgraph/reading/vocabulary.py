"""Vocabulary of the graph: labels of classes, properties and concepts, and the kinds of entities."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coopgraph.model.iris import entity_name, local_name
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.reading.source import Source

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
"""Local names that SPARQL takes as they are."""


@dataclass(frozen=True, slots=True)
class EntityKind:
    """One kind of entity: its path segment, its class, its place in lists, its frame, how many the release holds."""

    iri: str
    segment: str
    of_class: str
    order: int
    frame: str
    own_file: bool
    count: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels by term, plurals by kind, the kinds in their order, the canonical prefixes, and concepts' broader ones."""

    labels: Mapping[str, tuple[Literal, ...]]
    plurals: Mapping[str, tuple[Literal, ...]]
    kinds: tuple[EntityKind, ...]
    prefixes: Mapping[str, str]
    broader: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], Wording] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_namespace: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def label(self, term: str, language: str) -> Wording:
        """Return the label of a term for a reader of ``language``; its last path part where it has none."""
        known = self._chosen.get((term, language))
        if known is not None:
            return known
        found = choose(self.labels.get(term, ()), language)
        if found is None:
            return Wording(local_name(term), "", exact=True)
        self._chosen[term, language] = found
        return found

    def plural(self, kind: EntityKind, language: str) -> Wording:
        """Return the heading for a list of a kind: its plural; its label in a language that has none."""
        found = choose(self.plurals.get(kind.iri, ()), language)
        return found if found and found.exact else self.label(kind.iri, language)

    def short_name(self, iri: str) -> str:
        """Return the prefixed name of an IRI (``coop:Organization``), or the empty text where no prefix fits."""
        if not self._by_namespace:
            self._by_namespace.update({namespace: prefix for prefix, namespace in self.prefixes.items()})
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = self._by_namespace.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix is not None and _LOCAL.fullmatch(iri[cut:]) else ""

    def broader_of(self, concept: str) -> tuple[str, ...]:
        """Return the concepts that a concept is part of or a kind of, the nearest first."""
        found: dict[str, None] = {}
        nearest: tuple[str, ...] = (concept,)
        while nearest:
            nearest = tuple(wider for item in nearest for wider in self.broader.get(item, ()) if wider not in found)
            found.update(dict.fromkeys(nearest))
        return tuple(found)

    def kind(self, segment: str) -> EntityKind | None:
        """Return the kind whose path segment this is."""
        return next((kind for kind in self.kinds if kind.segment == segment), None)

    def kind_of(self, iri: str) -> EntityKind | None:
        """Return the kind of an entity's IRI, or None for other IRIs."""
        name = entity_name(iri)
        return self.kind(name.segment) if name else None


class Vocabularies:
    """The vocabulary of each release, read once and kept for the few releases last used."""

    _KEPT = 4

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_release: OrderedDict[str, Vocabulary] = OrderedDict()

    def of(self, reading: Source) -> Vocabulary:
        """Return the vocabulary of the release looked at."""
        with self._lock:
            if known := self._by_release.get(reading.release):
                self._by_release.move_to_end(reading.release)
                return known
        fresh = read_vocabulary(reading)
        with self._lock:
            self._by_release[reading.release] = fresh
            while len(self._by_release) > self._KEPT:
                self._by_release.popitem(last=False)
        return fresh


def read_vocabulary(reading: Source) -> Vocabulary:
    """Read labels, kinds and prefixes from the release."""
    labels: dict[str, list[Literal]] = defaultdict(list)
    plurals: dict[str, list[Literal]] = defaultdict(list)
    for row in reading.rows("vocabulary"):
        for column, target in (("label", labels), ("plural", plurals)):
            if isinstance(term := row.get(column), Literal):
                target[_value(row["term"])].append(term)
    prefixes = {_value(row["prefix"]): _value(row["namespace"]) for row in reading.rows("prefixes")}
    broader: dict[str, list[str]] = defaultdict(list)
    for row in reading.rows("broader"):
        broader[_value(row["concept"])].append(_value(row["broader"]))
    return Vocabulary(
        labels=_frozen(labels),
        plurals=_frozen(plurals),
        kinds=tuple(_kinds(reading)),
        prefixes=prefixes,
        broader={concept: tuple(wider) for concept, wider in broader.items()},
    )


def _kinds(reading: Source) -> Iterable[EntityKind]:
    for row in reading.rows("kinds"):
        frame = row.get("frame")
        yield EntityKind(
            iri=_value(row["kind"]),
            segment=_value(row["segment"]),
            of_class=_value(row["class"]),
            order=int(_value(row["order"])),
            frame=_value(frame) if frame else "",
            own_file=_value(row["ownFile"]) == "true",
            count=int(_value(row["count"])),
        )


def _frozen(texts: Mapping[str, list[Literal]]) -> Mapping[str, tuple[Literal, ...]]:
    return {term: tuple(dict.fromkeys(items)) for term, items in texts.items()}


def _value(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
