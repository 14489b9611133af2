from __future__ import annotations

from coopgraph.model.iris import graph_iri
from coopgraph.query.service import Limits
from coopgraph.query.service_description import service_description
from coopgraph.rdf.namespaces import RDFS, SCHEMA, SH
from coopgraph.rdf.terms import Triple


def described(*graphs: str, **presets: str) -> list[Triple]:
    limits = Limits(time=2.5, length=1000, size=10**6)
    return list(service_description("http://here/sparql", limits, frozenset(), 7, dict.fromkeys(graphs, 1), presets))


def test_prefixes_that_need_no_declaration_are_said_as_shacl_says_them() -> None:
    triples = described(skos="http://skos/", coop="http://coop/")
    declared = {triple.object for triple in triples if triple.predicate == SH.declare}
    pairs = {
        tuple(str(t.object) for t in triples if t.subject == node and t.predicate == name)
        for node in declared
        for name in (SH.prefix, SH.namespace)
    }
    any_uri = "^^<http://www.w3.org/2001/XMLSchema#anyURI>"
    assert pairs == {('"skos"',), ('"coop"',), (f'"http://skos/"{any_uri}',), (f'"http://coop/"{any_uri}',)}
    assert len(declared) == 2


def test_the_limits_are_numbers_with_units() -> None:
    triples = described()
    nodes = [triple.object for triple in triples if triple.predicate == SCHEMA.additionalProperty]
    told = {
        tuple(
            triple.object.value
            for predicate in (SCHEMA.maxValue, SCHEMA.unitCode)
            for triple in triples
            if (triple.subject, triple.predicate) == (node, predicate)
        )
        for node in nodes
    }
    assert told == {("2.5", "SEC"), ("1000", "AD"), ("1000000", "AD")}


def test_where_there_is_a_catalogue_it_is_said_what_is_counted() -> None:
    def said(*graphs: str) -> list[str]:
        return [triple.object.value for triple in described(*graphs) if triple.predicate == RDFS.comment]

    assert said("http://example.org/g") == []
    assert ["catalogue" in words for words in said("http://example.org/g", graph_iri("catalog"))] == [True]
