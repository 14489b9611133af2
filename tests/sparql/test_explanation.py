from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.namespaces import RDF
from coopgraph.reading.pages.examples import examples
from coopgraph.sparql.explanation import Explanation, explain, explanation_json
from coopgraph.sparql.graph_patterns import all_patterns, graph_pattern
from coopgraph.sparql.graph_statistics import GraphStatistics, PropertyCount

EX = "https://example.org/"
PRESETS = {"ex": EX}
STATISTICS = GraphStatistics(
    triples=100_000,
    classes={EX + "Body": 300, EX + "Law": 40},
    properties={
        EX + "name": PropertyCount(50_000, 10_000),
        EX + "of": PropertyCount(2_000, 1_500),
        str(RDF.type.value): PropertyCount(9_000, 9_000),
    },
)


def explained(query: str, statistics: GraphStatistics = STATISTICS) -> Explanation:
    return explain(query, statistics, PRESETS)


def patterns(query: str) -> list[str]:
    return [step.pattern for step in explained(query).steps if step.pattern]


def test_patterns_go_from_few_rows_to_many_and_stay_joined() -> None:
    assert patterns("SELECT * { ?s ex:name ?n . ?s a ex:Law . ?n ex:of ?o }") == [
        "?s a ex:Law",
        "?s ex:name ?n",
        "?n ex:of ?o",
    ]


def test_a_class_has_as_many_rows_as_it_has_instances() -> None:
    (step,) = explained("SELECT * { ?s a ex:Body }").steps
    assert (str(step.sentence), step.rows) == ("First, all that fits:", 300)


def test_parts_without_a_common_variable_are_advised_against_and_joined_where_a_filter_says_how() -> None:
    (advice, *_) = explained("SELECT * { ?a a ex:Body . ?b ex:of ?c FILTER(?a = ?c) }").advice
    assert "share no variable" in str(advice.sentence)
    assert advice.rewrite == "SELECT * { ?a a ex:Body . ?b ex:of ?a  }"
    (advice, *_) = explained("SELECT * { ?a a ex:Body . ?b ex:of ?c }").advice
    assert not advice.rewrite
    assert not explained("SELECT * { ?a a ex:Body . ?b ex:of ?c . ?c ex:name ?a } LIMIT 5").advice


def test_many_rows_without_limit_are_advised_against_with_one() -> None:
    advice = explained("SELECT * { ?s ex:name ?n }").advice[-1]
    assert str(advice.sentence) == "About 50,000 rows are expected."
    assert advice.rewrite == "SELECT * { ?s ex:name ?n }\nLIMIT 1000\n"
    for form in ("SELECT * {} LIMIT 9", "SELECT (COUNT(*) AS ?m) {}", "ASK {}"):
        assert not explained(form.replace("{}", "{ ?s ex:name ?n }")).advice


def test_a_property_and_a_class_that_the_graph_has_not_are_said_with_the_nearest() -> None:
    advice = explained("SELECT * { ?s ex:names ?n ; a ex:Bodi } LIMIT 1").advice
    assert [str(item.hint) for item in advice] == ["Did you mean ex:name?", "Did you mean ex:Body?"]


def test_a_pattern_of_variables_fits_everything() -> None:
    assert "fits every triple" in str(explained("SELECT * { ?s ?p ?o } LIMIT 1").advice[0].sentence)


def test_groups_are_told_by_their_words_and_what_follows_by_its_clauses() -> None:
    query = """SELECT ?s (COUNT(*) AS ?n) { ?s a ex:Body OPTIONAL { ?s ex:of ?o } MINUS { ?s a ex:Law }
      { ?s ex:name ?x } UNION { ?s ex:name ?y } FILTER NOT EXISTS { ?o ex:of ?s } { SELECT ?s { ?s ex:of 1 } LIMIT 3 } }
      GROUP BY ?s ORDER BY ?n LIMIT 10"""
    said = " ".join(str(step.sentence) for step in explained(query).steps)
    for word in ("OPTIONAL", "MINUS", "UNION", "EXISTS", "subquery", "GROUP BY", "ORDER BY", "At most 10 rows"):
        assert word in said


def test_without_statistics_no_number_is_said() -> None:
    explanation = explained("SELECT * { ?s ex:names ?n . ?n ?p ?o }", GraphStatistics())
    assert explanation.rows is None
    assert {step.rows for step in explanation.steps} == {None}
    assert not explanation.advice


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(language: str) -> None:
    words = explanation_json(explained("SELECT * { ?a a ex:Body . ?b ex:of ?c }"), language)
    english = explanation_json(explained("SELECT * { ?a a ex:Body . ?b ex:of ?c }"), "en")
    assert (words == english) is (language == "en")


@pytest.mark.parametrize("item", examples(), ids=lambda item: item.name)
def test_every_pattern_of_an_example_is_a_step_once(item) -> None:  # type: ignore[no-untyped-def]
    group = graph_pattern(item.query)
    assert group is not None
    found = list(all_patterns(group))
    steps = [step for step in explained(item.query).steps if step.pattern]
    assert len(steps) == len(found) > 0
    assert not [advice for advice in explained(item.query).advice if "share no variable" in str(advice.sentence)]


TERMS = st.sampled_from(["?a", "?b", "?c", "?d", "ex:x", "<urn:y>", '"t"@ko', "7", "true"])
VERBS = st.sampled_from(
    ["a", "ex:name", "ex:of", "?p", "ex:of/ex:name", "^ex:of", "ex:of*", "(ex:of|ex:name)", "!ex:of"]
)
TRIPLES = st.lists(st.tuples(st.sampled_from(["?a", "?b", "?c", "?d", "ex:x"]), VERBS, TERMS), min_size=1, max_size=5)


@settings(max_examples=50)
@given(TRIPLES)
def test_every_triple_pattern_is_read_and_rewrites_are_well_formed(triples: list[tuple[str, str, str]]) -> None:
    query = "SELECT * { " + " . ".join(" ".join(triple) for triple in triples) + " }"
    group = graph_pattern(query)
    assert group is not None
    assert len(list(all_patterns(group))) == len(triples)
    for advice in explained(query).advice:
        if advice.rewrite:
            ox.Store().query(advice.rewrite, prefixes=PRESETS)


@settings(max_examples=50)
@given(TRIPLES)
def test_the_advice_on_parts_is_given_where_and_only_where_variables_fall_apart(
    triples: list[tuple[str, str, str]],
) -> None:
    query = "SELECT * { " + " . ".join(" ".join(triple) for triple in triples) + " }"
    sets = [{term for term in triple if term.startswith("?")} for triple in triples]
    sets = [names for names in sets if names]
    whole = set(sets[0]) if sets else set()
    for _ in sets:
        for names in sets:
            whole |= names if names & whole else set()
    apart = any(not names <= whole for names in sets)
    assert any("share no variable" in str(item.sentence) for item in explained(query).advice) is apart


PIECES = ["SELECT", "*", "{", "}", "?a", "ex:of", "a", ".", ";", ",", "[", "]", "(", ")", "FILTER", "OPTIONAL", "UNION"]
PIECES += [
    "VALUES",
    "BIND",
    "AS",
    "GRAPH",
    "SERVICE",
    "EXISTS",
    "NOT",
    "LIMIT",
    "1",
    '"t"',
    "^",
    "/",
    "|",
    "+",
    "GROUP",
    "BY",
]


@settings(max_examples=50)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_text_makes_it_fail(pieces: list[str]) -> None:
    explained(" ".join(pieces))
    explained("SELECT * { " + " ".join(pieces) + " }")


def test_depth_is_bounded() -> None:
    explained("SELECT * " + "{ ?s ?p ?o " * 250 + "}" * 250)
