"""The one table of formats: name, media type, file suffix, and what each can carry."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A syntax.

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

PARQUET = Format("parquet", "application/vnd.apache.parquet", ".parquet", frozenset({"bindings"}))
"""Typed columns; made from another format of the rows, where the extra ``parquet`` is installed."""

GRAPH_FORMATS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
RESULT_FORMATS = (JSON, XML, CSV, TSV, *((PARQUET,) if find_spec("pyarrow") else ()))
ALL = GRAPH_FORMATS + RESULT_FORMATS

BY_NAME = {item.name: item for item in ALL}
BY_SUFFIX = {item.suffix: item for item in ALL}
BY_MEDIA_TYPE = {item.media_type: item for item in ALL}


def media_types(*kinds: str) -> str:
    """Return the media types of the formats that carry one of ``kinds`` (of all without one), listed as in a sentence.

    A kind is a word of :attr:`Format.carries`.
    """
    given = (item for item in (*RESULT_FORMATS, *GRAPH_FORMATS) if not kinds or not item.carries.isdisjoint(kinds))
    return ", ".join(item.media_type for item in given)
