"""The VoID description, as the service gives it, states the counts that queries of the same service give."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import VOID, URIRef

from coopgraph.model.iris import DATASET, graph_iri

DATA_SET = URIRef(DATASET + "coopgraph")
Count = Callable[[str], Mapping[str, int]]


@pytest.fixture(scope="module")
def described(client: FlaskClient) -> rdflib.Graph:
    """What whoever follows /void reads."""
    answer = client.get("/void", headers={"Accept": "application/n-triples"}, follow_redirects=True)
    assert answer.status_code == 200
    return rdflib.Graph().parse(data=answer.data, format="nt")


@pytest.fixture(scope="module")
def count(client: FlaskClient) -> Count:
    def counted(query: str) -> Mapping[str, int]:
        rows = client.get("/sparql", query_string={"query": query}).json["results"]["bindings"]
        return {row["key"]["value"]: int(row["n"]["value"]) for row in rows}

    return counted


def stated(described: rdflib.Graph, part: URIRef, key: URIRef, number: URIRef) -> Mapping[str, int]:
    """What is said of each part of that kind: its number by what it is a part for."""
    return {
        str(described.value(of, key)): described.value(of, number).toPython()  # type: ignore[union-attr]
        for of in described.objects(DATA_SET, part)
        if described.value(of, key)
    }


def test_class_partitions_are_those_of_a_query(described: rdflib.Graph, count: Count) -> None:
    parts = stated(described, VOID.classPartition, VOID["class"], VOID.entities)
    assert parts == count("SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key } GROUP BY ?key")


@pytest.mark.parametrize(("number", "counted"), [(VOID.triples, "*"), (VOID.distinctSubjects, "DISTINCT ?s")])
def test_property_partitions_are_those_of_a_query(
    described: rdflib.Graph, count: Count, number: URIRef, counted: str
) -> None:
    parts = stated(described, VOID.propertyPartition, VOID.property, number)
    assert parts == count(f"SELECT ?key (COUNT({counted}) AS ?n) {{ ?s ?key ?o }} GROUP BY ?key")


def test_the_sizes_of_graphs_are_those_of_a_query(described: rdflib.Graph, count: Count) -> None:
    counted = count("SELECT ?key (COUNT(*) AS ?n) { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key")
    assert {graph: described.value(URIRef(graph), VOID.triples) for graph in counted} == {
        graph: rdflib.Literal(number) for graph, number in counted.items()
    }
    whole = count("SELECT (1 AS ?key) (COUNT(*) AS ?n) { ?s ?p ?o }")["1"]
    assert described.value(DATA_SET, VOID.triples) == rdflib.Literal(whole)


def test_link_sets_have_as_many_links_as_a_query_finds(described: rdflib.Graph, count: Count) -> None:
    sets = list(described.subjects(rdflib.RDF.type, VOID.Linkset))
    assert sets
    for links in sets:
        predicate, site = described.value(links, VOID.linkPredicate), described.value(links, VOID.objectsTarget)
        (found,) = count(
            f"""SELECT (1 AS ?key) (COUNT(*) AS ?n)
                {{ GRAPH <{graph_iri("mappings")}> {{ ?s <{predicate}> ?o }}
                   FILTER(STRSTARTS(STR(?o), "{site}")) }}"""
        ).values()
        assert described.value(links, VOID.triples) == rdflib.Literal(found)
