"""The JSON-LD frames: each shapes a page of the graph into one readable tree, without asking anyone for anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[2]
FRAMES = sorted((ROOT / "ontology" / "frame").glob("*.jsonld"))
CONTEXT_IRI = "https://w3id.org/coopgraph/context/v1.jsonld"
CONTEXT = json.loads((ROOT / "ontology" / "context" / "v1.jsonld").read_text(encoding="utf-8"))
BASE = "https://w3id.org/coopgraph/id/"
GRAPH = """
@base <https://w3id.org/coopgraph/id/> .
@prefix coop: <https://w3id.org/coopgraph/def/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix d: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix m: <http://purl.org/linked-data/sdmx/2009/measure#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<org/centre> a coop:Organization ; dcterms:identifier "centre" ;
    skos:prefLabel "Centre"@en , "센터"@ko ; coop:isBasedIn <area/kr> ;
    coop:foundingDate "2018-04"^^xsd:gYearMonth ; coop:isFoundedInResponseTo <event/case> ;
    coop:isEstablishedUnder <law/act> .
<area/kr> a skos:Concept ; skos:prefLabel "South Korea"@en .
<concept/conduct/threat> a skos:Concept ; skos:prefLabel "Threat"@en .
<claim/centre.foundingDate.1> a coop:Claim ;
    rdf:subject <org/centre> ; rdf:predicate coop:foundingDate ;
    rdf:object "2018-04"^^xsd:gYearMonth ; coop:hasEvidence <citation/page.s1> .
<source/page> a coop:SourceDocument ; dcterms:title "Page"@en .
<citation/page.s1> a coop:Citation ; coop:sentence 1 ;
    coop:isQuotedFrom <source/page> ; coop:quote "Opened in April 2018."@en .
<defect/page.date> a coop:SourceDefect ; coop:verbatim "April"@en ;
    coop:isDefectIn <citation/page.s1> .
<service/centre.removal> a coop:Service , coop:Activity ; skos:prefLabel "Removal"@en ;
    coop:isProvidedBy <org/centre> ;
    coop:coversConduct <concept/conduct/threat> ;
    coop:hasEvidence <citation/page.s1> .
<figure/centre.2020> a coop:Observation ; m:obsValue 4973 ;
    coop:refersToOrganization <org/centre> ; d:refArea <area/kr> ;
    coop:hasEvidence <citation/page.s1> .
<comparability/a> a coop:ComparabilityAssessment ; coop:rationale "Same count."@en ;
    coop:compares <figure/centre.2020> .
<law/act> a coop:Law ; skos:prefLabel "Act"@en ;
    eli:jurisdiction <area/kr> .
<provision/act.1> a coop:Provision ; eli:number "1" ;
    eli:is_part_of <law/act> ;
    coop:criminalizes <concept/conduct/threat> .
<event/case> a coop:Event ; skos:prefLabel "Case"@en .
<participation/centre.case> a coop:Participation ;
    coop:hasParticipant <org/centre> ;
    coop:isParticipationIn <event/case> .
"""


def load(url: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give the one context there is; anything else would be a request to a stranger."""
    if url != CONTEXT_IRI:
        raise AssertionError(f"asked to load {url}")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": CONTEXT}


def framed(name: str, slug: str) -> dict[str, Any]:
    """The small graph above, framed for one of its things."""
    frame = json.loads((ROOT / "ontology" / "frame" / f"{name}.jsonld").read_text(encoding="utf-8"))
    lines = Graph().parse(data=GRAPH, format="turtle").serialize(format="nt")
    nodes = jsonld.from_rdf(lines, {"format": "application/n-quads", "useNativeTypes": True})
    result = jsonld.frame(nodes, {**frame, "id": BASE + slug}, {"documentLoader": load})
    assert result["id"] == BASE + slug
    return dict(result)


def test_there_is_a_frame_for_each_kind_of_page_in_the_model() -> None:
    assert [file.stem for file in FRAMES] == ["concept", "event", "figure", "law", "organization", "service", "source"]


def test_an_organization_comes_with_its_claims_and_their_words() -> None:
    tree = framed("organization", "org/centre")
    assert tree["label"] == {"en": "Centre", "ko": "센터"}
    assert tree["basedIn"][0]["label"] == {"en": "South Korea"}
    assert tree["claims"][0]["evidence"][0]["quote"] == {"en": "Opened in April 2018."}
    assert [service["label"] for service in tree["services"]] == [{"en": "Removal"}]
    assert [figure["value"] for figure in tree["figures"]] == [4973]


def test_a_law_comes_with_its_provisions_and_their_conduct() -> None:
    tree = framed("law", "law/act")
    assert tree["provisions"][0]["criminalizes"][0]["label"] == {"en": "Threat"}
    assert tree["establishedBodies"][0]["label"]["en"] == "Centre"


def test_a_service_comes_with_its_provider_and_evidence() -> None:
    tree = framed("service", "service/centre.removal")
    assert tree["providedBy"]["label"]["en"] == "Centre"
    assert tree["evidence"][0]["quotedFrom"] == BASE + "source/page"


def test_a_figure_comes_with_its_assessments() -> None:
    tree = framed("figure", "figure/centre.2020")
    assert tree["value"] == 4973
    assert tree["assessments"][0]["rationale"] == {"en": "Same count."}


def test_an_event_comes_with_who_takes_part_and_what_it_led_to() -> None:
    tree = framed("event", "event/case")
    assert tree["participants"][0]["participant"]["label"]["en"] == "Centre"
    assert tree["foundedInResponse"][0]["label"]["en"] == "Centre"


def test_a_source_comes_with_its_passages_what_they_support_and_their_defects() -> None:
    passage = framed("source", "source/page")["citations"][0]
    assert passage["sentence"] == 1
    assert {node["id"].rsplit("/", 1)[1] for node in passage["supports"]} >= {"centre.foundingDate.1", "centre.removal"}
    assert passage["defects"][0]["verbatim"] == {"en": "April"}


def test_a_concept_comes_with_what_points_at_it() -> None:
    tree = framed("concept", "concept/conduct/threat")
    assert tree["servicesCovering"][0]["label"] == {"en": "Removal"}
    assert tree["lawsCriminalizing"][0]["id"] == BASE + "provision/act.1"


@pytest.mark.parametrize("file", FRAMES, ids=[file.stem for file in FRAMES])
def test_a_frame_uses_only_terms_that_the_context_knows(file: Path) -> None:
    terms = CONTEXT["@context"]
    frame = json.loads(file.read_text(encoding="utf-8"))
    assert frame["@context"] == CONTEXT_IRI

    def keys(node: Any) -> set[str]:
        return {key for name in node for key in {name, *keys(node[name])}} if isinstance(node, dict) else set()

    for key in keys(frame) - {"@context"}:
        assert key in terms or key.partition(":")[0] in terms or key.startswith("@"), key


def test_a_link_is_kept_where_the_other_end_has_no_name() -> None:
    tree = framed("concept", "concept/conduct/threat")
    assert "label" not in tree["lawsCriminalizing"][0]


@pytest.mark.parametrize(
    ("name", "slug"), [("organization", "org/centre"), ("law", "law/act"), ("source", "source/page")]
)
def test_what_is_absent_is_left_out_rather_than_null(name: str, slug: str) -> None:
    assert "null" not in json.dumps(framed(name, slug))
