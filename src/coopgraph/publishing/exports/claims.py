"""Claims as RDF 1.2 reifiers: ``<claim> rdf:reifies <<( s p o )>>``, with what else is said of the claim.

For readers whose tools know RDF 1.2 triple terms (https://www.w3.org/TR/rdf12-concepts/#section-triple-terms); the
graph itself keeps to RDF 1.1, which all tools read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import NamedNode, Triple

_PARTS = (RDF.subject, RDF.predicate, RDF.object)


def reifiers(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the claims among ``triples``, which come grouped by subject, each in its RDF 1.2 form."""
    for claim, group in groupby(triples, key=lambda triple: triple.subject):
        said = tuple(group)
        if not any(item.predicate == RDF.type and item.object == COOP.Claim for item in said):
            continue
        parts = {item.predicate: item.object for item in said if item.predicate in _PARTS}
        subject, predicate, value = (parts[part] for part in _PARTS)
        assert isinstance(subject, NamedNode)
        assert isinstance(predicate, NamedNode)
        yield Triple(claim, RDF.reifies, Triple(subject, predicate, value))
        yield from (item for item in said if item.predicate not in _PARTS and item.object != RDF.Statement)
