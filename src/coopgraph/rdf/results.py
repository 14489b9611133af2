"""Rewrite a result that another server sends, in one pass: what is cut or has a message in it is found out."""

from __future__ import annotations

from typing import IO, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results, serialize

from coopgraph.rdf.formats import JSON, N_TRIPLES, Format

ROWS = JSON
"""The format in which rows and truth values are fetched: it has an end, and keeps every character of a text."""

TRIPLES = N_TRIPLES
"""The format in which graphs are fetched."""


def rows(source: IO[bytes], wanted: Format, target: IO[bytes]) -> None:
    """Write the rows of ``source`` (SPARQL Query Results JSON) in the format ``wanted``. Raises SyntaxError."""
    solutions = parse_query_results(source, QueryResultsFormat.JSON)
    if isinstance(solutions, QueryBoolean):
        raise SyntaxError("a truth value where rows were expected")
    solutions.serialize(target, wanted.results)


def triples(source: IO[bytes], wanted: Format, target: IO[bytes]) -> None:
    """Write the triples of ``source`` (N-Triples) in the format ``wanted``. Raises SyntaxError."""
    serialize(parse(source, RdfFormat.N_TRIPLES), target, wanted.rdf)


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
