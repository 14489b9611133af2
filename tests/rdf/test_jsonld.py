from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.context import AppContext
from coopgraph.errors import OurFault
from coopgraph.model.iris import BASE
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.namespaces import COOP, DCTERMS, ORG, RDF, SKOS, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Quad, Triple
from coopgraph.reading.description import Description, describe_resource
from coopgraph.reading.source import ReleaseSource
from tests.conftest import example_count

ONTOLOGY = Path(__file__).parents[2] / "ontology"
DOCUMENT = (ONTOLOGY / "context" / "v1.jsonld").read_bytes()
FRAMED = [
    ("org/lantern", "organization"),
    ("law/image-abuse-amendment-act-2021", "law"),
    ("service/lantern.removal-support", "service"),
    ("figure/lantern.2020.assistance-cases", "figure"),
    ("event/harbor-case", "event"),
    ("source/bridge-page", "source"),
    ("concept/service-type/removal-support", "concept"),
    ("area/jp", "concept"),
]


def known(url: str, options: object = None) -> dict[str, Any]:
    assert url == CONTEXT_IRI, f"{url} was asked for"
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": json.loads(DOCUMENT),
    }


JUDGE = {"documentLoader": known}


def triples_of(document: Any) -> set[str]:
    """The triples that the reference processor reads from a document; tags do not tell cases apart."""
    return set(jsonld.to_rdf(document, {**JUDGE, "format": "application/n-quads"}).lower().splitlines())


def frame(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((ONTOLOGY / "frame" / f"{name}.jsonld").read_bytes())
    return found


def tree_of(item: Description, frame: Mapping[str, Any]) -> dict[str, Any]:
    context = Context(DOCUMENT)
    return context.tree(item.graph, item.node, context.frame(frame))


@pytest.fixture(scope="module")
def description(app_context: AppContext) -> Callable[[str], Description]:
    reading = ReleaseSource.of(app_context.query_service)
    return lambda name: describe_resource(reading, f"{BASE}id/{name}")


@pytest.mark.parametrize(("name", "kind"), FRAMED)
def test_a_tree_holds_what_framing_gives_and_invents_nothing(
    description: Callable[[str], Description], name: str, kind: str
) -> None:
    item = description(name)
    ours = triples_of(tree_of(item, frame(kind)))
    expanded = json.loads(serialize(item.graph.triples, format=RdfFormat.JSON_LD))
    wanted = {**frame(kind), "id": item.iri}
    del wanted["type"]
    theirs = triples_of(jsonld.frame(expanded, wanted, {**JUDGE, "omitGraph": True}))
    assert ours <= triples_of(expanded)
    assert ours <= theirs
    # The processor embeds a bare reference together with its name; a tree here keeps references bare.
    names = {f"<{name.value.lower()}>" for name in (SKOS.prefLabel, DCTERMS.term("title"))}
    assert {line.split(" ")[1] for line in theirs - ours} <= names


@pytest.mark.parametrize(("name", "kind"), FRAMED)
def test_a_tree_is_compacted_as_the_reference_processor_does_it(
    description: Callable[[str], Description], name: str, kind: str
) -> None:
    item = description(name)
    tree = tree_of(item, frame(kind))
    again = jsonld.compact(jsonld.expand(tree, JUDGE), CONTEXT_IRI, JUDGE)
    assert comparable(again) == comparable(tree)


@pytest.mark.parametrize(("name", "kind"), FRAMED)
def test_the_whole_document_begins_with_the_tree_and_holds_exactly_the_triples_of_the_thing(
    description: Callable[[str], Description], name: str, kind: str
) -> None:
    item, context = description(name), Context(DOCUMENT)
    whole = context.whole(item.graph, item.node, context.frame(frame(kind)))
    assert {key: value for key, value in whole.items() if key != "@included"} == tree_of(item, frame(kind))
    read = jsonld.to_rdf(whole, {**JUDGE, "format": "application/n-quads"})
    assert canonical(parse(read, format=RdfFormat.N_QUADS)) == canonical(item.graph.triples)
    document = json.dumps({**whole, "@context": json.loads(DOCUMENT)["@context"]})
    assert canonical(parse(document, format=RdfFormat.JSON_LD)) == canonical(item.graph.triples)


def canonical(statements: Iterable[Triple] | Iterable[Quad]) -> bytes:
    """The canonical form (RDFC-1.0) of triples, the tags of their languages in lower case."""
    return canonical_nquads(Quad(item.subject, item.predicate, item.object) for item in statements)


NODES = st.sampled_from([NamedNode(f"{BASE}id/org/{letter}") for letter in "abc"] + [BlankNode("x")])
LINKS = st.sampled_from([ORG.subOrganizationOf, COOP.isMemberOf, RDF.subject, COOP.hasEvidence])
TEXTS = st.builds(Literal, st.sampled_from("pq"), language=st.sampled_from(["en", "ko", "zh-Hant"]))
STATEMENTS = st.builds(Triple, NODES, LINKS, NODES) | st.builds(
    Triple, NODES, st.sampled_from([SKOS.prefLabel, SKOS.altLabel]), TEXTS
)
DRAWN: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(
        st.sampled_from(["partOf", "parts", "memberOf", "claims", "skos:prefLabel"]),
        st.builds(
            lambda sub, always: {**sub, "@explicit": True, **({"@embed": "@always"} if always else {})},
            inner,
            st.booleans(),
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=example_count(200))
@given(st.lists(STATEMENTS, min_size=1, max_size=12), DRAWN)
def test_whatever_a_frame_leaves_out_of_the_tree_follows_it(triples: list[Triple], drawn: dict[str, Any]) -> None:
    context, graph = Context(DOCUMENT), Graph(triples)
    whole = context.whole(graph, NamedNode(BASE + "id/org/a"), context.frame(drawn))
    document = json.dumps({**whole, "@context": json.loads(DOCUMENT)["@context"]})
    assert canonical(parse(document, format=RdfFormat.JSON_LD)) == canonical(triples)


def test_a_map_by_language_is_in_the_order_of_the_tags() -> None:
    thing = NamedNode(BASE + "id/org/x")
    labels = [Triple(thing, SKOS.prefLabel, Literal(text, language=tag)) for text, tag in (("a", "ko"), ("b", "en"))]
    assert list(Context(DOCUMENT).node(thing, labels)["label"]) == ["en", "ko"]


def comparable(value: Any) -> Any:
    """JSON without order of arrays, with language tags in lower case, bare references as texts, datatypes by alias.

    That is how the processor writes them; a tree here keeps an embedded thing an object even where only its address is
    left, so that one place always has one type.
    """
    if isinstance(value, dict) and value.keys() == {"id"}:
        return value["id"]
    if isinstance(value, dict) and value.keys() == {"@type", "@value"}:
        return {"type": value["@type"], "@value": value["@value"]}
    if isinstance(value, dict):
        return {key.lower() if key.startswith("zh-") else key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((comparable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def lines(graph: rdflib.Graph) -> set[tuple[str, ...]]:
    return {tuple(item.n3().lower() for item in triple) for triple in graph}


@pytest.mark.parametrize(("name", "kind"), FRAMED)
def test_rdflib_reads_the_same_triples_from_a_tree(
    description: Callable[[str], Description], name: str, kind: str
) -> None:
    item = description(name)
    tree = tree_of(item, frame(kind))
    # In place of the context's address, since rdflib would fetch it.
    document = json.dumps({**tree, "@context": json.loads(DOCUMENT)["@context"]})
    read = rdflib.Graph().parse(data=document, format="json-ld")
    judged = rdflib.Graph().parse(data=jsonld.to_rdf(tree, {**JUDGE, "format": "application/n-quads"}), format="nt")
    assert len(judged) > 10
    assert lines(read) == lines(judged)


def test_the_flat_form_loses_no_triple(description: Callable[[str], Description]) -> None:
    item = description("org/lantern")
    flat = Context(DOCUMENT).flat(item.graph, item.node)
    assert flat["@graph"][0]["id"] == item.iri
    assert triples_of(flat) == triples_of(json.loads(serialize(item.graph.triples, format=RdfFormat.JSON_LD)))


def test_one_value_and_many_values_have_the_same_json_type() -> None:
    context, thing = Context(DOCUMENT), NamedNode(BASE + "id/org/x")
    alt, one, two = SKOS.altLabel, Literal("a", language="en"), Literal("b", language="en")
    assert context.node(thing, [Triple(thing, alt, one)])["altLabel"] == {"en": ["a"]}
    assert context.node(thing, [Triple(thing, alt, one), Triple(thing, alt, two)])["altLabel"] == {"en": ["a", "b"]}
    assert context.node(thing, [Triple(thing, RDF.type, NamedNode(BASE + "def/Law"))])["type"] == ["Law"]


def test_whole_numbers_are_numbers_and_decimals_keep_their_digits() -> None:
    context, thing = Context(DOCUMENT), NamedNode(BASE + "id/figure/x")
    value = NamedNode("http://purl.org/linked-data/sdmx/2009/measure#obsValue")
    assert context.node(thing, [Triple(thing, value, Literal("4973", datatype=XSD.integer))])["value"] == 4973
    decimal = context.node(thing, [Triple(thing, value, Literal("93.0", datatype=XSD.decimal))])["value"]
    assert decimal == {"@type": "xsd:decimal", "@value": "93.0"}


def test_a_circle_of_embedded_things_ends_in_a_reference() -> None:
    turtle = f"<{BASE}id/org/a> <http://www.w3.org/ns/org#subOrganizationOf> <{BASE}id/org/a> ."
    graph = Graph(quad.triple for quad in parse(turtle, RdfFormat.TURTLE))
    tree = tree_of(Description(BASE + "id/org/a", graph), {"partOf": {"@embed": "@always"}})
    assert tree["partOf"] == [{"id": BASE + "id/org/a"}]


def test_what_is_no_context_is_refused_in_words() -> None:
    for document in (b"", b"[]", b'{"@context": 3}', b"\xff"):
        with pytest.raises(OurFault, match="context cannot be read"):
            Context(document)
