"""The answer to a reader's own question, as a page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopgraph.model.iris import BASE
from coopgraph.rdf.binding import term
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term
from coopgraph.read.shown import Shown, View, page_path, safe_url
from coopgraph.read.vocabulary import Vocabulary

MOST_ROWS = 500
"""How many rows a page shows; the others come in a file."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A table (``columns``, ``rows``; ``count`` rows there are), a yes or no, or the text of a graph."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    count: int = 0
    truth: bool | None = None
    text: str = ""


def answered(results: bytes, words: Vocabulary, language: str) -> Answered:
    """Return what SPARQL Query Results JSON says: a table with an empty cell (None) where nothing is bound, or a truth.

    An address under the base leads to its page, and has its label where it is a term or concept; text stays verbatim.
    """
    document: Mapping[str, Any] = json.loads(results)
    if "boolean" in document:
        return Answered(truth=bool(document["boolean"]))
    view = View(Graph(()), words, language)
    columns = tuple(document["head"]["vars"])
    bindings = document["results"]["bindings"]
    rows = tuple(
        tuple(_cell(term(row[name]), view) if name in row else None for name in columns) for row in bindings[:MOST_ROWS]
    )
    return Answered(columns, rows, len(bindings))


def _cell(value: Term, view: View) -> Shown:
    if isinstance(value, NamedNode):
        return _address(value.value, view)
    if isinstance(value, Literal):
        tag = conventional(value.language) if value.language else ""
        return Shown(value.value, "" if tag == view.language else tag)
    return Shown(f"_:{value.value}" if isinstance(value, BlankNode) else str(value))


def _address(iri: str, view: View) -> Shown:
    if iri in view.words.labels:
        return view.label(iri)
    if iri.startswith(BASE):
        return Shown(iri.removeprefix(BASE).removeprefix("id/") or iri, path=page_path(iri))
    return Shown(iri, url=safe_url(iri))
