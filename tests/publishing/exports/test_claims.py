from __future__ import annotations

from coopgraph.publishing.exports.claims import reifiers
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Triple

CLAIM = NamedNode("https://w3id.org/coopgraph/id/claim/lantern.foundingDate.1")
LANTERN = NamedNode("https://w3id.org/coopgraph/id/org/lantern")
CITATION = NamedNode("https://w3id.org/coopgraph/id/citation/bridge-page.s02")
YEAR = Literal("2016")


def test_a_claim_reifies_its_statement_and_keeps_its_evidence() -> None:
    triples = [
        Triple(CLAIM, RDF.type, COOP.Claim),
        Triple(CLAIM, RDF.type, RDF.Statement),
        Triple(CLAIM, RDF.subject, LANTERN),
        Triple(CLAIM, RDF.predicate, COOP.foundingDate),
        Triple(CLAIM, RDF.object, YEAR),
        Triple(CLAIM, COOP.hasEvidence, CITATION),
        Triple(LANTERN, RDF.type, COOP.Organization),
    ]
    assert set(reifiers(triples)) == {
        Triple(CLAIM, RDF.reifies, Triple(LANTERN, COOP.foundingDate, YEAR)),
        Triple(CLAIM, RDF.type, COOP.Claim),
        Triple(CLAIM, COOP.hasEvidence, CITATION),
    }
