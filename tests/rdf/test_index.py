"""The index answers in a fixed order and stops at circles."""

from __future__ import annotations

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import NamedNode, Triple

A, B, C, P = (NamedNode(f"urn:{letter}") for letter in "abcp")


def test_a_triple_given_twice_counts_once() -> None:
    index = Index([Triple(A, P, B), Triple(A, P, B)])
    index.add([Triple(A, P, B)])
    assert index.objects(A, P) == (B,)
    assert index.subjects(P, B) == (A,)
    assert index.pairs(P) == ((A, B),)


def test_answers_do_not_depend_on_the_order_of_the_triples() -> None:
    triples = [Triple(A, P, C), Triple(A, P, B), Triple(B, P, C), Triple(C, RDF.type, P), Triple(B, RDF.type, P)]
    for order in (triples, triples[::-1]):
        index = Index(order)
        assert index.objects(A, P) == (B, C)
        assert index.instances(P) == (B, C)


def test_ancestors_are_reached_over_any_number_of_steps_and_a_circle_ends() -> None:
    index = Index([Triple(A, P, B), Triple(B, P, C), Triple(C, P, B)])
    assert index.ancestors(A, P) == (B, C)
    assert index.ancestors(C, P) == (B, C)
    assert index.ancestors(P, P) == ()


def test_what_is_unknown_has_no_answer() -> None:
    assert Index([]).objects(A, P) == Index([]).subjects(P, A) == Index([]).pairs(P) == ()
