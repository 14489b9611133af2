"""A report as CSV (RFC 4180, UTF-8, CRLF), one finding a row, for spreadsheets.

Columns: severity, path, line, column, rule, message, focus, property, value. A cell that a spreadsheet would take for a
formula, because it begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return, is guarded with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from coopgraph.model.language import in_language
from coopgraph.rdf.csv_rows import guarded
from coopgraph.rdf.terms import Literal, Term
from coopgraph.validation.report import Finding, Report

FINDING_COLUMNS = ("severity", "path", "line", "column", "rule", "message", "focus", "property", "value")
"""The header row."""


def write(report: Report, lang: str) -> str:
    """Return the report as CSV with messages in ``lang``."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(FINDING_COLUMNS)
    rows.writerows([guarded(cell) for cell in _cells(finding, lang)] for finding in report.findings)
    return text.getvalue()


def _cells(finding: Finding, lang: str) -> Iterator[str]:
    place = finding.place
    yield finding.severity
    yield from (place.path, str(place.line), str(place.column)) if place else ("", "", "")
    yield finding.rule
    yield in_language(finding.messages, lang)
    yield _plain(finding.focus)
    yield _plain(finding.path) if finding.path else ""
    yield _plain(finding.value) if finding.value is not None else ""


def _plain(term: Term) -> str:
    return term.value if isinstance(term, Literal) else str(term).strip("<>")
