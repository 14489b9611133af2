"""Graph of a few triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import cast

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple


class Graph:
    """Triples of RDF 1.1, without duplicates, in a fixed order. Never changed after it was made."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        # Their N-Triples: the order of subjects, then properties, then values, as a space is less than any of their
        # characters.
        by_text = {str(triple): triple for triple in triples}
        self.triples: tuple[Triple, ...] = tuple([by_text[text] for text in sorted(by_text)])

    def statements(self) -> Iterable[tuple[Node, NamedNode, Term]]:
        """Return subject, property and value of every triple, in order."""
        return self._statements

    # Each is made only where it is asked for: who writes a document asks for none of them.
    @cached_property
    def _statements(self) -> tuple[tuple[Node, NamedNode, Term], ...]:
        found = tuple([(triple.subject, triple.predicate, triple.object) for triple in self.triples])
        # What was read is RDF 1.1, so no triple stands inside a triple.
        return cast(tuple[tuple[Node, NamedNode, Term], ...], found)

    @cached_property
    def _by_subject(self) -> Mapping[Node, Mapping[NamedNode, list[Term]]]:
        found: dict[Node, dict[NamedNode, list[Term]]] = {}
        for subject, predicate, value in self._statements:
            found.setdefault(subject, {}).setdefault(predicate, []).append(value)
        return found

    @cached_property
    def _by_object(self) -> Mapping[Term, Mapping[NamedNode, list[Node]]]:
        found: dict[Term, dict[NamedNode, list[Node]]] = {}
        for subject, predicate, value in self._statements:
            if not isinstance(value, Literal):
                found.setdefault(value, {}).setdefault(predicate, []).append(subject)
        return found

    def described(self) -> Iterable[Node]:
        """Return every subject once, in order."""
        return self._by_subject

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
        for value in self.values(subject, predicate):
            if isinstance(value, NamedNode):
                return value
        return None

    def plain(self, subject: Node, predicate: NamedNode) -> str:
        """Return the first literal's text, or the empty text."""
        for value in self.values(subject, predicate):
            if isinstance(value, Literal):
                return value.value
        return ""

    def pointing(self, value: Node) -> Mapping[NamedNode, list[Node]]:
        """Return the subjects that point at ``value``, by property."""
        return self._by_object.get(value, {})

    def subjects(self, predicate: NamedNode, value: Node) -> list[NamedNode]:
        """Return the IRIs that are subjects of ``? predicate value``."""
        return [item for item in self.pointing(value).get(predicate, []) if isinstance(item, NamedNode)]

    def is_a(self, subject: Node, kind: NamedNode) -> bool:
        """Return whether ``subject`` has the class ``kind``."""
        return kind in self.values(subject, RDF.type)
