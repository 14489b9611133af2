"""Freshness: the records that are due to be checked at their sources again, as the rule Overdue has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from coopgraph.curation.workspace import Workspace
from coopgraph.model.freshness import FRESH_RECORD, FRESH_SERVICE, is_overdue
from coopgraph.model.iris import SHAPE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node
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


def overdue_in_files(files: Workspace, today: date) -> tuple[OverdueRecord, ...]:
    """Return what is due, the longest first, as the rule says it, without running it; places are paths alone."""
    overdue = []
    for path in files.paths:
        if not path.startswith("data/"):
            continue
        said = Index(files.statements(path))
        services = {node for kind in _SERVICES for node in said.instances(kind)}
        records = {claim for claim in said.instances(COOP.Claim) if _about_record(claim, said, files)}
        for nodes, period, properties in (
            (services, FRESH_SERVICE, (COOP.lastVerified, COOP.asOf)),
            (records, FRESH_RECORD, (COOP.lastVerified,)),
        ):
            for node in nodes:
                known = next((found for name in properties if (found := said.objects(node, name))), ())
                days = [day.value for day in known]
                if isinstance(node, NamedNode) and is_overdue(days, (), today, period):
                    overdue.append(OverdueRecord(min(days), path.split("/")[1], node.value, path))
    return tuple(sorted(overdue))


def _about_record(claim: Node, said: Index, files: Workspace) -> bool:
    """Return whether a claim with a day of its verification is about a law or an organization."""
    return bool(said.objects(claim, COOP.lastVerified)) and any(
        triple.predicate == RDF.type and triple.object in (COOP.Law, COOP.Organization)
        for subject in said.objects(claim, RDF.subject)
        if isinstance(subject, NamedNode)
        for triple in files.about(subject)
    )


_SERVICES = (COOP.Activity, COOP.Service, COOP.ServiceChannel)


def _where(place: SourceLocation) -> str:
    return f"{place.path}:{place.line}:{place.column}"
