from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from coopgraph.validation.formats import csv as format_csv
from coopgraph.validation.report import Report, SourceLocation

from .conftest import finding, rule


def rows(written: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written, newline="")))


def test_a_row_holds_a_finding_under_its_header(report: Report) -> None:
    first, second, third = rows(format_csv.write(report, "ko"))
    assert first == {
        "severity": "violation",
        "path": "data/org/a, b:c.ttl",
        "line": "7",
        "column": "14",
        "rule": "https://w3id.org/coopgraph/shape/Broken",
        "message": "이름을 적어 주세요",
        "focus": "https://w3id.org/coopgraph/id/org/a",
        "property": "http://www.w3.org/2004/02/skos/core#prefLabel",
        "value": "값",
    }
    assert second["value"] == "'=1+1"
    assert third["path"] == third["line"] == third["value"] == ""


def test_lines_end_as_the_standard_wants(report: Report) -> None:
    written = format_csv.write(report, "en")
    assert written.startswith(",".join(format_csv.FINDING_COLUMNS) + "\r\n")
    assert written.endswith("\r\n")


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")))
def test_no_cell_can_be_taken_for_a_formula(text: str) -> None:
    broken = rule("Broken", "violation")
    found = finding(broken, SourceLocation(text, 1, 1, text), None, text)
    written = format_csv.write(Report((found,), 1, 1, "fast", {broken.iri: broken}), "en")
    for row in rows(written):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
        assert row["path"].removeprefix("'") == text.removeprefix("'")
