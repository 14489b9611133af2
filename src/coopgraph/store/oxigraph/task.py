"""Task of a worker: a query, and how to answer it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import NamedTuple

from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph_document import DocumentForm
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.oxigraph import frames
from coopgraph.store.oxigraph.frames import FrameKind
from coopgraph.store.protocol import Choice, ResultForm


class How(NamedTuple):
    """How to answer: the dataset, the name of the format for each form of result, prefixes that count as declared,
    and the document that a graph becomes.

    No ``choice`` of formats: only parse the query.
    """

    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    choice: tuple[str | None, str | None, str | None] | None
    prefixes: tuple[tuple[str, str], ...] = ()
    document: DocumentForm | None = None

    def format(self, form: ResultForm) -> str | None:
        """Return the name of the format for a result of the form ``form``."""
        bindings, boolean, graph = self.choice or (None, None, None)
        return {"bindings": bindings, "boolean": boolean, "graph": graph}[form]


class Task(NamedTuple):
    """A query, how to answer it, and the seconds of processor time after which the worker ends; 0: never."""

    query: str
    how: How
    slice: float = 0

    def frame(self, slice: float) -> bytes:
        """Return it as it goes to a worker, with another slice of time."""
        payload = _line(self.how, slice) + self.query.encode("utf-8")
        return frames.header(FrameKind.QUESTION, len(payload)) + payload


def to_answer(sparql_query: SparqlQuery, choice: Choice) -> Task:
    """Return the task of answering ``sparql_query``."""
    names = (_name(choice.bindings), _name(choice.boolean), _name(choice.graph))
    return Task(
        sparql_query.query,
        How(sparql_query.default_graphs, sparql_query.named_graphs, names, sparql_query.prefixes, choice.document),
    )


def to_check(query: str, prefixes: tuple[tuple[str, str], ...] = ()) -> Task:
    """Return the task of parsing ``query``."""
    return Task(query, How(None, None, None, prefixes))


def read_task(payload: bytes) -> Task:
    """Return the task in a frame."""
    line, _, query = payload.partition(b"\n")
    return Task(query.decode("utf-8"), *_read(line))


def _name(chosen: Format | None) -> str | None:
    return chosen.name if chosen else None


@lru_cache(maxsize=256)
def _line(how: How, slice: float) -> bytes:
    return json.dumps((*how, slice)).encode("utf-8") + b"\n"


@lru_cache(maxsize=256)
def _read(line: bytes) -> tuple[How, float]:
    default, named, choice, prefixes, document, slice = json.loads(line)
    default, named, choice = (None if listed is None else tuple(listed) for listed in (default, named, choice))
    if document is not None:
        root, frame, tree_only, of_turtle = document
        document = DocumentForm(root, frame, tree_only, _pairs(of_turtle))
    return How(default, named, choice, _pairs(prefixes), document), slice


def _pairs(listed: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((prefix, namespace) for prefix, namespace in listed)
