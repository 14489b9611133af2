"""Broader terms over the whole graph: none gives less than the narrower terms do."""

from __future__ import annotations

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import OWL, RDFS, SKOS
from coopgraph.rdf.terms import NamedNode


def test_a_broader_property_has_every_value_of_its_narrower_ones(graph: Index) -> None:
    hierarchy = graph.pairs(RDFS.subPropertyOf)
    assert len(hierarchy) > 50
    for narrower, broader in hierarchy:
        assert isinstance(narrower, NamedNode)
        assert isinstance(broader, NamedNode)
        missing = set(graph.pairs(narrower)) - set(graph.pairs(broader))
        assert not missing, (narrower, broader)


def test_a_broader_class_has_every_member_of_its_narrower_ones(graph: Index) -> None:
    hierarchy = graph.pairs(RDFS.subClassOf)
    assert len(hierarchy) > 15
    for narrower, broader in hierarchy:
        assert isinstance(narrower, NamedNode)
        assert isinstance(broader, NamedNode)
        assert set(graph.instances(narrower)) <= set(graph.instances(broader)), (narrower, broader)


def test_every_name_is_a_label(graph: Index) -> None:
    assert graph.pairs(SKOS.prefLabel)
    assert set(graph.pairs(SKOS.prefLabel)) <= set(graph.pairs(RDFS.label))


def test_an_inverse_has_every_pair_the_other_way_round(graph: Index) -> None:
    inverses = graph.pairs(OWL.inverseOf)
    assert {SKOS.narrower, SKOS.hasTopConcept} <= {inverse for inverse, _ in inverses}
    for inverse, property_ in inverses:
        assert isinstance(inverse, NamedNode)
        assert isinstance(property_, NamedNode)
        turned = {(value, subject) for subject, value in graph.pairs(property_)}
        assert turned
        assert turned == set(graph.pairs(inverse)), (inverse, property_)
