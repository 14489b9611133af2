from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import QueryRefused, QuerySyntax
from coopgraph.sparql.rewrite.projection_names import with_expressions
from tests.sparql.asked import rows

DATA = '{ VALUES (?k ?v) { ("a" 1) ("a" 2) ("b" 3) } } GROUP BY ?k'


@pytest.mark.parametrize(
    ("projected", "condition", "keys"),
    [
        ("(COUNT(?v) AS ?n)", "(?n > 1)", ["a"]),
        ("(COUNT(?v) AS ?n)", "(1 < ?n && SUM(?v) = 3)", ["a"]),
        ("(COUNT(?v) AS ?n) (SUM(?v) AS ?s)", "(?n = 1) (?s = 3)", ["b"]),
        ("(1 + COUNT(?v) AS ?n)", "(?n * 2 = 4)", ["b"]),
        ("(COUNT(?v) AS ?n) (?n + 1 AS ?m) (?m + 1 AS ?o)", "(?o = 4)", ["a"]),
        ("(MAX(?v) AS ?n)", "(?k = 'b' || ?n > 9)", ["b"]),
        ("(COUNT(?v) AS ?n)", "(EXISTS { VALUES ?z { 1 } } && ?n > 1)", ["a"]),
    ],
)
def test_a_name_of_select_is_known_in_having(projected: str, condition: str, keys: list[str]) -> None:
    found = rows(f"SELECT ?k {projected} {DATA} HAVING {condition} ORDER BY ?k")
    assert [row[0].value for row in found] == keys
    inner = rows(f"SELECT ?k {{ {{ SELECT ?k {projected} {DATA} HAVING {condition} }} }} ORDER BY ?k")
    assert [row[0].value for row in inner] == keys


def test_a_name_of_a_group_is_known_in_the_expressions_after_it() -> None:
    found = rows(f"SELECT ?k (COUNT(?v) AS ?n) (?n + 1 AS ?m) (?m * ?n AS ?o) {DATA} ORDER BY ?o")
    assert [row[0].value + row[3].value for row in found] == ["b2", "a6"]
    assert rows("SELECT (COUNT(*) AS ?n) (?n + 1 AS ?m) { VALUES ?x { 1 2 } } ")[0][1].value == "3"


@pytest.mark.parametrize("condition", ["(SUM(?n) > 1)", "(EXISTS { ?x ?y ?n })", "(COUNT(?v) > 1 && MAX((?n)) > 0)"])
def test_where_no_expression_can_stand_the_place_is_told(condition: str) -> None:
    query = f"SELECT (COUNT(?v) AS ?n)\n{DATA}\nHAVING {condition}"
    with pytest.raises(QuerySyntax, match=r"\?n") as refused:
        with_expressions(query)
    assert (refused.value.line, refused.value.column) == (3, query.split("\n")[2].index("?n") + 1)


def test_names_of_names_do_not_grow_without_bound() -> None:
    chain = "(COUNT(?v) AS ?a0)" + "".join(f" (?a{i} + ?a{i} AS ?a{i + 1})" for i in range(40))
    with pytest.raises(QueryRefused, match="too long"):
        with_expressions(f"SELECT {chain} {DATA} HAVING (?a40 > 1)")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 4), st.sampled_from(("COUNT(?v) > {}", "SUM(?v) = {}", "?k != 'a' || {} > 2")))
def test_a_condition_without_such_names_gives_what_it_gave(number: int, condition: str) -> None:
    query = f"SELECT ?k (COUNT(?v) AS ?n) {DATA} HAVING ({condition.format(number)})"
    assert rows(query) == rows(query, rewritten=False)
