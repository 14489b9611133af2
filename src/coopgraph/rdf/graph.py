"""Graph of a few triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import cast

from pyoxigraph import RdfFormat, parse

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

Statement = tuple[Node, NamedNode, Term]
"""Subject, predicate and object of a triple of RDF 1.1."""


class Graph:
    """Triples of RDF 1.1, without duplicates, in a fixed order. Never changed after it was made."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        # What was read is RDF 1.1, so no triple stands inside a triple.
        parts = ((triple, (triple.subject, triple.predicate, triple.object)) for triple in triples)
        self._set((str(triple), cast(Statement, statement)) for triple, statement in parts)

    @classmethod
    def of_n_triples(cls, *documents: bytes) -> Graph:
        """Return the triples of N-Triples documents as the engine writes them, each on a line, whose terms recur.

        Blank nodes of one document are none of another's. Raises SyntaxError for what is no N-Triples.
        """
        made = cls.__new__(cls)
        made._set(chain.from_iterable(map(_statements_by_line, documents)))
        return made

    def _set(self, by_text: Iterable[tuple[str, Statement]]) -> None:
        # In N-Triples, the order is that of subjects, then properties, then values, as a space is less than any of
        # their characters.
        found = dict(by_text)
        self._statements = tuple([found[text] for text in sorted(found)])

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """All triples, in order."""
        return tuple([Triple(*statement) for statement in self._statements])

    def statements(self) -> tuple[Statement, ...]:
        """Return subject, predicate and object of every triple, in order."""
        return self._statements

    # Each is made only where it is asked for.
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


def _statements_by_line(document: bytes) -> Iterator[tuple[str, Statement]]:
    """Yield each statement of an N-Triples document, after its text; a term that recurs is read and made once."""
    lines = [line for line in document.decode().split("\n") if line]
    written = [line.removesuffix(" .").split(" ", 2) for line in lines]
    texts = dict.fromkeys(chain.from_iterable(written))
    listed = "".join([f"<urn:x-coopgraph:s> <urn:x-coopgraph:p> {text} .\n" for text in texts])
    objects = [quad.object for quad in parse(listed, RdfFormat.N_TRIPLES, rename_blank_nodes=True)]
    terms = dict(zip(texts, objects, strict=True))
    for line, (subject, predicate, value) in zip(lines, written, strict=True):
        statement = cast(Statement, (terms[subject], terms[predicate], terms[value]))
        has_blank_node = subject[0] == "_" or value[0] == "_"
        yield " ".join(map(str, statement)) if has_blank_node else line, statement
