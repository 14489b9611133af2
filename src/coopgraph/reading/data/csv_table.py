"""CSV table of a description: one row a statement, with what it rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from coopgraph.rdf.csv_rows import guarded
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term
from coopgraph.reading.description import Description

STATEMENT_COLUMNS = (
    "subject",
    "property",
    "value",
    "language",
    "datatype",
    "statement",
    "rank",
    "basis",
    "verification",
    "passage",
    "quote",
    "source",
)


def statements_csv(description: Description) -> bytes:
    """Return the statements as CSV (RFC 4180, UTF-8), in a fixed order.

    A claim gives one row for each passage it rests on, with its rank; any other triple one row, with the passages of
    its subject where that is a record. Links between a statement and its passage are columns, not rows. A cell that a
    spreadsheet would run as a formula begins with an apostrophe.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(STATEMENT_COLUMNS)
    for row in _rows(description):
        writer.writerow([guarded(cell) for cell in row])
    return stream.getvalue().encode()


_Row = tuple[str, ...]


def _rows(description: Description) -> Iterator[_Row]:
    graph = description.graph
    claimed = set()
    for subject, predicate, claim, value in _claims(graph):
        claimed.add((subject, predicate, value))
        yield from _with_passages(graph, (*_cells(subject, predicate, value), claim.value), claim)
    for subject, predicate, value in graph.statements():
        known = (subject, predicate, value) in claimed or graph.is_a(subject, COOP.Claim)
        if not known and predicate != COOP.hasEvidence:
            record = graph.values(subject, COOP.hasEvidence) or graph.values(subject, COOP.hasRank)
            yield from _with_passages(graph, (*_cells(subject, predicate, value), ""), subject if record else None)


def _claims(graph: Graph) -> Iterator[tuple[Node, NamedNode, NamedNode, Term]]:
    for claim, relation, predicate in graph.statements():
        if relation == RDF.predicate and isinstance(claim, NamedNode):
            for subject in graph.links(claim, RDF.subject):
                for value in graph.values(claim, RDF.object):
                    if isinstance(predicate, NamedNode):
                        yield subject, predicate, claim, value


def _with_passages(graph: Graph, start: _Row, standing: Node | None) -> Iterator[_Row]:
    if standing is None:
        yield (*start, "", "", "", "", "", "")
        return
    marks = tuple(
        link.value.rpartition("/")[2] if (link := graph.link(standing, term)) else ""
        for term in (COOP.hasRank, COOP.hasBasis, COOP.hasVerification)
    )
    passages = graph.links(standing, COOP.hasEvidence)
    for passage in passages:
        source = graph.link(passage, COOP.isQuotedFrom)
        yield (*start, *marks, passage.value, graph.plain(passage, COOP.quote), source.value if source else "")
    if not passages:
        yield (*start, *marks, "", "", "")


def _cells(subject: Node, predicate: NamedNode, value: Term) -> _Row:
    if not isinstance(value, Literal):
        return subject.value, predicate.value, value.value, "", ""
    datatype = "" if value.language else value.datatype.value
    return subject.value, predicate.value, value.value, conventional(value.language or ""), datatype
