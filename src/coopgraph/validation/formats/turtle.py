"""A report as a W3C SHACL validation report in Turtle (https://www.w3.org/TR/shacl/#validation-report).

Findings of file rules are results too: their focus node is the entity of the file, or the graph of records where the
file has none, and their component is ``coop:FileRule``. Results are named ``_:r1``, ``_:r2`` … in the
order of the report. ``coop:place`` adds file, line and column, which SHACL has no words for. As in any report of
SHACL, ``sh:conforms`` is true only where there is no result at all, warnings and notes included.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import COOP, RDF, SH, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple
from coopgraph.rdf.write import write_rdf as write_rdf
from coopgraph.validation.report import Finding, Report, Severity

_SEVERITIES: dict[Severity, NamedNode] = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}
_PREFIXES = {"coop": str(COOP), "sh": str(SH), "xsd": str(XSD)}


def write(report: Report, lang: str) -> str:
    """Return the report in Turtle, with the messages of all languages whatever ``lang`` is."""
    stream = io.BytesIO()
    write_rdf(report_triples(report), TURTLE, stream, _PREFIXES)
    return stream.getvalue().decode("utf-8")


def report_triples(report: Report) -> Iterator[Triple]:
    """Yield the triples of the report."""
    node = BlankNode("report")
    yield Triple(node, RDF.type, SH.ValidationReport)
    yield Triple(node, SH.conforms, Literal(not report.findings))
    results = [BlankNode(f"r{number}") for number in range(1, len(report.findings) + 1)]
    for result in results:
        yield Triple(node, SH.result, result)
    for result, finding in zip(results, report.findings, strict=True):
        yield from _result(result, finding)


def _result(result: BlankNode, finding: Finding) -> Iterator[Triple]:
    yield Triple(result, RDF.type, SH.ValidationResult)
    yield Triple(result, SH.resultSeverity, _SEVERITIES[finding.severity])
    yield Triple(result, SH.focusNode, finding.focus)
    if finding.path:
        yield Triple(result, SH.resultPath, finding.path)
    if finding.value is not None:
        yield Triple(result, SH.value, finding.value)
    yield Triple(result, SH.sourceShape, NamedNode(finding.rule))
    yield Triple(result, SH.sourceConstraintComponent, NamedNode(finding.component))
    for tag, message in sorted(finding.messages.items()):
        yield Triple(result, SH.resultMessage, Literal(message, language=tag))
    if finding.place:
        place = finding.place
        yield Triple(result, COOP.place, Literal(f"{place.path}:{place.line}:{place.column}"))
