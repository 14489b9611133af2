from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.sparql.rewrite.projection_order import selects_all, with_ordered_columns


@pytest.mark.parametrize(
    ("group", "columns"),
    [
        ("{ ?s ?p ?o }", "s p o"),
        ("{ ?z ?p [] OPTIONAL { ?y ?p ?a } }", "z p y a"),
        ("{ FILTER(?b > 1) ?z ?p ?b }", "z p b"),
        ("{ MINUS { ?c ?b ?z } FILTER NOT EXISTS { ?d ?b ?z } ?z ?p ?b }", "z p b"),
        ("{ ?z ?p ?b BIND(STR(?c) AS ?a) }", "z p b a"),
        ("{ { SELECT ?y (1 AS ?x) { ?a ?x2 ?y } } ?z ?y ?a }", "y x z a"),
        ("{ { SELECT * { ?y ?x [] } } ?z ?y ?a }", "y x z a"),
        ("{ { ?z ?y 1 } UNION { ?x ?y 2 } GRAPH ?g { ?a ?b ?c } }", "z y x g a b c"),
        ("{ ?z ?y 1 } ORDER BY ?y VALUES (?x ?a) { (1 2) }", "z y x a"),
        ("{ VALUES (?z ?a) { (1 2) } }", "z a"),
        ("{ ?z ?y 'SELECT * ?a' } # ?b", "z y"),
        ("{ }", ""),
    ],
)
@pytest.mark.parametrize("head", ["SELECT *", "PREFIX e: <http://e/?q> select distinct * WHERE"])
def test_columns_come_as_a_reader_meets_them(head: str, group: str, columns: str) -> None:
    query = f"{head} {group}"
    assert selects_all(query)
    visible = [variable.value for variable in ox.Store().query(query).variables]
    ordered = ox.Store().query(with_ordered_columns(query, visible)).variables
    assert " ".join(variable.value for variable in ordered) == columns
    assert sorted(visible) == sorted(columns.split())


@pytest.mark.parametrize(
    "query",
    ["SELECT (COUNT(*) AS ?n) { }", "ASK { { SELECT * { ?a ?b ?c } } }", "SELECT ?x { ?x <http://e/p>* ?y }", ""],
)
def test_what_names_its_columns_is_left_alone(query: str) -> None:
    assert not selects_all(query)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6),
    st.permutations(["VALUES (?z ?b) { %s }", "OPTIONAL { VALUES (?b ?a) { (1 2) (2 3) } }", "FILTER(BOUND(?z))"]),
)
def test_solutions_are_those_of_the_query_as_it_was_written(pairs: list[tuple[int, int]], parts: list[str]) -> None:
    table = " ".join(f"({one} {other})" for one, other in pairs)
    query = f"SELECT * {{ {' '.join(part.replace('%s', table) for part in parts)} }}"

    def solutions(text: str) -> list[list[tuple[str, str]]]:
        found = ox.Store().query(text)
        names = [variable.value for variable in found.variables]
        return sorted(sorted((name, str(row[name])) for name in names) for row in found)

    visible = [variable.value for variable in ox.Store().query(query).variables]
    assert solutions(with_ordered_columns(query, visible)) == solutions(query)
