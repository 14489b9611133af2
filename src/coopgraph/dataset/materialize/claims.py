"""Materialized claims: plain triples from claims.

Plain triples serve ordinary questions, claims all others. Of the claims for one subject, property and label language
the preferred ones are asserted, else those of normal rank; a deprecated one never is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import CONCEPT
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

PREFERRED = NamedNode(CONCEPT + "rank/preferred")
DEPRECATED = NamedNode(CONCEPT + "rank/deprecated")


class AssertedClaim(NamedTuple):
    """A claim whose triple is asserted."""

    claim: Node
    triple: Triple

    @property
    def made(self) -> Derivation:
        """The asserted triple, with the claim's value as its origin."""
        return Derivation(self.triple, Triple(self.claim, RDF.object, self.triple.object))


def asserted_claims(records: Index) -> tuple[AssertedClaim, ...]:
    """Return the best-ranked claims of each slot, sorted by claim. A claim without its three parts is passed over."""
    slots: dict[tuple[object, Term, str], list[AssertedClaim]] = defaultdict(list)
    for claim in records.instances(COOP.Claim):
        triple = _claimed(claim, records)
        if triple and DEPRECATED not in records.objects(claim, COOP.hasRank):
            language = triple.object.language if isinstance(triple.object, Literal) else None
            slots[triple.subject, triple.predicate, language or ""].append(AssertedClaim(claim, triple))
    best: list[AssertedClaim] = []
    for rivals in slots.values():
        preferred = [rival for rival in rivals if PREFERRED in records.objects(rival.claim, COOP.hasRank)]
        best.extend(preferred or rivals)
    return tuple(sorted(best, key=lambda item: str(item.claim)))


def _claimed(claim: Node, records: Index) -> Triple | None:
    parts = [records.objects(claim, part) for part in (RDF.subject, RDF.predicate, RDF.object)]
    if any(len(values) != 1 for values in parts):
        return None
    subject, predicate, value = (values[0] for values in parts)
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        return None
    return Triple(subject, predicate, value)
