"""Graph of a few triples, ready to be looked up by subject or by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self._hold(texts_by_subject(dict.fromkeys(texts)), _Terms(terms))

    @classmethod
    def of_n_triples(cls, *documents: bytes) -> Graph:
        """Return the triples of N-Triples documents as the engine writes them, each on a line.

        Blank nodes of one document are none of another's.
        """
        made = cls.__new__(cls)
        made._hold(_texts_of_documents(documents), _Terms())
        return made

    def _hold(self, texts: TextsBySubject, terms: _Terms) -> None:
        self._texts, self._terms = texts, terms
        # What was asked for, by the node that was asked about.
        self._abouts: dict[Node, Mapping[NamedNode, list[Term]]] = {}
        self._pointing: dict[Node, Mapping[NamedNode, list[Node]]] = {}

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

    def first_values(self, subject: Node) -> FirstValues:
        """Return the first values of ``subject`` by property, without making terms of all that is said of it."""
        return FirstValues(self._texts.get(str(subject), {}))

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

    def linked(self, subjects: Iterable[Node], predicate: NamedNode) -> set[NamedNode]:
        """Return the IRIs that any of ``subjects`` points at by ``predicate``, without a look at what else they say."""
        texts, wanted = self._texts, str(predicate)
        found = {value for subject in subjects for value in texts.get(str(subject), {}).get(wanted, ())}
        return {cast(NamedNode, self._terms[value]) for value in found if value[0] == "<"}

    def linking(self, predicate: NamedNode, values: Iterable[Node]) -> set[NamedNode]:
        """Return the IRIs that point at any of ``values`` by ``predicate``, without a look at what else they say."""
        wanted, at = str(predicate), {str(value) for value in values}
        found = (subject for subject, said in self._texts.items() if not at.isdisjoint(said.get(wanted, ())))
        return {cast(NamedNode, self._terms[subject]) for subject in found if subject[0] == "<"}

    def is_a(self, subject: Node, kind: NamedNode) -> bool:
        """Return whether ``subject`` has the class ``kind``."""
        return kind in self.values(subject, RDF.type)


class FirstValues:
    """First value of each property of one subject, the property given as N-Triples writes it (``str`` of its IRI).

    They are the values that :meth:`Graph.link` and :meth:`Graph.plain` give. Hundreds of alike things are read so in a
    third of the time, since terms take longer to make and to compare than texts.
    """

    __slots__ = ("_said",)

    def __init__(self, said: Mapping[str, list[str]]) -> None:
        self._said = said

    def link(self, predicate: str) -> str:
        """Return the first object that is an IRI, without its brackets, or the empty text."""
        values = self._said.get(predicate)
        if values is None:
            return ""
        for value in sorted(values) if len(values) > 1 else values:
            if value[0] == "<":
                return value[1:-1]
        return ""

    def links(self, predicate: str) -> list[str]:
        """Return all objects that are IRIs, without their brackets, in order."""
        return [value[1:-1] for value in sorted(self._said.get(predicate, ())) if value[0] == "<"]

    def plain(self, predicate: str) -> str:
        """Return the characters of the first object that is a literal, or the empty text."""
        values = self._said.get(predicate)
        if values is None:
            return ""
        for value in sorted(values) if len(values) > 1 else values:
            if value[0] == '"':
                return unescaped(literal_parts(value)[0])
        return ""


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
