"""Reach of shapes: the data it names for a node gives the results that all of the data gives for that node."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from coopgraph.rdf.index import Index, TripleLookup
from coopgraph.rdf.namespaces import RDF, RDFS
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple
from coopgraph.validation.engines import fast
from coopgraph.validation.reach import Reach, StandingTriples, Unreachable, reach_of
from coopgraph.validation.shacl import ValidationResult, n_triples, read_report

EX = "http://example.org/"
PREFIXES = """@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://example.org/> sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/" ] ,
  [ sh:prefix "rdf" ; sh:namespace "http://www.w3.org/1999/02/22-rdf-syntax-ns#" ] .
"""
SHAPES = PREFIXES + "".join(
    f"""ex:S{number} a sh:NodeShape ; {target} ;
  sh:sparql [ sh:prefixes ex: ; sh:select "SELECT DISTINCT $this ?path ?value WHERE {{ {body} }}" ] .
"""
    for number, (target, body) in enumerate(
        (
            ("sh:targetClass ex:A", "$this ex:p ?value . ?value ex:q ?other . ?other ex:p ?value"),
            ("sh:targetClass ex:A", "$this ?path ?value . FILTER NOT EXISTS { ?value rdf:type ?kind }"),
            ("sh:targetClass ex:B", "$this ex:p|ex:q ?value . ?value ?path $this"),
            ("sh:targetSubjectsOf ex:q", "$this ex:q ?value . OPTIONAL { ?value ex:p ?x } FILTER(!BOUND(?x))"),
            ("sh:targetObjectsOf ex:q", "?value ex:q $this . ?other ex:q $this FILTER(?value != ?other)"),
            ("sh:targetClass ex:A", "?value rdf:type ex:B . FILTER NOT EXISTS { ?value ex:p ?any }"),
        )
    )
)
CORE = """ex:C a sh:NodeShape ; sh:targetClass ex:A ; sh:nodeKind sh:IRI .
ex:D a sh:PropertyShape ; sh:targetClass ex:A ; sh:path ex:p ; sh:class ex:B ; sh:maxCount 1 .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(turtle.encode(), format=RdfFormat.TURTLE)]


@cache
def _reach() -> Reach:
    return reach_of(triples(SHAPES + CORE), Index(()))


NODES = [NamedNode(EX + name) for name in "abcde"]
nodes: st.SearchStrategy[Node] = st.sampled_from(NODES)
values: st.SearchStrategy[Term] = st.one_of(nodes, nodes, st.just(Literal("text")))
statements = st.one_of(
    st.builds(lambda s, p, v: Triple(s, NamedNode(EX + p), v), nodes, st.sampled_from("pqr"), values),
    st.builds(lambda s, kind: Triple(s, RDF.type, NamedNode(EX + kind)), nodes, st.sampled_from("AB")),
)


@settings(max_examples=50)
@given(st.sets(statements, min_size=6, max_size=25), st.sets(nodes, min_size=1, max_size=2))
def test_what_a_node_can_reach_gives_the_results_of_all_data(data: set[Triple], focus: set[Node]) -> None:
    for large in (set[Node](), focus):
        _, near = _reach().neighbourhood(focus, _lookup(data), large=large)
        assert near <= data
        assert _of(_results(near), focus) == _of(_results(data), focus)


def test_only_shapes_with_a_target_among_the_nodes_are_named() -> None:
    data = set(triples(PREFIXES + "ex:a a ex:B . ex:b ex:q ex:c ."))
    names, _ = _reach().neighbourhood([NODES[0]], _lookup(data))
    assert names == [EX + "S2"]


def test_what_no_pattern_leads_to_is_left_out() -> None:
    data = set(triples("@prefix ex: <http://example.org/> . ex:a a ex:A ; ex:p ex:b . ex:b ex:r ex:c ."))
    _, near = _reach().neighbourhood([NODES[0]], _lookup(data))
    assert {str(triple.subject) for triple in near} == {f"<{EX}a>"}


def test_of_a_large_node_comes_only_what_its_shapes_look_at() -> None:
    data = set(triples("@prefix ex: <http://example.org/> . ex:a a ex:B ; ex:p ex:b ; ex:r ex:c , ex:d ."))
    _, near = _reach().neighbourhood([NODES[0]], _lookup(data), large=[NODES[0]])
    assert {triple.predicate for triple in near} == {RDF.type, NamedNode(EX + "p")}


@settings(max_examples=30)
@given(st.sets(statements, min_size=6, max_size=25), st.sets(statements, max_size=3), st.sets(nodes, min_size=1))
def test_what_stands_after_a_change_is_what_would_be_found(
    before: set[Triple], changed: set[Triple], focus: set[Node]
) -> None:
    after = before ^ changed
    standing = StandingTriples()
    _reach().neighbourhood(focus, _lookup(before), standing=standing)
    for _ in range(2):
        found = _reach().neighbourhood(focus, _lookup(after), changed=changed, standing=standing)
        assert found == _reach().neighbourhood(focus, _lookup(after))
        standing.forget({triple.predicate for triple in changed})


def test_subclasses_are_targets_too() -> None:
    vocabulary = Index([Triple(NamedNode(EX + "Small"), RDFS.subClassOf, NamedNode(EX + "B"))])
    reach = reach_of(triples(SHAPES), vocabulary)
    data = set(triples("@prefix ex: <http://example.org/> . ex:a a ex:Small ."))
    assert reach.neighbourhood([NODES[0]], _lookup(data))[0] == [EX + "S2"]


@pytest.mark.parametrize(
    "shape",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:sparql [ sh:select 'SELECT $this WHERE { $this ex:p+ ?v }' ] .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:sparql [ sh:select 'SELECT $this WHERE { ?a ?b ?c }' ] .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:closed true .",
        "ex:S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ] .",
        "ex:S a sh:PropertyShape ; sh:targetClass ex:A ; sh:path [ sh:inversePath ex:p ] ; sh:minCount 1 .",
        "[] a sh:NodeShape ; sh:targetClass ex:A ; sh:nodeKind sh:IRI .",
    ],
)
def test_a_shape_that_may_look_anywhere_has_no_reach(shape: str) -> None:
    with pytest.raises(Unreachable):
        reach_of(triples(PREFIXES + shape), Index(()))


def _lookup(data: set[Triple]) -> TripleLookup:
    def match(subject: Term | None, predicate: NamedNode | None, value: Term | None) -> list[Triple]:
        return [
            triple
            for triple in data
            if subject in (None, triple.subject)
            and predicate in (None, triple.predicate)
            and value in (None, triple.object)
        ]

    return match


@cache
def _validate() -> Callable[[bytes, list[str] | None], bytes]:
    return fast.prepared_validation(n_triples(triples(SHAPES + CORE)), b"")


def _results(data: set[Triple]) -> tuple[ValidationResult, ...]:
    return read_report(_validate()(n_triples(data), None))


def _of(results: tuple[ValidationResult, ...], focus: set[Node]) -> set[str]:
    return {repr(result) for result in results if result.focus in focus}
