from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.reading.example_parameters import filled, parameters
from coopgraph.reading.pages.examples import examples
from coopgraph.sparql.lexer import sparql_tokens


def test_parameters_are_the_constants_of_values_with_one_row() -> None:
    query = 'SELECT * { VALUES (?area ?year) { (area:kr "2020") } VALUES ?x { o:a o:b } VALUES ?t { "1"^^xsd:date } }'
    assert [(item.name, item.prefix, item.value) for item in parameters(query)] == [
        ("area", "area", "kr"),
        ("year", None, "2020"),
        ("t", None, "1"),
    ]


@pytest.mark.parametrize("item", examples(), ids=lambda item: item.name)
def test_an_example_filled_with_its_own_values_is_itself(item) -> None:  # type: ignore[no-untyped-def]
    own = {parameter.name: parameter.value for parameter in parameters(item.query)}
    assert filled(item.query, own) == item.query


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["area", "year", "other"]), st.text(max_size=30)))
def test_no_value_breaks_out_of_its_place(values: dict[str, str]) -> None:
    query = 'SELECT * { VALUES (?area ?year) { (area:kr "2020"@en) } ?s ?p ?o }'
    kinds = [token.kind for token in sparql_tokens(query)]
    assert [token.kind for token in sparql_tokens(filled(query, values))] == kinds


def test_a_value_that_cannot_be_one_is_left_out() -> None:
    query = "SELECT * { VALUES ?area { area:kr } }"
    assert filled(query, {"area": "kr> } DROP"}) == query
    assert filled(query, {"area": "jp"}) == "SELECT * { VALUES ?area { area:jp } }"
