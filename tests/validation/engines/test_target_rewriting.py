"""Narrowed targets must give the same results, or stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.validation.engines import fast, target_rewriting
from coopgraph.validation.engines.constraint_queries import candidates
from coopgraph.validation.engines.target_rewriting import narrowed
from coopgraph.validation.shacl import ValidationResult, read_report

MEMBERS = "{ ?this a <urn:C> }"
PREFIXES = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <urn:x:> .
"""


def triples(turtle: str) -> bytes:
    return serialize(parse(PREFIXES + turtle, format=RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES) or b""


def shape(select: str, more: str = "") -> bytes:
    return triples(
        f'x:S a sh:NodeShape ; sh:targetClass x:C ; sh:message "m"@en {more} ; sh:sparql x:Q .\n'
        f'x:Q a sh:SPARQLConstraint ; sh:select """{select}""" .'
    )


def results(shapes: bytes, data: bytes, monkeypatch: pytest.MonkeyPatch, narrowing: bool) -> set[ValidationResult]:
    if not narrowing:
        monkeypatch.setattr(fast, "narrowed", lambda shapes, data: shapes)
    else:
        monkeypatch.setattr(fast, "narrowed", target_rewriting.narrowed)
    return set(read_report(fast.validate(shapes, data)))


def test_the_targets_stand_at_the_start_of_each_group_but_that_of_an_exists() -> None:
    query = candidates("SELECT $this WHERE { { ?a ?b $this } UNION { FILTER NOT EXISTS { $this ?p ?o } } }", MEMBERS)
    assert query is not None
    assert query.count(MEMBERS) == 3
    assert "EXISTS { ?this" in query
    assert query.startswith("SELECT DISTINCT ?this WHERE {")


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { { SELECT ?x WHERE { ?x ?p ?o } } }",
        "SELECT $this WHERE { $this ?p ?o MINUS { $this ?q ?o } }",
        "SELECT $this (COUNT(?o) AS ?value) WHERE { $this ?p ?o }",
        "SELECT $this WHERE { $this $PATH ?value }",
        "SELECT $this WHERE { GRAPH $shapesGraph { ?s ?p ?o } }",
        "PREFIX a: <urn:a> SELECT $this WHERE { $this a:p ?o }",
        "ASK { $this ?p ?o }",
    ],
)
def test_a_query_where_binding_might_matter_is_left_alone(select: str) -> None:
    assert candidates(select, MEMBERS) is None


def test_braces_and_words_in_texts_names_and_comments_mean_nothing() -> None:
    select = "SELECT $this WHERE { # { SELECT\n $this <urn:{MINUS}> \"{ VALUES\" ; <urn:SELECT> '}' }"
    query = candidates(select.replace("<urn:{MINUS}>", "<urn:MINUS>"), MEMBERS)
    assert query is not None
    assert query.count(MEMBERS) == 1
    assert query.endswith("}")


def test_a_shape_with_another_constraint_keeps_its_targets() -> None:
    kept = narrowed(shape("SELECT $this WHERE { $this x:p ?value }", "; sh:nodeKind sh:IRI"), b"")
    assert b"targetClass> <urn:x:C>" in kept
    assert b"SPARQLTarget" not in kept


@pytest.mark.parametrize(("condition", "failing"), [("?p = ?q", {"a", "c"}), ("?p != ?q", {"b"})])
@pytest.mark.parametrize("more", ["", "; sh:nodeKind sh:IRI"], ids=["narrowed", "not narrowed"])
def test_numbers_are_compared_by_value_however_they_are_written(
    monkeypatch: pytest.MonkeyPatch, condition: str, failing: set[str], more: str
) -> None:
    data = triples("x:a a x:C ; x:p 1 ; x:q 1.0 . x:b a x:C ; x:p 2 ; x:q 1.0 . x:c a x:C ; x:p 01 ; x:q 1 .")
    shapes = shape(f"SELECT $this WHERE {{ $this <urn:x:p> ?p ; <urn:x:q> ?q FILTER({condition}) }}", more)
    found = results(shapes, data, monkeypatch, narrowing=True)
    assert {str(result.focus)[-2] for result in found} == failing


def test_subclasses_in_the_data_count_as_the_target_class(monkeypatch: pytest.MonkeyPatch) -> None:
    data = triples("x:D rdfs:subClassOf x:E . x:E rdfs:subClassOf x:C . x:a a x:D ; x:p 1 . x:b a x:O ; x:p 1 .")
    shapes = shape("SELECT $this ?value WHERE { $this <urn:x:p> ?value }")
    found = results(shapes, data, monkeypatch, narrowing=True)
    assert {str(result.focus) for result in found} == {"<urn:x:a>"}
    assert found == results(shapes, data, monkeypatch, narrowing=False)


SELECTS = (
    "SELECT $this WHERE { FILTER NOT EXISTS { $this <urn:x:p> ?v } }",
    "SELECT $this ?value WHERE { { FILTER NOT EXISTS { $this <urn:x:q> ?v } } UNION { $this <urn:x:p> ?value } }",
    "SELECT $this ?value WHERE { { BIND($this AS ?value) FILTER EXISTS { ?o <urn:x:p> $this } } }",
    "SELECT $this ?value WHERE { $this <urn:x:p> ?value OPTIONAL { $this <urn:x:q> ?w } FILTER(!BOUND(?w)) }",
    "SELECT $this ?value WHERE { $this <urn:x:p>/<urn:x:p>* ?value FILTER(?value = $this) }",
    "SELECT $this (SUM(?v) AS ?value) WHERE { $this <urn:x:n> ?v } GROUP BY $this HAVING (SUM(?v) > 3)",
    "SELECT $this WHERE { FILTER NOT EXISTS { { $this <urn:x:p> ?a } UNION { ?b <urn:x:q> ?c FILTER(?c = $this) } } }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value FILTER(?path != <urn:x:n>) "
    "FILTER NOT EXISTS { $this ?path ?other FILTER(?other != ?value) } }",
)


@pytest.mark.parametrize("select", SELECTS)
@settings(max_examples=25, deadline=None)
@given(
    links=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("pq"), st.sampled_from("abcd")), max_size=8),
    numbers=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-3, 5)), max_size=5),
    classes=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("CD")), max_size=5),
)
def test_narrowing_changes_no_result(
    select: str, links: list[tuple[str, str, str]], numbers: list[tuple[str, int]], classes: list[tuple[str, str]]
) -> None:
    data = triples(
        "\n".join(
            [
                *(f"x:{subject} x:{predicate} x:{value} ." for subject, predicate, value in links),
                *(f"x:{subject} x:n {number} ." for subject, number in numbers),
                *(f"x:{subject} a x:{kind} ." for subject, kind in classes),
            ]
        )
    )
    shapes = shape(select)
    assert narrowed(shapes, data) != shapes
    with pytest.MonkeyPatch.context() as patch:
        assert results(shapes, data, patch, narrowing=True) == results(shapes, data, patch, narrowing=False)
