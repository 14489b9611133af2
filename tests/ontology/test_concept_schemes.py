"""The concept schemes: complete in five languages and well built."""

import re
from pathlib import Path

import pytest
from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
LANGUAGES = ["en", "ja", "ko", "zh-Hans", "zh-Hant"]
BASE = "https://w3id.org/coopgraph/id/"
DCTERMS = Namespace("http://purl.org/dc/terms/")
NAMES = [
    *("area", "basis", "breakdown", "channel-type", "comparability", "conduct", "cost", "defect-kind", "defect-status"),
    *(
        "directness",
        "effective-date-source",
        "event-kind",
        "indicator",
        "label-origin",
        "language",
        "law-type",
        "legal-form",
        "member-category",
        "offence-test",
    ),
    *(
        "organization-type",
        "precision",
        "prosecution-rule",
        "quotation-kind",
        "rank",
        "regularity",
        "service-type",
        "source-kind",
    ),
    *("target-group", "time-nature", "topic", "unit", "verification"),
]


def languages(graph: Graph, node: URIRef, predicate: URIRef) -> list[str]:
    return sorted(str(o.language) for o in graph.objects(node, predicate) if isinstance(o, Literal))


def concepts(graph: Graph) -> list[URIRef]:
    return [node for node in graph.subjects(RDF.type, SKOS.Concept) if isinstance(node, URIRef)]


def test_there_are_the_thirty_two_schemes_of_the_model() -> None:
    assert [file.stem for file in FILES] == NAMES
    assert len(NAMES) == 32


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_file_holds_one_scheme_and_only_its_concepts(file: Path) -> None:
    graph = Graph().parse(file)
    scheme = URIRef(f"{BASE}scheme/{file.stem}")
    path = "area/" if file.stem == "area" else f"concept/{file.stem}/"
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme}
    assert set(graph.subjects()) == {scheme, *concepts(graph)}
    assert len(concepts(graph)) > 1
    for concept in concepts(graph):
        assert re.fullmatch(re.escape(BASE + path) + r"[a-z0-9]+(-[a-z0-9]+)*", concept), concept
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme], concept


@pytest.mark.slow
def test_each_concept_and_scheme_has_one_label_and_one_definition_in_each_language(schemes: Graph) -> None:
    nodes = [*concepts(schemes), *schemes.subjects(RDF.type, SKOS.ConceptScheme)]
    assert nodes
    for node in nodes:
        assert isinstance(node, URIRef)
        assert languages(schemes, node, SKOS.prefLabel) == LANGUAGES, node
        assert languages(schemes, node, SKOS.definition) == LANGUAGES, node


def test_no_label_is_empty_or_padded_or_in_an_unknown_language(schemes: Graph) -> None:
    for node, predicate, value in schemes:
        if isinstance(value, Literal) and predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.definition):
            assert value.language in LANGUAGES, node
            assert str(value) == str(value).strip() != "", node


def test_no_two_concepts_of_a_scheme_share_a_label(schemes: Graph) -> None:
    seen: dict[tuple[str, str, str], URIRef] = {}
    for concept in concepts(schemes):
        scheme = str(schemes.value(concept, SKOS.inScheme))
        for label in schemes.objects(concept, SKOS.prefLabel):
            assert isinstance(label, Literal)
            key = (scheme, str(label.language), str(label))
            assert seen.setdefault(key, concept) == concept, (key, seen[key], concept)


def test_a_concept_is_either_on_top_or_has_a_broader_one_in_the_same_scheme(schemes: Graph) -> None:
    for concept in concepts(schemes):
        scheme = schemes.value(concept, SKOS.inScheme)
        broader = list(schemes.objects(concept, SKOS.broader))
        on_top = (concept, SKOS.topConceptOf, scheme) in schemes
        assert on_top != bool(broader), concept
        for other in broader:
            assert (other, SKOS.inScheme, scheme) in schemes, concept


def test_no_concept_is_broader_than_itself(schemes: Graph) -> None:
    for concept in concepts(schemes):
        for parent in schemes.objects(concept, SKOS.broader):
            assert concept not in set(schemes.transitive_objects(parent, SKOS.broader)), concept


def test_a_cross_tabulated_breakdown_stands_under_two_others_of_different_groups(schemes: Graph) -> None:
    crossed = [node for node in concepts(schemes) if len(list(schemes.objects(node, SKOS.broader))) > 1]
    assert crossed
    for node in crossed:
        groups = [
            set(schemes.transitive_objects(parent, SKOS.broader)) for parent in schemes.objects(node, SKOS.broader)
        ]
        assert len(groups) == 2, node
        assert not groups[0] & groups[1], node


def test_the_code_of_an_area_is_its_address_in_capitals() -> None:
    graph = Graph().parse(ROOT / "ontology" / "schemes" / "area.ttl")
    for area in concepts(graph):
        assert [str(code) for code in graph.objects(area, SKOS.notation)] == [area.rsplit("/", 1)[1].upper()]


def test_a_country_is_matched_to_two_registers_and_says_its_languages() -> None:
    graph = Graph().parse(ROOT / "ontology" / "schemes" / "area.ttl")
    for area in concepts(graph):
        code = str(graph.value(area, SKOS.notation))
        if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "UN", "XK"):
            matches = sorted(str(match) for match in graph.objects(area, SKOS.exactMatch))
            assert matches[0] == f"http://lexvo.org/id/iso3166/{code}"
            assert re.fullmatch(r"http://publications\.europa\.eu/resource/authority/country/[A-Z]{3}", matches[1])
            assert list(graph.objects(area, DCTERMS.language)), area
