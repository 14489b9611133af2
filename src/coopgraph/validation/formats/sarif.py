"""A report as SARIF 2.1.0, the exchange format of static analysis, for code hosts and editors.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from coopgraph import __version__
from coopgraph.model.iris import BASE
from coopgraph.model.language import in_language
from coopgraph.validation.messages import fill_message
from coopgraph.validation.report import Finding, Report, Rule, SourceLocation

_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def write(report: Report, lang: str) -> str:
    """Return the report as SARIF text with messages in ``lang``: two spaces, final newline."""
    rules = list(report.rules)
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "coopgraph check",
                        "version": __version__,
                        "informationUri": BASE,
                        "language": lang,
                        "rules": [_rule(rule, lang) for rule in report.rules.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True}],
                "results": [_result(finding, rules.index(finding.rule), lang) for finding in report.findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule, lang: str) -> Mapping[str, object]:
    return {
        "id": rule.name,
        "name": rule.name,
        "shortDescription": {"text": in_language(rule.names, lang)},
        "fullDescription": {"text": in_language(rule.descriptions, lang)},
        "help": {"text": in_language(fill_message(rule.messages, lambda name, tag: "…"), lang)},
        "helpUri": rule.iri,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, rule_index: int, lang: str) -> Mapping[str, object]:
    return {
        "ruleId": finding.rule.rpartition("/")[2],
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": in_language(finding.messages, lang)},
        "locations": [_location(finding.place)] if finding.place else [],
        "properties": {
            "focus": str(finding.focus),
            "property": str(finding.path) if finding.path else "",
            "value": str(finding.value) if finding.value is not None else "",
        },
    }


def _location(place: SourceLocation) -> Mapping[str, object]:
    region: dict[str, object] = {"startLine": place.line, "startColumn": place.column}
    if place.excerpt:
        region["snippet"] = {"text": place.near}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(place.path)}, "region": region}}
