from __future__ import annotations

from coopgraph.model.iris import graph_iri
from coopgraph.query.service import Limits
from coopgraph.query.service_description import service_description
from coopgraph.rdf.namespaces import RDFS, SH
from coopgraph.rdf.terms import Triple


def described(*graphs: str, **presets: str) -> list[Triple]:
    limits = Limits(time=1, length=1, size=1)
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


def test_where_there_is_a_catalogue_it_is_said_what_is_counted() -> None:
    def said(*graphs: str) -> list[str]:
        return [triple.object.value for triple in described(*graphs) if triple.predicate == RDFS.comment]

    assert said("http://example.org/g") == []
    assert ["catalogue" in words for words in said("http://example.org/g", graph_iri("catalog"))] == [True]
