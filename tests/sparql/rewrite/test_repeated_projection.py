from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.sparql.rewrite.repeated_projection import named_once


@pytest.mark.parametrize(
    ("query", "once"),
    [
        ("SELECT ?x ?x { }", "SELECT ?x    { }"),
        ("SELECT DISTINCT ?x $y ?x ?y WHERE { }", "SELECT DISTINCT ?x $y       WHERE { }"),
        ("SELECT ?a { { SELECT ?x ?y ?x { } } }", "SELECT ?a { { SELECT ?x ?y    { } } }"),
        ("SELECT ?x { ?x ?y ?x }", "SELECT ?x { ?x ?y ?x }"),
        ("SELECT (1 AS ?x) ?x { }", "SELECT (1 AS ?x) ?x { }"),
    ],
)
def test_a_variable_is_named_once(query: str, once: str) -> None:
    assert named_once(query) == once


@given(st.text(alphabet="SELECT ?xy{}()*#\n", max_size=60))
def test_every_character_keeps_its_place(text: str) -> None:
    once = named_once(text)
    assert len(once) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, once, strict=True))
