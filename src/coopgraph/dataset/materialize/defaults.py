"""Default values: what curators may leave out because there is an ordinary value for it."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import CONCEPT
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, SCHEMA
from coopgraph.rdf.terms import NamedNode, Triple

DEFAULTS = {
    COOP.hasBasis: NamedNode(CONCEPT + "basis/stated"),
    COOP.hasRank: NamedNode(CONCEPT + "rank/normal"),
    COOP.hasVerification: NamedNode(CONCEPT + "verification/unchecked"),
}
"""The three independent qualities of a claim or record, and what each is unless a curator says otherwise."""


def qualities(records: Index, vocabulary: Index) -> Iterator[Derivation]:
    """Yield the missing qualities of every claim and record of a class that the vocabulary gives them to."""
    for quality, usual in DEFAULTS.items():
        for kind in vocabulary.objects(quality, SCHEMA.domainIncludes):
            if isinstance(kind, NamedNode):
                for record in records.instances(kind):
                    if not records.objects(record, quality):
                        yield Derivation(Triple(record, quality, usual), Triple(record, RDF.type, kind))
