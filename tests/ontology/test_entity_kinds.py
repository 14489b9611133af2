"""The kinds of entities: complete, in order, and tied to classes and frames that exist."""

from pathlib import Path

from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef

ROOT = Path(__file__).resolve().parents[2]
COOP = Namespace("https://w3id.org/coopgraph/def/")
LANGUAGES = ["en", "ja", "ko", "zh-Hans", "zh-Hant"]
OWN_FILE = {"org", "law", "event", "source", "period", "comparability"}
WITHIN_A_FILE = {
    *("service", "activity", "channel", "quotation", "participation", "figure", "derived", "claim", "provision"),
    *("citation", "defect", "expression", "hours", "area", "concept", "scheme"),
}


def kinds() -> dict[str, tuple[Graph, URIRef]]:
    graph = Graph().parse(ROOT / "ontology" / "kinds.ttl")
    found = [kind for kind in graph.subjects(RDF.type, COOP.EntityKind) if isinstance(kind, URIRef)]
    return {str(graph.value(kind, COOP.pathSegment)): (graph, kind) for kind in found}


def test_there_is_a_kind_for_each_path_segment() -> None:
    assert set(kinds()) == OWN_FILE | WITHIN_A_FILE


def test_the_address_of_a_kind_ends_in_its_segment() -> None:
    for segment, (_, kind) in kinds().items():
        assert kind == COOP[f"kind/{segment}"]


def test_only_entities_with_a_file_of_their_own_are_marked_so() -> None:
    assert {s for s, (g, k) in kinds().items() if (k, COOP.hasOwnFile, Literal(True)) in g} == OWN_FILE


def test_a_kind_is_named_in_five_languages_and_has_a_plural_where_the_language_has_one() -> None:
    for segment, (graph, kind) in kinds().items():
        tags = sorted(str(o.language) for o in graph.objects(kind, SKOS.prefLabel) if isinstance(o, Literal))
        assert tags == LANGUAGES, segment
        assert "en" in {o.language for o in graph.objects(kind, SKOS.altLabel) if isinstance(o, Literal)}, segment


def test_the_display_order_is_a_sequence_without_gaps() -> None:
    order = sorted(int(str(graph.value(kind, COOP.displayOrder))) for graph, kind in kinds().values())
    assert order == list(range(1, len(order) + 1))


def test_each_kind_names_a_declared_class(vocabulary: Graph) -> None:
    for segment, (graph, kind) in kinds().items():
        classes = list(graph.objects(kind, COOP.kindOfClass))
        assert len(classes) == 1, segment
        assert (classes[0], RDF.type, None) in vocabulary, segment


def test_the_frames_named_by_kinds_are_the_frames_there_are() -> None:
    named = {str(name) for graph, kind in kinds().values() for name in graph.objects(kind, COOP.frame)}
    assert named == {file.stem for file in (ROOT / "ontology" / "frame").glob("*.jsonld")}
