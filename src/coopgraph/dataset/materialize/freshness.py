"""Until when a record counts as fresh, so that whoever holds its document or a version of it can tell at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.freshness import FRESH_RECORD, FRESH_SERVICE, verify_by
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Triple

_SERVICES = (COOP.Activity, COOP.Service, COOP.ServiceChannel)
_SUBJECTS = (COOP.Law, COOP.Organization)


def days_to_verify_by(records: Index) -> Iterator[Derivation]:
    """Yield the last day on which a service, or a claim about a law or an organization, counts as fresh.

    It follows from the day of its verification, of a service else from the day that its source speaks of. It does not
    depend on today, so that a release stays what it is.
    """
    for kind in _SERVICES:
        for node in records.instances(kind):
            yield from _due(records, node, (COOP.lastVerified, COOP.asOf), FRESH_SERVICE)
    for claim in records.instances(COOP.Claim):
        subjects = records.objects(claim, RDF.subject)
        kinds = {kind for subject in subjects for kind in records.objects(subject, RDF.type)}
        if kinds.intersection(_SUBJECTS):
            yield from _due(records, claim, (COOP.lastVerified,), FRESH_RECORD)


def _due(records: Index, node: Node, known: tuple[NamedNode, ...], period: timedelta) -> Iterator[Derivation]:
    for predicate in known:
        days = [value for value in records.objects(node, predicate) if isinstance(value, Literal)]
        if days:
            first = min(days, key=lambda day: day.value)
            if (until := verify_by(first.value, period)) is not None:
                made = Triple(node, COOP.verifyAgainBy, Literal(until.isoformat(), datatype=XSD.date))
                yield Derivation(made, Triple(node, predicate, first))
            return
