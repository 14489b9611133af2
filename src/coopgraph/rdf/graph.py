"""Graph of a few triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import chain, count
from typing import cast

from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.ntriples_terms import literal_parts, unescaped
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple

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
        terms = zip(chain.from_iterable(texts), chain.from_iterable(parts), strict=True)
        self._documents: tuple[bytes, ...] = ()
        self._texts = texts_by_subject(dict.fromkeys(texts))
        self._hold(_Terms(terms))

    @classmethod
    def of_n_triples(cls, *documents: bytes) -> Graph:
        """Return the triples of N-Triples documents as the engine writes them, each on a line.

        Blank nodes of one document are none of another's. They are read when something is asked for.
        """
        made = cls.__new__(cls)
        made._documents = documents
        made._hold(_Terms())
        return made

    def _hold(self, terms: _Terms) -> None:
        self._terms = terms
        # What was asked for, by the node that was asked about.
        self._abouts: dict[Node, Mapping[NamedNode, list[Term]]] = {}
        self._pointing: dict[Node, Mapping[NamedNode, list[Node]]] = {}

    @cached_property
    def _texts(self) -> TextsBySubject:
        return _texts_of_documents(self._documents)

    def __reduce__(self) -> tuple[Callable[..., Graph], tuple[object, ...]]:
        """Pickle the documents that it was made of, or its triples."""
        return (Graph.of_n_triples, self._documents) if self._documents else (Graph, (self.triples,))

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
                for subject in self.described()
                for predicate, values in self.about(subject).items()
                for value in values
            ]
        )

    @cached_property
    def _pointing_texts(self) -> Mapping[str, Mapping[str, list[str]]]:
        """The subjects that point at each node, by property, in order."""
        found: dict[str, dict[str, list[str]]] = {}
        for subject, said in sorted(self._texts.items()):
            for predicate, values in said.items():
                for value in values:
                    if value[0] != '"':
                        at = found.get(value)
                        if at is None:
                            found[value] = {predicate: [subject]}
                        else:
                            at.setdefault(predicate, []).append(subject)
        return found

    def described(self) -> Iterable[Node]:
        """Return every subject once, in order."""
        return [cast(Node, self._terms[text]) for text in sorted(self._texts)]

    def about(self, subject: Node) -> Mapping[NamedNode, list[Term]]:
        """Return the values of ``subject`` by property; empty where nothing is said of it."""
        found = self._abouts.get(subject)
        if found is None:
            terms = self._terms
            found = self._abouts[subject] = {
                cast(NamedNode, terms[predicate]): [
                    terms[value] for value in (sorted(values) if len(values) > 1 else values)
                ]
                for predicate, values in sorted(self._texts.get(str(subject), {}).items())
            }
        return found

    def values(self, subject: Node, predicate: NamedNode) -> list[Term]:
        """Return the objects of ``subject predicate ?``."""
        return self.about(subject).get(predicate, [])

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
        found = self._pointing.get(value)
        if found is None:
            terms = self._terms
            found = self._pointing[value] = {
                cast(NamedNode, terms[predicate]): [cast(Node, terms[subject]) for subject in subjects]
                for predicate, subjects in sorted(self._pointing_texts.get(str(value), {}).items())
            }
        return found

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
    found: dict[str, dict[str, list[str]]] = {}
    subject, said = "", cast(dict[str, list[str]], {})
    for line in dict.fromkeys(chain.from_iterable(map(_lines, documents, count()))):
        # The engine gives the triples of a subject mostly one after the other.
        at, predicate, value = line.split(" ", 2)
        if at != subject:
            subject, said = at, found.setdefault(at, {})
        if predicate in said:
            said[predicate].append(value)
        else:
            said[predicate] = [value]
    return found


def _lines(document: bytes, number: int) -> list[str]:
    """Return the triples of a document, its blank nodes named after its ``number``."""
    lines = document.decode().split(" .\n")[:-1]
    if b"_:" not in document:
        return lines
    return [" ".join([_named_after(number, term) for term in line.split(" ", 2)]) for line in lines]


def _named_after(number: int, term: str) -> str:
    """Return a term of the document ``number``; its blank nodes are named after that."""
    return f"_:b{number}.{term[2:]}" if term.startswith("_:") else term


class _Terms(dict[str, Term]):
    """Terms by their N-Triples, each made where it is asked for."""

    def __missing__(self, text: str) -> Term:
        term = self[text] = _term(text)
        return term


def _term(text: str) -> Term:
    if text[0] == "<":
        return NamedNode(text[1:-1])
    if text[0] == "_":
        return BlankNode(text[2:])
    lexical, tag, datatype = literal_parts(text)
    if tag:
        return Literal(unescaped(lexical), language=tag)
    return Literal(unescaped(lexical), datatype=NamedNode(datatype[1:-1]) if datatype else None)
