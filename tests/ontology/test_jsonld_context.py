"""The JSON-LD context keeps its bytes: every term means a declared IRI, and every property of its time has a term."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from pyoxigraph import RdfFormat, parse
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = (ROOT / "ontology" / "context" / "v1.jsonld").read_bytes()
DOCUMENT = json.loads(PUBLISHED)
CONTEXT: dict[str, Any] = DOCUMENT["@context"]
CONTEXT_IRI = "https://w3id.org/coopgraph/context/v1.jsonld"
DEF = "https://w3id.org/coopgraph/def/"
SHA256 = "e15551500986aa663ef6861ebcb6678026de23dc865f19bb1f7f9ce2ef38f896"
LATER = {f"{DEF}verifyAgainBy"}
"""Properties that came after the context was published: they stand under their prefixed names."""
PREFIXES = {
    name: value
    for name, value in CONTEXT.items()
    if isinstance(value, str) and value.startswith("http") and value.endswith(("/", "#"))
}
TERMS = sorted(name for name in CONTEXT if name not in PREFIXES and name not in ("@version", "id", "type"))
REVERSE = {name for name in TERMS if isinstance(CONTEXT[name], dict) and "@reverse" in CONTEXT[name]}


def load(url: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Give the one context there is; anything else would be a request to a stranger."""
    if url != CONTEXT_IRI:
        raise AssertionError(f"asked to load {url}")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": DOCUMENT}


def full_iri(term: str) -> str:
    """What PyLD expands a term to."""
    subject = "https://example.org/a"
    if term[0].isupper():
        expanded = jsonld.expand({"@context": CONTEXT_IRI, "id": subject, "type": term}, {"documentLoader": load})
        return str(expanded[0]["@type"][0])
    expanded = jsonld.expand(
        {"@context": CONTEXT_IRI, "id": subject, term: {"@id": "https://example.org/b"}}, {"documentLoader": load}
    )
    node = expanded[0]
    (found,) = [key for key in (node["@reverse"] if term in REVERSE else node) if key != "@id"]
    return str(found)


def value_for(definition: Any) -> Any:
    """A value that the term's coercion accepts."""
    container = definition.get("@container", []) if isinstance(definition, dict) else []
    if "@language" in container:
        return {"ko": "값"}
    return "https://example.org/b" if isinstance(definition, dict) and definition.get("@type") == "@id" else "x"


def test_the_published_context_keeps_its_bytes_as_docs_stability_promises() -> None:
    assert hashlib.sha256(PUBLISHED).hexdigest() == SHA256


def test_a_term_expands_to_a_declared_iri(vocabulary: Graph) -> None:
    for term in TERMS:
        definition = CONTEXT[term]
        if term[0].isupper() or "@language" not in (
            definition.get("@container", "") if isinstance(definition, dict) else ""
        ):
            iri = full_iri(term)
        else:
            document = {"@context": CONTEXT_IRI, "id": "https://example.org/a", term: value_for(definition)}
            (iri,) = [key for key in jsonld.expand(document, {"documentLoader": load})[0] if key != "@id"]
        assert (URIRef(iri), RDF.type, None) in vocabulary, term


def test_each_class_and_property_of_ours_that_the_context_knew_has_exactly_one_term(vocabulary: Graph) -> None:
    ours = {
        str(term)
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)
        for term in vocabulary.subjects(RDF.type, kind)
        if str(term).startswith(DEF)
    }
    forward = [definition if isinstance(definition, str) else definition["@id"] for definition in forward_definitions()]
    means = [iri.replace("coop:", DEF) for iri in forward if iri.startswith("coop:")]
    assert sorted(means) == sorted(ours - LATER)


def forward_definitions() -> list[Any]:
    return [CONTEXT[name] for name in TERMS if name not in REVERSE]


def test_no_two_forward_terms_mean_the_same() -> None:
    iris = [definition if isinstance(definition, str) else definition["@id"] for definition in forward_definitions()]
    assert len(iris) == len(set(iris))


def test_each_property_that_data_uses_has_a_term() -> None:
    files = [*sorted((ROOT / "data").rglob("*.ttl")), *sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))]
    used = {quad.predicate.value for file in files for quad in parse(path=file, format=RdfFormat.TURTLE)}
    known = {full_iri_of(definition) for definition in forward_definitions()} | {str(RDF.type)}
    assert used
    assert used <= known


def full_iri_of(definition: Any) -> str:
    compact = definition if isinstance(definition, str) else definition["@id"]
    prefix, _, local = compact.partition(":")
    return PREFIXES[prefix] + local


def test_the_prefixes_are_the_canonical_ones() -> None:
    graph = Graph().parse(ROOT / "ontology" / "prefixes.ttl")
    canonical = {str(graph.value(n, SH.prefix)): str(graph.value(n, SH.namespace)) for n in graph.subjects(SH.prefix)}
    assert {name: canonical.get(name) for name in PREFIXES} == PREFIXES


def test_text_is_a_map_by_language_and_whole_numbers_are_numbers() -> None:
    turtle = """
    @prefix coop: <https://w3id.org/coopgraph/def/> .
    @prefix m: <http://purl.org/linked-data/sdmx/2009/measure#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <https://example.org/f> m:obsValue 4973 ; skos:prefLabel "명"@ko , "person"@en .
    <https://example.org/g> m:obsValue 93.0 .
    """
    lines = Graph().parse(data=turtle, format="turtle").serialize(format="nt")
    nodes = jsonld.from_rdf(lines, {"format": "application/n-quads", "useNativeTypes": True})
    graph = jsonld.compact(nodes, CONTEXT_IRI, {"documentLoader": load})["@graph"]
    count, share = sorted(graph, key=lambda node: str(node["id"]))
    assert count["value"] == 4973
    assert count["label"] == {"ko": "명", "en": "person"}
    assert share["value"] == {"type": "xsd:decimal", "@value": "93.0"}


def triples(graph: Graph) -> set[tuple[str, ...]]:
    """The triples as text, language tags in lower case: PyLD lowers the keys of a language map."""

    def text(node: Node) -> str:
        if isinstance(node, Literal) and node.language:
            return f"{str(node)!r}@{node.language.lower()}"
        return node.n3()

    return {tuple(map(text, triple)) for triple in graph}


@pytest.mark.parametrize("slug", ["org/rainlily", "law/hk-crimes-amendment-ordinance-2021", "source/paps-seed-page"])
def test_a_file_of_data_written_with_the_context_and_read_back_is_the_same_graph(slug: str) -> None:
    before = Graph().parse(ROOT / "data" / f"{slug}.ttl")
    nodes = jsonld.from_rdf(before.serialize(format="nt"), {"format": "application/n-quads", "useNativeTypes": True})
    written = jsonld.compact(nodes, CONTEXT_IRI, {"documentLoader": load})
    read = jsonld.to_rdf(written, {"documentLoader": load, "format": "application/n-quads"})
    assert triples(before) == triples(Graph().parse(data=read, format="nt"))
