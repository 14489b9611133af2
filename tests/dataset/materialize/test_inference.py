"""Entailment: a broader term has at least what the narrower terms have, an inverse the same the other way round."""

from __future__ import annotations

from collections.abc import Callable

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.dataset.materialize.inference import inferred
from coopgraph.rdf.index import Index
from tests.dataset.conftest import claim, has, triples

Fill = Callable[[str], MaterializedGraphs]


def test_types_follow_up_to_the_foreign_superclasses(filled: Fill) -> None:
    graphs = filled("o:a a coop:Organization . svc:a.b a coop:Service . c:a.b.1 a coop:Claim .").graphs
    assert has(graphs["inferred"], "o:a a org:Organization . svc:a.b a coop:Activity , schema:Service .")
    assert has(graphs["inferred"], "c:a.b.1 a rdf:Statement , prov:Entity .")
    assert not has(graphs["inferred"], "o:a a coop:Organization .")
    assert not has(graphs["asserted"], "o:a a org:Organization .")


def test_values_follow_up_over_every_step_of_the_properties(filled: Fill) -> None:
    graph = filled(claim("a.o.1", "o:a", "coop:isOperatedBy", "o:b")).graphs["inferred"]
    assert has(graph, "o:a coop:isRelatedTo o:b ; org:linkedTo o:b .")


def test_a_law_s_dates_are_eli_s_too_as_precise_as_they_are(filled: Fill) -> None:
    graph = filled(
        claim("a.e.1", "law:a", "coop:entersIntoForceOn", '"2021-10-08"^^xsd:date')
        + claim("b.e.1", "law:b", "coop:entersIntoForceOn", '"2021-11"^^xsd:gYearMonth')
        + claim("b.e.2", "law:b", "coop:enactmentDate", '"2021"^^xsd:gYear')
    ).graphs["inferred"]
    assert has(graph, 'law:a eli:first_date_entry_in_force "2021-10-08"^^xsd:date .')
    assert has(
        graph, 'law:b eli:first_date_entry_in_force "2021-11"^^xsd:gYearMonth ; eli:date_document "2021"^^xsd:gYear .'
    )


def test_a_name_is_a_label_and_another_name_is_none(filled: Fill) -> None:
    graph = filled(
        claim("a.n.1", "o:a", "skos:prefLabel", '"A"@en') + claim("a.n.2", "o:a", "skos:altLabel", '"B"@en')
    ).graphs["inferred"]
    labels = {
        triple
        for triple in graph
        if triple.predicate.value.endswith("#label") and triple.subject.value.endswith("org/a")
    }
    assert labels == triples('o:a <http://www.w3.org/2000/01/rdf-schema#label> "A"@en .')


def test_what_is_stated_is_not_inferred_once_more(filled: Fill) -> None:
    graphs = filled("fig:a.x a coop:Observation ; coop:refersToOrganization o:a ; coop:refersTo o:a .").graphs
    assert has(graphs["records"], "fig:a.x coop:refersTo o:a .")
    assert not has(graphs["inferred"], "fig:a.x coop:refersTo o:a .")


def test_a_circle_of_properties_ends() -> None:
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    circle = triples(f"coop:p <{rdfs}subPropertyOf> coop:q . coop:q <{rdfs}subPropertyOf> coop:p .")
    made = {item.triple for item in inferred(triples("o:a coop:p o:b ."), Index(circle))}
    assert made == triples("o:a coop:p o:b ; coop:q o:b .")


def test_inverse_properties_lead_the_other_way_and_literals_nowhere() -> None:
    owl = "http://www.w3.org/2002/07/owl#"
    vocabulary = Index(triples(f"coop:p <{owl}inverseOf> coop:q ."))
    made = {item.triple for item in inferred(triples('o:a coop:p o:b , "c" . o:d coop:q o:e .'), vocabulary)}
    assert made == triples("o:b coop:q o:a . o:e coop:p o:d .")
