"""A small set of triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from coopgraph.rdf.terms import RDF, Literal, NamedNode, Node, Term, Triple


class Graph:
    """Triples of RDF 1.1, without duplicates, in a fixed order. Never changed after it was made."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples: tuple[Triple, ...] = tuple(sorted(set(triples), key=_order))
        self._by_subject: dict[Node, dict[NamedNode, list[Term]]] = {}
        self._by_object: dict[Term, dict[NamedNode, list[Node]]] = {}
        for subject, predicate, value in self.statements():
            forward = self._by_subject.setdefault(subject, defaultdict(list))
            forward[predicate].append(value)
            if not isinstance(value, Literal):
                backward = self._by_object.setdefault(value, defaultdict(list))
                backward[predicate].append(subject)

    def statements(self) -> Iterator[tuple[Node, NamedNode, Term]]:
        """Yield subject, property and value of every triple, in order."""
        for triple in self.triples:
            # What was read is RDF 1.1, so no triple stands inside a triple.
            yield cast(Node, triple.subject), triple.predicate, cast(Term, triple.object)

    def about(self, subject: Node) -> Mapping[NamedNode, list[Term]]:
        """Return the values of ``subject`` by property; empty where nothing is said of it."""
        return self._by_subject.get(subject, {})

    def values(self, subject: Node, predicate: NamedNode) -> list[Term]:
        """Return the objects of ``subject predicate ?``."""
        return self._by_subject.get(subject, {}).get(predicate, [])

    def literals(self, subject: Node, predicate: NamedNode) -> list[Literal]:
        """Return those objects that are literals."""
        return [value for value in self.values(subject, predicate) if isinstance(value, Literal)]

    def links(self, subject: Node, predicate: NamedNode) -> list[NamedNode]:
        """Return those objects that are IRIs."""
        return [value for value in self.values(subject, predicate) if isinstance(value, NamedNode)]

    def link(self, subject: Node, predicate: NamedNode) -> NamedNode | None:
        """Return the first IRI among the objects, or None."""
        return next(iter(self.links(subject, predicate)), None)

    def plain(self, subject: Node, predicate: NamedNode) -> str:
        """Return the first literal's text, or the empty text."""
        return next((value.value for value in self.literals(subject, predicate)), "")

    def pointing(self, value: Node) -> Mapping[NamedNode, list[Node]]:
        """Return the subjects that point at ``value``, by property."""
        return self._by_object.get(value, {})

    def subjects(self, predicate: NamedNode, value: Node) -> list[NamedNode]:
        """Return the IRIs that are subjects of ``? predicate value``."""
        return [item for item in self.pointing(value).get(predicate, []) if isinstance(item, NamedNode)]

    def is_a(self, subject: Node, kind: NamedNode) -> bool:
        """Return whether ``subject`` has the class ``kind``."""
        return kind in self.values(subject, RDF.type)


def _order(triple: Triple) -> tuple[str, str, str]:
    return str(triple.subject), str(triple.predicate), str(triple.object)
