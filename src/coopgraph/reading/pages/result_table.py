"""Result table: the answer to a reader's own query, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coopgraph.model.iris import BASE
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import SKOS, XSD
from coopgraph.rdf.result_window import ResultWindow, triples_in
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple
from coopgraph.rdf.write import written
from coopgraph.reading.pages.charts import ChartPicture
from coopgraph.reading.pages.display_text import DisplayText, View, page_path, safe_url
from coopgraph.reading.pages.result_picture import result_chart, result_graph
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

MOST_SHOWN_ROWS = 500
"""How many rows a page shows; the others are on further pages, and all of them in a file."""

_Rows = tuple[tuple["ResultCell | None", ...], ...]

_NUMBERS = frozenset((XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.int, XSD.long, XSD.nonNegativeInteger))


@dataclass(frozen=True, slots=True)
class ResultCell:
    """One term of a result: what is shown, its short name beside a label, the language tag of a text."""

    shown: DisplayText
    short: str = ""
    tag: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A table (``columns``, ``rows``) of one window on a result, a yes or no, and the text of a graph's triples.

    ``picture`` is a chart or a graph of what the table holds, where one says more.

    ``first`` rows stand before the table; ``count`` there are in all where they are ``counted``, otherwise more.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[ResultCell | None, ...], ...] = ()
    first: int = 0
    count: int = 0
    counted: bool = True
    truth: bool | None = None
    text: str = ""
    picture: ChartPicture | None = None

    @property
    def last(self) -> int:
        """The number of the last row shown, counted from 1."""
        return self.first + len(self.rows)

    @property
    def has_more(self) -> bool:
        """Whether rows follow those shown."""
        return self.last < self.count or not self.counted


def answered(window: ResultWindow, reading: Source, words: Vocabulary, language: str, *, graph: bool) -> Answered:
    """Return a window on a result as a page shows it; of a ``graph`` the triples as Turtle too.

    An IRI leads to its page and has its label, where it has one, beside its short name; text stays verbatim.
    """
    if window.truth is not None:
        return Answered(truth=window.truth)
    view = View(Graph(_labels(window, reading)), words, language)
    rows = tuple(tuple(None if term is None else _cell(term, view) for term in row) for row in window.rows)
    text = written(triples_in(window), TURTLE, words.prefixes).decode() if graph and rows else ""
    whole = window.counted and len(rows) == window.count
    picture = (_graph(window, rows, language) if graph else _chart(window, rows, language)) if whole else None
    return Answered(window.columns, rows, window.first, window.count, window.counted, text=text, picture=picture)


def _chart(window: ResultWindow, rows: _Rows, language: str) -> ChartPicture | None:
    if any(cell is None for row in rows for cell in row):
        return None
    texts = [[(cell.shown.text, cell.is_number) for cell in row if cell] for row in rows]
    return result_chart(window.columns, texts, language)


def _graph(window: ResultWindow, rows: _Rows, language: str) -> ChartPicture | None:
    links: list[tuple[Node, str, Node]] = []
    names: dict[Node, str] = {}
    for triple, cells in zip(triples_in(window), rows, strict=True):
        texts = [cell.shown.text if cell else "" for cell in cells]
        if isinstance(triple.subject, NamedNode | BlankNode) and isinstance(triple.object, NamedNode | BlankNode):
            names |= {triple.subject: texts[0], triple.object: texts[2]}
            links.append((triple.subject, texts[1], triple.object))
    return result_graph(links, names, language)


def _labels(window: ResultWindow, reading: Source) -> Iterable[Triple]:
    """Return the labels of the things of a window, which the vocabulary has not."""
    found = {term for row in window.rows for term in row if isinstance(term, NamedNode) and term.value.startswith(BASE)}
    if not found:
        return ()
    asked = reading.rows("labels", things=tuple(sorted(found)))
    return [Triple(row["thing"], SKOS.prefLabel, row["label"]) for row in asked]  # type: ignore[arg-type]


def _cell(value: Term, view: View) -> ResultCell:
    if isinstance(value, NamedNode):
        return _named(value, view)
    if isinstance(value, Literal):
        tag = conventional(value.language) if value.language else ""
        shown = DisplayText(value.value, "" if tag == view.language else tag)
        return ResultCell(shown, tag=tag, is_number=value.datatype in _NUMBERS)
    return ResultCell(DisplayText(f"_:{value.value}" if isinstance(value, BlankNode) else str(value)))


def _named(node: NamedNode, view: View) -> ResultCell:
    iri, short = node.value, view.words.short_name(node.value)
    if iri in view.words.labels:
        return ResultCell(view.label(iri), short)
    if view.graph.about(node):
        return ResultCell(view.name(node), short)
    if iri.startswith(BASE):
        return ResultCell(DisplayText(short or iri.removeprefix(BASE) or iri, path=page_path(iri)))
    return ResultCell(DisplayText(short or iri, url=safe_url(iri)))
