from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

from coopgraph.validation.formats import junit
from coopgraph.validation.report import Report


def test_each_rule_is_a_case_that_fails_if_it_has_violations(report: Report) -> None:
    root = ElementTree.fromstring(junit.write(report, "en"))
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert set(cases) == {"Broken", "Doubtful", "Known", "Kept"}
    assert [name for name, case in cases.items() if case.find("failure") is not None] == ["Broken"]
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    failure = cases["Broken"].find("failure")
    assert failure is not None
    assert failure.text is not None
    assert failure.text == "data/org/a, b:c.ttl:7:14: Two\nlines, 100%: mend <this> & “that”"
    assert "HYPERLINK" in (cases["Doubtful"].findtext("system-out") or "")


def test_what_xml_cannot_hold_is_replaced(report: Report) -> None:
    first = dataclasses.replace(report.findings[0], messages={"en": "a\x00\x0b\ufffe\ud800b"})
    hostile = dataclasses.replace(report, findings=(first,))
    root = ElementTree.fromstring(junit.write(hostile, "en").encode("utf-8"))
    assert (root.findtext(".//failure") or "").endswith("a\ufffd\ufffd\ufffd\ufffdb")


def test_nothing_found_passes(empty: Report) -> None:
    root = ElementTree.fromstring(junit.write(empty, "en"))
    assert root.get("failures") == "0"
    assert [case.get("name") for case in root.iter("testcase")] == ["Kept"]
