"""A report as JUnit XML: each rule is a test case, so that a continuous integration shows what passed as well.

A rule with violations fails, with one line for each; a rule with warnings or notes passes and says them in its output.
"""

from __future__ import annotations

import re
from collections import defaultdict
from xml.etree import ElementTree

from coopgraph.model.language import in_language
from coopgraph.validation.report import Finding, Report

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2)."""


def write(report: Report, lang: str) -> str:
    """Return the report as one test suite with messages in ``lang``."""
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    failed = {rule for rule, found in by_rule.items() if found[0].severity == "violation"}
    counts = {"tests": str(len(report.rules)), "failures": str(len(failed)), "errors": "0", "skipped": "0"}
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "coopgraph check", **counts})
    for iri, rule in report.rules.items():
        case = ElementTree.SubElement(suite, "testcase", {"classname": f"coopgraph.{rule.severity}", "name": rule.name})
        lines = "\n".join(_line(finding, lang) for finding in by_rule[iri])
        if iri in failed:
            described = _allowed(in_language(rule.descriptions, lang))
            failure = ElementTree.SubElement(case, "failure", {"message": described, "type": iri})
            failure.text = lines
        elif lines:
            ElementTree.SubElement(case, "system-out").text = lines
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _line(finding: Finding, lang: str) -> str:
    place = finding.place
    where = f"{place.path}:{place.line}:{place.column}: " if place else ""
    return _allowed(where + in_language(finding.messages, lang))


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
