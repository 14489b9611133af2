"""Result table: the answer to a reader's own query, as a page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coopgraph.model.iris import BASE
from coopgraph.rdf.binding import term_of_binding
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term
from coopgraph.reading.pages.display_text import DisplayText, View, page_path, safe_url
from coopgraph.reading.vocabulary import Vocabulary

MOST_SHOWN_ROWS = 500
"""How many rows a page shows; the others come in a file."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A table (``columns``, ``rows``; ``count`` rows there are), a yes or no, or the text of a graph."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[DisplayText | None, ...], ...] = ()
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
        tuple(_cell(term_of_binding(row[name]), view) if name in row else None for name in columns)
        for row in bindings[:MOST_SHOWN_ROWS]
    )
    return Answered(columns, rows, len(bindings))


def _cell(value: Term, view: View) -> DisplayText:
    if isinstance(value, NamedNode):
        return _address(value.value, view)
    if isinstance(value, Literal):
        tag = conventional(value.language) if value.language else ""
        return DisplayText(value.value, "" if tag == view.language else tag)
    return DisplayText(f"_:{value.value}" if isinstance(value, BlankNode) else str(value))


def _address(iri: str, view: View) -> DisplayText:
    if iri in view.words.labels:
        return view.label(iri)
    if iri.startswith(BASE):
        return DisplayText(iri.removeprefix(BASE).removeprefix("id/") or iri, path=page_path(iri))
    return DisplayText(iri, url=safe_url(iri))
