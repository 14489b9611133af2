from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import RdfFormat, parse

from coopgraph.publishing.exports.jsonld import nodes
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.jsonld_stream import GRAPH_END, GRAPH_START
from coopgraph.rdf.namespaces import COOP, RDF, SKOS, XSD, Namespace
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Triple
from tests.conftest import example_count

DOCUMENT = (Path(__file__).parents[3] / "ontology" / "context" / "v1.jsonld").read_bytes()
CONTEXT_OF_OURS = Context(DOCUMENT)

SCHEMA = Namespace("https://schema.org/")
IRIS = st.sampled_from(
    [
        NamedNode("https://w3id.org/coopgraph/id/org/lantern"),
        NamedNode("https://w3id.org/coopgraph/def/"),
        NamedNode("https://schema.org//odd"),
        NamedNode("urn:isbn:0-000-00000-0"),
        COOP.Claim,
        SKOS.Concept,
        SCHEMA.Service,
    ]
)
NODES = IRIS | st.sampled_from([BlankNode("c14n0"), BlankNode("c14n1")])
PREDICATES = st.sampled_from(
    [
        RDF.type,
        RDF.object,
        RDF.subject,
        SKOS.prefLabel,
        SKOS.altLabel,
        SKOS.note,
        COOP.quote,
        COOP.foundingDate,
        COOP.endDate,
        COOP.hasEvidence,
        COOP.hasRank,
        COOP.sentence,
        COOP.url,
        COOP.telephone,
        SCHEMA.name,
        NamedNode("http://example.org/ns#odd"),
    ]
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
LITERALS = st.one_of(
    TEXT.map(Literal),
    st.builds(Literal, TEXT, language=st.sampled_from(["en", "zh-Hans", "ja-Latn", "en-US"])),
    st.sampled_from(["0", "1", "-7", "007", "+3", "1e400", "9007199254740993", "x"]).map(
        lambda text: Literal(text, datatype=XSD.integer)
    ),
    st.sampled_from(["true", "false", "1", "TRUE"]).map(lambda text: Literal(text, datatype=XSD.boolean)),
    st.sampled_from(["93.0", "0.10"]).map(lambda text: Literal(text, datatype=XSD.decimal)),
    st.just(Literal("1.5E0", datatype=XSD.double)),
    st.sampled_from([XSD.gYear, XSD.date, XSD.anyURI]).map(lambda kind: Literal("2018", datatype=kind)),
)
TRIPLES = st.lists(st.builds(Triple, NODES, PREDICATES, NODES | LITERALS), max_size=12)


def load(address: str, options: object) -> dict[str, object]:
    """Serve the published context, and nothing else, to the JSON-LD processor."""
    assert address == CONTEXT_IRI
    return {"document": json.loads(DOCUMENT), "documentUrl": address, "contextUrl": None}


def read_by_pyld(document: bytes) -> bytes:
    """Return the canonical form of what PyLD understands of ``document``."""
    text = jsonld.to_rdf(
        json.loads(document), {"format": "application/n-quads", "documentLoader": load, "rdfDirection": None}
    )
    return canonical_nquads(parse(text, format=RdfFormat.N_QUADS))


def written(triples: list[Triple]) -> bytes:
    canonical = canonical_nquads(Quad(item.subject, item.predicate, item.object) for item in triples)
    made = nodes((quad.triple for quad in parse(canonical, format=RdfFormat.N_QUADS)), CONTEXT_OF_OURS)
    return GRAPH_START + made + GRAPH_END


@settings(max_examples=example_count(300), deadline=None)
@given(TRIPLES)
def test_another_processor_reads_the_same_graph_back(triples: list[Triple]) -> None:
    expected = canonical_nquads(Quad(item.subject, item.predicate, item.object) for item in triples)
    assert read_by_pyld(written(triples)) == expected


def test_terms_language_maps_arrays_and_numbers_are_those_of_the_context() -> None:
    lantern = NamedNode("https://w3id.org/coopgraph/id/org/lantern")
    figure = NamedNode("https://w3id.org/coopgraph/id/figure/lantern.2020")
    document = json.loads(
        written(
            [
                Triple(lantern, RDF.type, COOP.Organization),
                Triple(lantern, SKOS.prefLabel, Literal("Lantern", language="en")),
                Triple(lantern, SKOS.altLabel, Literal("灯笼", language="zh-hans")),
                Triple(lantern, COOP.worksOn, NamedNode("https://w3id.org/coopgraph/id/concept/topic/x")),
                Triple(figure, COOP.sentence, Literal("12", datatype=XSD.integer)),
                Triple(figure, COOP.foundingDate, Literal("2018-04", datatype=XSD.gYearMonth)),
            ]
        )
    )
    assert document["@context"] == CONTEXT_IRI
    assert document["@graph"] == [
        {
            "id": "https://w3id.org/coopgraph/id/figure/lantern.2020",
            "foundingDate": {"@type": "xsd:gYearMonth", "@value": "2018-04"},
            "sentence": 12,
        },
        {
            "id": "https://w3id.org/coopgraph/id/org/lantern",
            "type": ["Organization"],
            "altLabel": {"zh-Hans": ["灯笼"]},
            "label": {"en": "Lantern"},
            "worksOn": ["https://w3id.org/coopgraph/id/concept/topic/x"],
        },
    ]
