"""Index of quads: triples by any of their terms, and the documents that state them, in memory or on disk.

The store beneath writes numbers its own way (``1.0`` becomes ``1``), and an index has to give terms back exactly as
they were written. So the datatype of a literal goes in under another name, which the store does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import quote, unquote

from pyoxigraph import Store, __version__

from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.terms import DefaultGraph, Literal, NamedNode, Node, Quad, Term, Triple

ENGINE = f"pyoxigraph {__version__}"
"""What reads and writes indexes on disk: one of another version may not be understood."""

_DOCUMENT = "urn:document:"
_AS_WRITTEN = "urn:as-written:"
_SAFE = frozenset((XSD.string, RDF.langString))
"""Datatypes whose literals the store leaves alone."""


class UnreadableIndex(Exception):
    """An index on disk that is damaged, or cannot be written or read."""


class QuadIndex:
    """Triples of one data set, and triples of documents by the name of the document; both answered as written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def in_memory(cls, data: Iterable[Triple], documents: Iterable[tuple[str, Triple]]) -> QuadIndex:
        """Return an index of the data set ``data`` and of what each document states, given by its name."""
        store = Store()
        store.bulk_extend(_quads(data, documents))
        return cls(store)

    @classmethod
    def on_disk(cls, place: Path) -> QuadIndex:
        """Return the index that :func:`write_index` left in the folder ``place``; it only reads.

        Raises :class:`UnreadableIndex`, as all of its answers may.
        """
        try:
            return cls(Store.read_only(str(place)))
        except (OSError, RuntimeError) as error:
            raise UnreadableIndex(str(error)) from error

    def triples(
        self, subject: Node | None = None, predicate: NamedNode | None = None, value: Term | None = None
    ) -> list[Triple]:
        """Return the triples of the data set that have the terms given."""
        return [_as_written(quad.triple) for quad in self._matching(subject, predicate, value, DefaultGraph())]

    def holds(self, triple: Triple) -> bool:
        """Return whether the data set has a triple."""
        try:
            return Quad(triple.subject, triple.predicate, _hidden(triple.object)) in self._store
        except (OSError, RuntimeError) as error:
            raise UnreadableIndex(str(error)) from error

    def describes(self, subject: Node) -> bool:
        """Return whether the data set has a triple about ``subject``."""
        try:
            return next(self._store.quads_for_pattern(subject, None, None, DefaultGraph()), None) is not None
        except (OSError, RuntimeError) as error:
            raise UnreadableIndex(str(error)) from error

    def stated(
        self, subject: Node | None = None, predicate: NamedNode | None = None, value: Term | None = None
    ) -> list[tuple[str, Triple]]:
        """Return the triples of documents that have the terms given, each with the name of its document."""
        return [
            (_document(quad.graph_name), _as_written(quad.triple))
            for quad in self._matching(subject, predicate, value, None)
            if isinstance(quad.graph_name, NamedNode)
        ]

    def stated_by(self, document: str) -> list[Triple]:
        """Return the triples of one document, in no order."""
        return [_as_written(quad.triple) for quad in self._matching(None, None, None, _named(document))]

    def change(
        self, removed: Iterable[Triple], added: Iterable[Triple], documents: Iterable[tuple[str, Iterable[Triple]]]
    ) -> None:
        """Change an index in memory: the data set by ``removed`` and ``added``, and what these documents state."""
        documents = tuple(documents)
        for document, _ in documents:
            self._store.remove_graph(_named(document))
        for triple in removed:
            self._store.remove(Quad(triple.subject, triple.predicate, _hidden(triple.object)))
        self._store.extend(_quads(added, ((document, triple) for document, held in documents for triple in held)))

    def _matching(
        self,
        subject: Node | None,
        predicate: NamedNode | None,
        value: Term | None,
        graph: NamedNode | DefaultGraph | None,
    ) -> list[Quad]:
        try:
            return list(
                self._store.quads_for_pattern(subject, predicate, _hidden(value) if value is not None else None, graph)
            )
        except (OSError, RuntimeError) as error:
            raise UnreadableIndex(str(error)) from error


def write_index(place: Path, data: Iterable[Triple], documents: Iterable[tuple[str, Triple]]) -> None:
    """Write the index of a data set and of what each document states into the new folder ``place``.

    Raises :class:`UnreadableIndex` where it cannot be written.
    """
    try:
        store = Store(str(place))
        store.bulk_extend(_quads(data, documents))
        store.optimize()
        store.flush()
    except (OSError, RuntimeError) as error:
        raise UnreadableIndex(str(error)) from error


def _quads(data: Iterable[Triple], documents: Iterable[tuple[str, Triple]]) -> Iterator[Quad]:
    for triple in data:
        yield Quad(triple.subject, triple.predicate, _hidden(triple.object))
    names: dict[str, NamedNode] = {}
    for document, triple in documents:
        name = names.get(document) or names.setdefault(document, _named(document))
        yield Quad(triple.subject, triple.predicate, _hidden(triple.object), name)


def _named(document: str) -> NamedNode:
    return NamedNode(_DOCUMENT + quote(document, safe="/"))


def _document(name: NamedNode) -> str:
    return unquote(name.value.removeprefix(_DOCUMENT))


def _hidden(term: Term | Triple) -> Term:
    if isinstance(term, Literal) and term.datatype not in _SAFE:
        return Literal(term.value, datatype=NamedNode(_AS_WRITTEN + term.datatype.value))
    return cast(Term, term)


def _as_written(triple: Triple) -> Triple:
    value = triple.object
    if isinstance(value, Literal) and (datatype := value.datatype.value).startswith(_AS_WRITTEN):
        written = Literal(value.value, datatype=NamedNode(datatype.removeprefix(_AS_WRITTEN)))
        return Triple(triple.subject, triple.predicate, written)
    return triple
