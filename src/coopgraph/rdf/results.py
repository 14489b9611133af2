"""SPARQL result formats: a result as pyoxigraph gives it is written, one that another server sends is rewritten.

That is done in one pass: what is cut or has a message in it is found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import IO, cast

from pyoxigraph import (
    QuadParser,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from coopgraph.rdf.csv_rows import BYTE_ORDER_MARK, CsvRows
from coopgraph.rdf.formats import CSV, EXCEL_CSV, JSON, JSON_LD, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.graph_document import DocumentForm, graph_document
from coopgraph.rdf.jsonld_stream import write_compacted
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.rdf.result_language_tags import restore_result
from coopgraph.rdf.terms import Triple

ROWS_FORM = JSON
"""The format in which rows and truth values are fetched: it has an end, and keeps every character of a text."""

TRIPLES_FORM = N_TRIPLES
"""The format in which graphs are fetched."""

_WITH_PREFIXES = (TURTLE, TRIG, RDF_XML)
_NAMESPACES_OF_XML = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")


def write_rows(
    result: QueryBoolean | QuerySolutions | QueryTriples,
    wanted: Format,
    target: IO[bytes],
    prefixes: Mapping[str, str] = MappingProxyType({}),
    published: PublishedJsonLd | None = None,
    document: DocumentForm | None = None,
) -> None:
    """Write ``result`` in the format ``wanted``, one that carries its form. Raises what evaluating it raises.

    ``prefixes`` are used where the format knows prefixes; JSON-LD is compacted with what is ``published``, where
    anything is. ``document`` has a graph written as one document, not while it comes.
    """
    if isinstance(result, QueryTriples):
        _write_triples(result, wanted, target, prefixes, published, document)
    elif wanted in (CSV, EXCEL_CSV):
        if wanted == EXCEL_CSV:
            target.write(BYTE_ORDER_MARK)
        result.serialize(cast(IO[bytes], CsvRows(target)), QueryResultsFormat.TSV)
    else:
        result.serialize(target, wanted.results)


def rows(source: IO[bytes], wanted: Format, target: IO[bytes]) -> None:
    """Write the rows of ``source`` (SPARQL Query Results JSON) in the format ``wanted``. Raises SyntaxError."""
    solutions = parse_query_results(source, QueryResultsFormat.JSON)
    if isinstance(solutions, QueryBoolean):
        raise SyntaxError("a truth value where rows were expected")
    write_rows(solutions, wanted, target)


def write_triples(
    source: IO[bytes],
    wanted: Format,
    target: IO[bytes],
    prefixes: Mapping[str, str],
    published: PublishedJsonLd | None,
    document: DocumentForm | None,
) -> None:
    """Write the triples of ``source`` (N-Triples) as :func:`write_rows` writes a result's. Raises SyntaxError."""
    _write_triples(parse(source, RdfFormat.N_TRIPLES), wanted, target, prefixes, published, document)


def _write_triples(
    found: QueryTriples | QuadParser,
    wanted: Format,
    target: IO[bytes],
    prefixes: Mapping[str, str],
    published: PublishedJsonLd | None,
    document: DocumentForm | None,
) -> None:
    if document is not None:
        lines = restore_result(N_TRIPLES, serialize(found, format=RdfFormat.N_TRIPLES) or b"")
        target.write(graph_document(Graph.of_n_triples(lines), wanted, document, published))
        return
    if wanted == JSON_LD and published is not None:
        # A quad of the default graph has what a triple has.
        write_compacted(cast("Iterable[Triple]", found), published.context, target)
        return
    usable = {name: namespace for name, namespace in prefixes.items() if not _of_xml(name, namespace)}
    if usable and wanted in _WITH_PREFIXES:
        serialize(found, target, wanted.rdf, prefixes=usable)
    elif isinstance(found, QueryTriples):
        found.serialize(target, wanted.rdf)
    else:
        serialize(found, target, wanted.rdf)


def _of_xml(name: str, namespace: str) -> bool:
    """Whether a prefix or a namespace is one that XML has for itself (https://www.w3.org/TR/xml-names/#xmlReserved)."""
    return name.lower().startswith("xml") or namespace in _NAMESPACES_OF_XML


def truth(source: bytes) -> bool:
    """Return the truth value of ``source`` (SPARQL Query Results JSON). Raises SyntaxError.

    Virtuoso 7 answers ASK with a row where it is true and with none where it is not.
    """
    found = parse_query_results(source, QueryResultsFormat.JSON)
    return bool(found) if isinstance(found, QueryBoolean) else any(True for _ in found)


def of_truth(value: bool, wanted: Format) -> bytes:
    """Return ``value`` in the format ``wanted``."""
    known = b'{"head":{},"boolean":true}' if value else b'{"head":{},"boolean":false}'
    answer = parse_query_results(known, QueryResultsFormat.JSON)
    return cast(bytes, answer.serialize(format=wanted.results))


def pairs(source: bytes) -> list[tuple[str, str]]:
    """Return ``?subject`` and ``?value`` of each row of ``source`` (SPARQL Query Results JSON). Raises SyntaxError."""
    found = parse_query_results(source, QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        raise SyntaxError("a truth value where rows were expected")
    try:
        return [(str(row["subject"].value), str(row["value"].value)) for row in found]
    except (AttributeError, KeyError) as error:
        raise SyntaxError("a row without a subject or a value") from error
