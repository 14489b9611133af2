"""A report as JSON-LD: the SHACL validation report of the Turtle form, expanded, so that no context is needed."""

from __future__ import annotations

from coopgraph.rdf.formats import JSON_LD
from coopgraph.rdf.write import written
from coopgraph.validation.formats.turtle import report_triples
from coopgraph.validation.report import Report


def write(report: Report, lang: str) -> str:
    """Return the report in JSON-LD, with the messages of all languages whatever ``lang`` is."""
    return written(report_triples(report), JSON_LD, {}).decode("utf-8")
