"""Formats, in one table: name, media type, file suffix, and what each can carry."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Format:
    """Format of RDF or of query results: a syntax with its media type.

    ``carries`` names what it can hold: ``triples``, ``quads``, ``bindings`` (SELECT) and ``boolean`` (ASK).
    ``media_type`` comes without parameters; ``content_type`` is what goes into the header.
    """

    name: str
    media_type: str
    suffix: str
    carries: frozenset[str]
    rdf: RdfFormat | None = None
    results: QueryResultsFormat | None = None

    @property
    def content_type(self) -> str:
        """The media type with the charset where the type has one."""
        textual = self.media_type.startswith("text/") or self.media_type == "application/n-triples"
        return f"{self.media_type}; charset=utf-8" if textual else self.media_type


def _graph(name: str, media_type: str, suffix: str, rdf: RdfFormat, *carries: str) -> Format:
    return Format(name, media_type, suffix, frozenset(carries), rdf=rdf)


def _results(name: str, media_type: str, suffix: str, results: QueryResultsFormat, *carries: str) -> Format:
    return Format(name, media_type, suffix, frozenset(carries), results=results)


TURTLE = _graph("ttl", "text/turtle", ".ttl", RdfFormat.TURTLE, "triples")
N_TRIPLES = _graph("nt", "application/n-triples", ".nt", RdfFormat.N_TRIPLES, "triples")
JSON_LD = _graph("jsonld", "application/ld+json", ".jsonld", RdfFormat.JSON_LD, "triples", "quads")
RDF_XML = _graph("rdfxml", "application/rdf+xml", ".rdf", RdfFormat.RDF_XML, "triples")
TRIG = _graph("trig", "application/trig", ".trig", RdfFormat.TRIG, "triples", "quads")
N_QUADS = _graph("nq", "application/n-quads", ".nq", RdfFormat.N_QUADS, "triples", "quads")
JSON = _results("json", "application/sparql-results+json", ".srj", QueryResultsFormat.JSON, "bindings", "boolean")
XML = _results("xml", "application/sparql-results+xml", ".srx", QueryResultsFormat.XML, "bindings", "boolean")
CSV = _results("csv", "text/csv", ".csv", QueryResultsFormat.CSV, "bindings")
TSV = _results("tsv", "text/tab-separated-values", ".tsv", QueryResultsFormat.TSV, "bindings")

EXCEL_CSV = _results("excel-csv", "text/csv", ".csv", QueryResultsFormat.CSV, "bindings")
"""CSV with a byte order mark, by which Excel knows UTF-8 in every language; asked for by its name only."""

PARQUET = Format("parquet", "application/vnd.apache.parquet", ".parquet", frozenset({"bindings"}))
"""Typed columns; made from another format of the rows."""

XLSX = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", frozenset())
"""A workbook: tables that people write or read."""

ND_JSON = Format("ndjson", "application/x-ndjson", ".ndjson", frozenset())
"""A JSON-LD node a line (https://github.com/ndjson/ndjson-spec): for lists, which are read piece by piece."""

GRAPH_FORMATS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
RESULT_FORMATS = (JSON, XML, CSV, TSV, PARQUET)
ALL = GRAPH_FORMATS + RESULT_FORMATS

BY_NAME = {item.name: item for item in (*ALL, EXCEL_CSV)}
BY_SUFFIX = {item.suffix: item for item in ALL}

FORMER_MEDIA_TYPES = {
    **dict.fromkeys(("text/n3", "text/rdf+n3", "application/n3", "application/turtle", "application/x-turtle"), TURTLE),
    **dict.fromkeys(("text/ntriples", "application/x-ntriples"), N_TRIPLES),
    **dict.fromkeys(("text/nquads", "text/x-nquads"), N_QUADS),
    "application/x-trig": TRIG,
    **dict.fromkeys(("application/x-ld+json", "application/x-json+ld"), JSON_LD),
    **dict.fromkeys(("application/parquet", "application/x-parquet"), PARQUET),
}
"""Media types by which clients ask that are older than the registered ones."""

SHARED_MEDIA_TYPES = {
    "application/json": (JSON, JSON_LD),
    "application/xml": (XML, RDF_XML),
    "text/xml": (XML, RDF_XML),
    "text/plain": (CSV, N_TRIPLES),
}
"""Broader media types by which clients ask for a format of rows and for one of graphs."""


def media_types(*kinds: str) -> str:
    """Return the media types of the formats that carry one of ``kinds`` (of all without one), listed as in a sentence.

    A kind is a word of :attr:`Format.carries`.
    """
    given = (item for item in (*RESULT_FORMATS, *GRAPH_FORMATS) if not kinds or not item.carries.isdisjoint(kinds))
    return ", ".join(item.media_type for item in given)
