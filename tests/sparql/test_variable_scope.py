# ruff: noqa: E501 - a kind of query is a line

from __future__ import annotations

import contextlib

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.reading.pages.examples import examples
from coopgraph.sparql.lexer import sparql_tokens, text_position
from coopgraph.sparql.variable_scope import misuses
from tests.conftest import example_count


def first(query: str) -> tuple[int, str]:
    """The column and the sentence of what is told of ``query``."""
    with pytest.raises(SyntaxError):
        ox.Store().query(query)
    found = misuses(sparql_tokens(query))
    assert found, query
    return text_position(query, found[0].token.start).column, str(found[0].sentence)


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("SELECT * { ?s ?p ?o BIND(1 AS ?o) }", "?o) }"),
        ("SELECT * { ?s ?p ?o BIND(STR(?s) AS ?p) ?s a ?t }", "?p) ?s"),
        ("ASK { OPTIONAL { ?s ?p ?a } BIND(2 AS $a) }", "$a"),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } BIND(1 AS ?g) }", "?g) }"),
        ("SELECT * { { SELECT (1 AS ?a) {} } BIND(2 AS ?a) }", "?a) }"),
        ("SELECT * { { ?s ?p ?o } UNION { ?s ?q ?r } BIND(2 AS ?r) }", "?r) }"),
        ("SELECT * { BIND(2 AS ?a) FILTER(?x) BIND(3 AS ?a) }", "?a) }"),
        ("SELECT * { VALUES ?o { 1 } BIND(1 AS ?o) }", "?o) }"),
        ("SELECT * { FILTER NOT EXISTS { ?s ?p ?o BIND(1 AS ?o) } }", "?o) }"),
        ("SELECT * { FILTER(1 > 0 && EXISTS { ?s ?p ?o BIND(1 AS ?o) }) }", "?o) }"),
        ("CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?o BIND(1 AS ?o) }", "?o) }"),
        ("DESCRIBE ?s { ?s ?p ?o BIND(1 AS ?o) }", "?o) }"),
        ("SELECT (1 AS ?o) { ?s ?p ?o }", "?o) {"),
        ("SELECT ?x { { SELECT (STR(?o) AS ?o) { ?s ?p ?o } } }", "?o) {"),
        ("SELECT (1 AS ?p) { ?s ?p ?o } GROUP BY ?p", "?p) {"),
    ],
)
def test_a_name_in_use_is_told_where_it_is_given_again(query: str, at: str) -> None:
    column, sentence = first(query)
    assert column == query.index(at) + 1
    assert sentence.startswith(f"{at[:2]} is in use already")


@pytest.mark.parametrize(
    ("query", "at", "words"),
    [
        ("SELECT (1 AS ?a) (2 AS ?a) {}", "?a) {}", "?a is named twice in SELECT"),
        ("SELECT ?s (1 AS ?s) { ?s ?p ?o }", "?s) {", "?s is named twice in SELECT"),
        ("SELECT * { VALUES (?a ?b ?a) { (1 2 3) } }", "?a) {", "?a stands twice in VALUES"),
        ("SELECT * { ?s ?p ?o } VALUES (?x ?x) { (1 1) }", "?x) {", "?x stands twice in VALUES"),
        ("SELECT * { VALUES (?a ?b) { (1 'x'@en) (-1) } }", "(-1)", "Variables of VALUES: 2; values in this row: 1"),
        ("SELECT * { VALUES (?a) { ('x'^^<a:b> UNDEF) } }", "('x'", "Variables of VALUES: 1; values in this row: 2"),
    ],
)
def test_a_name_that_stands_twice_is_told(query: str, at: str, words: str) -> None:
    column, sentence = first(query)
    assert (column, words in sentence) == (query.index(at) + 1, True)


@pytest.mark.parametrize(
    ("query", "aggregate", "where"),
    [
        ("SELECT * { ?s ?p ?o FILTER(COUNT(?s) > 1) }", "COUNT", "FILTER"),
        ("ASK { ?s ?p ?o FILTER((1 + sum(?o)) > 3) }", "sum", "FILTER"),
        ("SELECT ?n { ?s ?p ?o BIND(MAX(?o) AS ?n) }", "MAX", "BIND"),
        ("SELECT ?n { ?s ?p ?o } GROUP BY (COUNT(?s) AS ?n)", "COUNT", "GROUP BY"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY AVG(?o)", "AVG", "GROUP BY"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } ORDER BY COUNT(?s)", "COUNT", "CONSTRUCT"),
    ],
)
def test_an_aggregate_out_of_place_is_told(query: str, aggregate: str, where: str) -> None:
    column, sentence = first(query)
    assert column == query.index(aggregate) + 1
    assert sentence == f"The aggregate {aggregate.upper()} cannot stand in {where}."


@pytest.mark.parametrize(
    ("query", "at", "words"),
    [
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", "*", "SELECT * cannot stand beside GROUP BY"),
        ("SELECT ?s { { SELECT * { ?s ?p ?o } GROUP BY ?s } }", "*", "SELECT * cannot stand beside GROUP BY"),
        ("SELECT * { ?s ?p ?o } HAVING (COUNT(?s) > 1)", "*", "beside the aggregate COUNT"),
        ("SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s", "?o {", "?o, a variable that GROUP BY does not group"),
        ("SELECT ?s (?o + 1 AS ?m) { ?s ?p ?o } GROUP BY ?s", "?o +", "?o, a variable that GROUP BY does not group"),
        ("SELECT ?s { ?s ?p ?o } ORDER BY COUNT(?s)", "?s {", "COUNT without GROUP BY makes one group"),
        ("SELECT ?s { ?s ?p ?o } ORDER BY DESC(COUNT(?s))", "?s {", "COUNT without GROUP BY makes one group"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", "?s (", "COUNT without GROUP BY makes one group"),
        ("SELECT ?s { ?s ?p ?o } HAVING (SUM(?o) > 1)", "?s {", "SUM without GROUP BY makes one group"),
        ("SELECT (SUM(?o) / COUNT(?o) + ?p AS ?m) { ?s ?p ?o }", "?p AS", "SUM without GROUP BY makes one group"),
    ],
)
def test_what_no_group_has_is_told(query: str, at: str, words: str) -> None:
    column, sentence = first(query)
    assert (column, words in sentence) == (query.index(at) + 1, True)


@pytest.mark.parametrize(
    ("query", "at", "words"),
    [
        ("SELECT COUNT(?s) { ?s ?p ?o }", "COUNT", "COUNT( … ) in SELECT stands without brackets and a name"),
        ("SELECT (STR(?s)) { ?s ?p ?o }", "(STR", "An expression in SELECT needs a name"),
        ("SELECT * { BIND(STR(?s)) }", "BIND", "BIND gives its value no name"),
    ],
)
def test_an_expression_without_a_name_is_told(query: str, at: str, words: str) -> None:
    column, sentence = first(query)
    assert (column, words in sentence) == (query.index(at) + 1, True)


VARIABLE = st.sampled_from(["?a", "?b", "?c"])
EXPRESSION = st.sampled_from(
    [
        "1",
        "?a",
        "STR(?b)",
        "COUNT(?a)",
        "(SUM(?b) + ?c)",
        "COUNT(*)",
        "EXISTS { ?a ?b ?c }",
        "GROUP_CONCAT(?a; SEPARATOR=')')",
    ]
)
NAMED = st.builds("({} AS {})".format, EXPRESSION, VARIABLE)
PART = st.recursive(
    st.one_of(
        st.builds("{} <p:p> {} .".format, VARIABLE, VARIABLE),
        st.builds("BIND{}".format, NAMED),
        st.builds("FILTER({} > 1)".format, EXPRESSION),
        st.builds("VALUES {} {{ 1 UNDEF }}".format, VARIABLE),
        st.builds("VALUES ({} {}) {{ (1 'x'@en) ({}) }}".format, VARIABLE, VARIABLE, st.sampled_from(["-1 UNDEF", "1"])),
    ),
    lambda part: st.one_of(
        st.builds("{} {{ {} {} }}".format, st.sampled_from(["", "OPTIONAL", "MINUS", "GRAPH ?b", "FILTER EXISTS"]), part, part),
        st.builds("{{ {} }} UNION {{ {} }}".format, part, part),
        st.builds(
            "{{ SELECT {} {{ {} }} {} }}".format, st.lists(VARIABLE | NAMED, min_size=1, max_size=3, unique=True).map(" ".join) | st.just("*"),
            part, st.sampled_from(["", "GROUP BY ?a", "ORDER BY COUNT(?a)", "LIMIT 1"]),
        ),
    ),
    max_leaves=6,
)  # fmt: skip
QUERY = st.builds(
    "SELECT {} {{ {} {} }} {}".format,
    st.lists(VARIABLE | NAMED, min_size=1, max_size=3, unique=True).map(" ".join) | st.just("*"),
    PART,
    PART,
    st.sampled_from(
        ["", "GROUP BY ?a", "GROUP BY (STR(?a) AS ?c) ?b", "GROUP BY ?a HAVING (COUNT(?b) > 1)", "ORDER BY COUNT(?a) ?b",
         "GROUP BY COUNT(?a)", "LIMIT 1 VALUES (?a ?b) { (1 2) }", "GROUP BY ?a VALUES ?c { 1 }"]
    ),
)  # fmt: skip


@pytest.mark.slow
@given(QUERY)
@settings(max_examples=example_count(1500), deadline=None)
def test_nothing_is_told_of_a_query_that_the_engine_takes(query: str) -> None:
    with contextlib.suppress(SyntaxError):
        ox.Store().query(query)
        told = misuses(sparql_tokens(query))
        # The engine takes some aggregates in FILTER, BIND and other aggregates, which note 10 of the grammar does not allow.
        assert not told or any(str(misuse.sentence).startswith("The aggregate") for misuse in told)


@given(QUERY)
@settings(max_examples=example_count(300), deadline=None)
def test_the_cause_of_every_such_refusal_is_known(query: str) -> None:
    try:
        ox.Store().query(query)
    except SyntaxError:
        assert misuses(sparql_tokens(query))


def test_nothing_is_told_of_the_example_questions() -> None:
    for example in examples():
        assert misuses(sparql_tokens(example.query)) == ()


@given(st.text(alphabet="SELCT*?sp{}()ASBIND VALUES,;1 ", max_size=80))
@settings(max_examples=example_count(500), deadline=None)
def test_no_text_is_beyond_reading(text: str) -> None:
    misuses(sparql_tokens(text))


@pytest.mark.parametrize("opening", ["{", "{ SELECT * {", "{ FILTER EXISTS {", "{ FILTER(EXISTS {", "OPTIONAL {", "("])
def test_deep_nesting_is_read(opening: str) -> None:
    count = 256 // sum(map(opening.count, "{("))
    misuses(sparql_tokens("SELECT * {" + opening * count))
    misuses(sparql_tokens("SELECT * { BIND(" + opening * count))
