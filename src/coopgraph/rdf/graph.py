"""Graph of a few triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain, count
from typing import Any, cast

from pyoxigraph import RdfFormat, parse

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

Statement = tuple[Node, NamedNode, Term]
"""Subject, predicate and object of a triple of RDF 1.1."""

TextsBySubject = Mapping[str, Mapping[str, list[str]]]
"""Values by subject and property, each term as N-Triples writes it."""


class Graph:
    """Triples of RDF 1.1, without duplicates, in a fixed order. Never changed after it was made."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        # What was read is RDF 1.1, so no triple stands inside a triple.
        parts = [cast(Statement, (triple.subject, triple.predicate, triple.object)) for triple in triples]
        texts = [(str(subject), str(predicate), str(value)) for subject, predicate, value in parts]
        self._terms = dict(zip(chain.from_iterable(texts), chain.from_iterable(parts), strict=True))
        self._texts = texts_by_subject(dict.fromkeys(texts))

    @classmethod
    def of_n_triples(cls, *documents: bytes) -> Graph:
        """Return the triples of N-Triples documents as the engine writes them, each on a line.

        Blank nodes of one document are none of another's.
        """
        made = cls.__new__(cls)
        made._texts = _texts_of_documents(documents)
        return made

    @property
    def n_triples(self) -> TextsBySubject:
        """The triples in N-Triples, in no order."""
        return self._texts

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        """All triples, in order."""
        return tuple([Triple(*statement) for statement in self.statements()])

    def statements(self) -> tuple[Statement, ...]:
        """Return subject, predicate and object of every triple, in order."""
        return self._statements

    # Each is made only where it is asked for.
    @cached_property
    def _statements(self) -> tuple[Statement, ...]:
        return tuple(
            [
                (subject, predicate, value)
                for subject, said in self._by_subject.items()
                for predicate, values in said.items()
                for value in values
            ]
        )

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        """Each term that occurs, once, by its text."""
        texts = {
            text: None
            for subject, said in self._texts.items()
            for text in (subject, *said, *chain.from_iterable(said.values()))
        }
        listed = "".join([f"<urn:x-coopgraph:s> <urn:x-coopgraph:p> {text} .\n" for text in texts])
        return dict(zip(texts, (cast(Term, quad.object) for quad in parse(listed, RdfFormat.N_TRIPLES)), strict=True))

    @cached_property
    def _by_subject(self) -> Mapping[Node, Mapping[NamedNode, list[Term]]]:
        terms = cast(Mapping[str, Any], self._terms)
        return {
            terms[subject]: {
                terms[predicate]: [terms[value] for value in (sorted(values) if len(values) > 1 else values)]
                for predicate, values in sorted(said.items())
            }
            for subject, said in sorted(self._texts.items())
        }

    @cached_property
    def _by_object(self) -> Mapping[Term, Mapping[NamedNode, list[Node]]]:
        found: dict[Term, dict[NamedNode, list[Node]]] = {}
        for subject, said in self._by_subject.items():
            for predicate, values in said.items():
                for value in values:
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


def texts_by_subject(statements: Iterable[Iterable[str]]) -> TextsBySubject:
    """Return triples, each given once by the N-Triples of its terms, by subject and property."""
    found: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value in statements:
        said = found.get(subject)
        if said is None:
            said = found[subject] = {}
        values = said.get(predicate)
        if values is None:
            said[predicate] = [value]
        else:
            values.append(value)
    return found


def _texts_of_documents(documents: Iterable[bytes]) -> TextsBySubject:
    text_of = _Decoded().__getitem__
    lines = dict.fromkeys(chain.from_iterable(map(_lines, documents, count())))
    return texts_by_subject([map(text_of, line.split(b" ", 2)) for line in lines])


def _lines(document: bytes, number: int) -> list[bytes]:
    """Return the triples of a document, its blank nodes named after its ``number``."""
    lines = document.split(b" .\n")[:-1]
    if b"_:" not in document:
        return lines
    return [b" ".join([_named_after(number, term) for term in line.split(b" ", 2)]) for line in lines]


class _Decoded(dict[bytes, str]):
    """Texts by their UTF-8: one that recurs is one object, which is found again by being the same."""

    def __missing__(self, encoded: bytes) -> str:
        text = self[encoded] = encoded.decode()
        return text


def _named_after(number: int, term: bytes) -> bytes:
    """Return a term of the document ``number``; its blank nodes are named after that."""
    return b"_:b%d.%s" % (number, term[2:]) if term.startswith(b"_:") else term
