from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sparql.asked import rows, values


@pytest.mark.parametrize(
    ("call", "joined"),
    [
        ("GROUP_CONCAT(?x)", "http://e/a 1 b 2.5 true"),
        ('GROUP_CONCAT(?x; SEPARATOR=", ")', "http://e/a, 1, b, 2.5, true"),
        ('group_concat(?x ; separator = "|")', "http://e/a|1|b|2.5|true"),
        ("GROUP_CONCAT((?x))", "http://e/a 1 b 2.5 true"),
        ("GROUP_CONCAT(IF(isIRI(?x), ?x, (?x)))", "http://e/a 1 b 2.5 true"),
        ("GROUP_CONCAT(STR(?x))", "http://e/a 1 b 2.5 true"),
        ("GROUP_CONCAT(isIRI(?x))", "true false false false false"),
        ('GROUP_CONCAT(CONCAT("(;", STR(?x)); SEPARATOR=";")', "(;http://e/a;(;1;(;b;(;2.5;(;true"),
        ("GROUP_CONCAT(IF(EXISTS { SELECT ?y { ?y ?z ?x } ORDER BY ?y }, 1, ?x))", "http://e/a 1 b 2.5 true"),
    ],
)
def test_what_is_no_text_is_joined_by_its_text(call: str, joined: str) -> None:
    query = f'SELECT ({call} AS ?g) (GROUP_CONCAT(?x) AS ?h) {{ VALUES ?x {{ <http://e/a> 1 "b"@ko 2.5 true }} }}'
    assert rows(query) == [(ox.Literal(joined), ox.Literal("http://e/a 1 b 2.5 true"))]


def test_distinct_counts_each_text_once() -> None:
    query = 'SELECT (GROUP_CONCAT(DISTINCT ?x) AS ?g) { VALUES ?x { 1 "1" <http://e/a> "a"@en "a"@ko } }'
    assert rows(query) == [(ox.Literal("1 http://e/a a"),)]


def test_a_blank_node_is_joined_by_its_label_and_nothing_by_nothing() -> None:
    ((joined,),) = rows("SELECT (GROUP_CONCAT(?x) AS ?g) { BIND(BNODE() AS ?x) }")
    assert joined.value.startswith("_:")
    assert rows("SELECT (GROUP_CONCAT(?x) AS ?g) { VALUES ?x {} }") == [(ox.Literal(""),)]


@pytest.mark.parametrize(
    ("call", "joined"),
    [
        ("GROUP_CONCAT(?x)", "1 b"),
        ('GROUP_CONCAT(DISTINCT ?x; SEPARATOR=", ")', "1, b"),
        ('GROUP_CONCAT(?x; SEPARATOR="")', "1b"),
        ("GROUP_CONCAT(?x ; separator = '''; ''')", "1; b"),
        ("GROUP_CONCAT(1 / ?x # of numbers\n)", "1"),
        ("GROUP_CONCAT(IF(EXISTS { ?x ?y ?z }, 1, ?x))", "1 b"),
        ('CONCAT("<", GROUP_CONCAT(?y), ">")', "<>"),
    ],
)
def test_rows_without_a_value_add_nothing(call: str, joined: str) -> None:
    query = f'SELECT ({call} AS ?g) {{ VALUES ?x {{ UNDEF 1 UNDEF "b" }} }} HAVING (GROUP_CONCAT(?x) = "1 b")'
    assert rows(query) == [(ox.Literal(joined),)]


def test_a_text_without_letters_is_a_text_and_still_divided() -> None:
    query = 'SELECT (GROUP_CONCAT(?x; SEPARATOR=",") AS ?g) { VALUES ?x { "" UNDEF "a" "" } }'
    assert rows(query) == [(ox.Literal(",a,"),)]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text("ab ;)", max_size=3).map(ox.Literal), max_size=8))
def test_plain_texts_give_what_they_gave(texts: list[ox.Literal]) -> None:
    query = f'SELECT (GROUP_CONCAT(?x; SEPARATOR=";") AS ?g) {{ {values(texts)} }}'
    assert rows(query) == rows(query, rewritten=False)
