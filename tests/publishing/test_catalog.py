from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from coopgraph.model.iris import BASE, DATASET, graph_iri
from coopgraph.publishing.catalog import Statistics, catalog, count
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.quality import measurements
from coopgraph.publishing.section_exports import DEFAULT_GRAPH
from coopgraph.rdf import nquads
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.namespaces import DCAT, VOID
from coopgraph.rdf.terms import BlankNode, Triple


@pytest.fixture(scope="module")
def dump(contents: ReleaseContents) -> bytes:
    return canonical_nquads(contents.quads)


@pytest.fixture(scope="module")
def counts(dump: bytes) -> Statistics:
    return count(nquads.stream(dump), DEFAULT_GRAPH)


@pytest.fixture(scope="module")
def triples(counts: Statistics, contents: ReleaseContents) -> tuple[Triple, ...]:
    return catalog(counts, contents.prefixes, measurements(contents.quads))


@pytest.fixture(scope="module")
def store(dump: bytes, triples: tuple[Triple, ...]) -> Store:
    """Return the default graph, of which the catalogue is a part, and the catalogue's graph."""
    store = Store()
    for quad in parse(dump, format=RdfFormat.N_QUADS):
        if quad.graph_name in DEFAULT_GRAPH:
            store.add(Quad(quad.subject, quad.predicate, quad.object))
    graph = NamedNode(graph_iri("catalog"))
    for triple in triples:
        store.add(Quad(triple.subject, triple.predicate, triple.object))
        store.add(Quad(triple.subject, triple.predicate, triple.object, graph))
    return store


PREFIXES = {"void": VOID, "cat": graph_iri(""), "ds": DATASET}


def rows(store: Store, query: str) -> dict[str, int]:
    return {row[0].value: int(row[1].value) for row in store.query(query, prefixes=PREFIXES)}


def test_class_partitions_count_what_a_query_counts(store: Store) -> None:
    counted = rows(store, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    stated = rows(store, "SELECT ?c ?n { GRAPH cat:catalog { ?p void:class ?c ; void:entities ?n } }")
    assert stated == counted


def test_property_partitions_count_what_a_query_counts(store: Store) -> None:
    for measure, expression in (("triples", "*"), ("distinctSubjects", "DISTINCT ?s")):
        counted = rows(store, f"SELECT ?p (COUNT({expression}) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p")
        stated = rows(store, f"SELECT ?p ?n {{ GRAPH cat:catalog {{ ?x void:property ?p ; void:{measure} ?n }} }}")
        assert stated == counted


@pytest.mark.parametrize(
    ("measure", "counted"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        ("entities", f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{BASE}id/')) }}"),
    ],
)
def test_totals_are_those_of_a_query(store: Store, measure: str, counted: str) -> None:
    stated = f"SELECT ?n {{ GRAPH cat:catalog {{ ds:coopgraph void:{measure} ?n }} }}"
    (expected,), (found,) = (
        [int(row["n"].value) for row in store.query(query, prefixes=PREFIXES)] for query in (counted, stated)
    )
    assert found == expected


def test_what_the_catalogue_has_statements_about_is_its_own(
    triples: tuple[Triple, ...], contents: ReleaseContents
) -> None:
    assert {triple.subject for triple in triples}.isdisjoint(quad.subject for quad in contents.quads)


def test_the_catalogue_states_its_own_size(store: Store, triples: tuple[Triple, ...]) -> None:
    stated = rows(store, "SELECT ?g ?n { GRAPH cat:catalog { ?g void:triples ?n } FILTER(?g = cat:catalog) }")
    assert stated == {graph_iri("catalog"): len(set(triples))}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_a_number_of_objects_is_stated_only_where_it_is_right(numbers: list[int]) -> None:
    of = NamedNode(BASE + "id/a/b")
    said = {
        Quad(of, NamedNode(f"urn:x:{number}"), Literal(number), NamedNode(graph_iri("records"))) for number in numbers
    }
    counts = count(sorted(said, key=str), DEFAULT_GRAPH)
    made = catalog(counts, {})
    objects = {triple.object for triple in made} | {quad.object for quad in said}
    stated = [int(triple.object.value) for triple in made if triple.predicate.value.endswith("#distinctObjects")]
    assert stated in ([], [len(objects)])


def test_every_graph_is_named_with_its_size(contents: ReleaseContents, counts: Statistics) -> None:
    quads = set(contents.quads)
    assert counts.graphs == {
        graph: sum(quad.graph_name == graph for quad in quads) for graph in {quad.graph_name for quad in quads}
    }


def test_links_lead_to_other_sites_only(counts: Statistics) -> None:
    assert counts.links
    assert all(site.startswith("http") and not site.startswith("https://w3id.org/") for _, site in counts.links)


def test_the_catalogue_holds_no_date_no_release_and_no_nameless_node(triples: tuple[Triple, ...]) -> None:
    assert not any(isinstance(term, BlankNode) for triple in triples for term in (triple.subject, triple.object))
    # The days of the figures are the data's.
    text = "\n".join(str(triple) for triple in triples if triple.predicate not in (DCAT.startDate, DCAT.endDate))
    assert not re.search(r"\d{4}-\d{2}-\d{2}", text)


def test_all_own_nodes_of_the_catalogue_lie_where_the_service_answers(triples: tuple[Triple, ...]) -> None:
    known = re.compile(
        re.escape(BASE) + r"(|catalog|sparql|releases.*|(dataset|graph|context|shape|id/area|id/concept)/.+|def/.*)"
    )
    own = {
        term.value
        for triple in triples
        for term in (triple.subject, triple.object)
        if isinstance(term, NamedNode) and term.value.startswith(BASE)
    }
    assert {iri for iri in own if not known.fullmatch(iri)} == set()
