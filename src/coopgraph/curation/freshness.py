"""Freshness: the records that are due to be checked at their sources again, as the rule Overdue has it."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.model.iris import SHAPE
from coopgraph.rdf.terms import Literal
from coopgraph.validation.report import Report, SourceLocation

OVERDUE = SHAPE + "Overdue"
"""The rule that says after how many days a record is due."""


@dataclass(frozen=True, slots=True, order=True)
class OverdueRecord:
    """A record that is due: the last day known for it, the kind of its file (path segment), its IRI, its place."""

    day: str
    kind: str
    iri: str
    place: str


def overdue_records(report: Report, kind: str = "") -> tuple[OverdueRecord, ...]:
    """Return what a report says is due, the longest first; with ``kind`` only what stands in files of that kind."""
    found = (
        OverdueRecord(value.value, place.path.split("/")[1], str(finding.focus)[1:-1], _where(place))
        for finding in report.findings
        if finding.rule == OVERDUE and (place := finding.place) and isinstance(value := finding.value, Literal)
    )
    return tuple(sorted(record for record in found if kind in ("", record.kind)))


def _where(place: SourceLocation) -> str:
    return f"{place.path}:{place.line}:{place.column}"
