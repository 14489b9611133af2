"""A report as JSON, for programs of ours and others.

::

    {
      "conforms": false,
      "engine": "fast",
      "files": 613, "triples": 46420,
      "violations": 1, "warnings": 0, "infos": 0,
      "left_out": ["data/org/x.ttl"],
      "language": "en",
      "findings": [{
        "severity": "violation",
        "rule": "https://w3id.org/coopgraph/shape/OrgBasedIn", "name": "Place of an organization",
        "message": "Say where the organization is based.", "description": "…",
        "path": "data/org/x.ttl", "line": 7, "column": 1, "excerpt": "o:x a coop:Organization ;",
        "focus": {"type": "uri", "value": "https://w3id.org/coopgraph/id/org/x"},
        "property": "https://w3id.org/coopgraph/def/isBasedIn",
        "value": {"type": "literal", "value": "x", "xml:lang": "en"},
        "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
      }]
    }

Terms have the form of SPARQL 1.1 query results in JSON. What a finding lacks is null. Fields may be added, never
renamed. ``left_out`` names files that could not be read and were not checked further.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from coopgraph.model.language import in_language
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import BlankNode, NamedNode, Term
from coopgraph.validation.report import Finding, Report


def write(report: Report, lang: str) -> str:
    """Return the report as JSON text with messages in ``lang``: two spaces, final newline."""
    content = {
        "conforms": report.conforms,
        "engine": report.engine,
        "files": report.files,
        "triples": report.triples,
        "violations": report.count("violation"),
        "warnings": report.count("warning"),
        "infos": report.count("info"),
        "left_out": report.left_out,
        "language": lang,
        "findings": [_finding(finding, report, lang) for finding in report.findings],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, report: Report, lang: str) -> Mapping[str, object]:
    rule, place = report.rules[finding.rule], finding.place
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "name": in_language(rule.names, lang),
        "message": in_language(finding.messages, lang),
        "description": in_language(rule.descriptions, lang),
        "path": place.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "excerpt": place.near if place else None,
        "focus": _term(finding.focus),
        "property": finding.path.value if finding.path else None,
        "value": _term(finding.value) if finding.value is not None else None,
        "component": finding.component,
    }


def _term(term: Term) -> Mapping[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": conventional(term.language)}
    if term.datatype == XSD.string:
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
