from __future__ import annotations

import contextlib
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import (
    CoopgraphError,
    FederationRefused,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooLong,
)
from coopgraph.model.iris import BASE
from coopgraph.sparql.diagnosis import diagnose
from coopgraph.sparql.guard import NESTING, inspect
from coopgraph.sparql.query import SparqlQuery
from tests.conftest import example_count

LENGTH = 10_000

blanks = st.sampled_from([" ", "\n", "\t", " # a SERVICE <http://x> {\n", "\r", "  "])
keyword = st.lists(st.booleans(), min_size=7, max_size=7).map(
    lambda cases: "".join(c.upper() if up else c for c, up in zip("service", cases, strict=True))
)
target = st.sampled_from(["<http://127.0.0.1/>", "ex:a", ":a", "?endpoint"])
NEIGHBOURS = """
?s ?p ?o | ?s ?p ?o . | ?s ?p 1. | ?s ?p 1.5e3 | ?s ?p "a"@en. | ?s ?p <http://e/x> | FILTER(?a<?b) | { ?s ?p 'x' } |
?s ?p true | BIND(1 AS ?y) | ?s ?p '''SERVICE''' . | ?s ?p _:b . |
"""
before = st.sampled_from([part.strip() for part in NEIGHBOURS.split(" |")])
silent = st.sampled_from(["", "SILENT", "silent"])


@given(before=before, keyword=keyword, silent=silent, target=target, blanks=st.tuples(blanks, blanks, blanks))
@settings(max_examples=example_count(400))
def test_no_way_of_writing_service_gets_through(
    before: str, keyword: str, silent: str, target: str, blanks: tuple[str, str, str]
) -> None:
    query = f"PREFIX ex: <http://e/> PREFIX : <http://e/> SELECT * {{ {before}{blanks[0]}{keyword}{blanks[1]}"
    query += f"{silent}{blanks[2]}{target}{{ ?s ?p ?o }} }}"
    with pytest.raises(FederationRefused):
        inspect(query, length=LENGTH)


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICEex:a{ ?s ?p ?o }",
        "SERVICE:a{ ?s ?p ?o }",
        "SERVICESILENT<http://e/>{ ?s ?p ?o }",
        "SERVICESILENTex:a { ?s ?p ?o }",
        "?s ?p trueSERVICE<http://e/>{ ?s ?p ?o }",
        "?s ?p 1SERVICEex:a{}",
        "SERVICE?x{}",
        "?s ?p ?o.SERVICE<http://e/>{}",
    ],
)
def test_a_keyword_that_touches_its_neighbours_is_seen_as_the_engine_sees_it(pattern: str) -> None:
    with pytest.raises(FederationRefused):
        inspect("PREFIX ex: <http://e/> PREFIX : <http://e/> SELECT * { " + pattern + " }", length=LENGTH)


HARMLESS = """
"SERVICE <http://x> {}" | 'SERVICE' | '''a 'SERVICE' b''' | "\\"SERVICE" | <http://e/SERVICE> | ex:SERVICE | ?SERVICE |
$service | _:SERVICE | service:x | "x"@en | ex:a\\-SERVICE | 1.5
"""
harmless = st.sampled_from([part.strip() for part in HARMLESS.split(" |")])


@given(st.lists(st.tuples(harmless, blanks), min_size=1, max_size=12))
@settings(max_examples=example_count(400))
def test_service_in_texts_addresses_names_variables_and_comments_is_no_federation(parts: list[tuple[str, str]]) -> None:
    body = "".join(word + blank + " " for word, blank in parts)
    inspect("PREFIX ex: <http://e/> SELECT * { ?s ?p ?o } # SERVICE\nVALUES " + body, length=LENGTH)


def test_a_graph_whose_prefix_is_called_service_is_no_federation() -> None:
    query = "PREFIX service: <http://e/> SELECT * FROM service:g { GRAPH service:x { ?s a service:Y } }"
    assert inspect(query, length=LENGTH).default_graphs == ("http://e/g",)


@pytest.mark.parametrize(
    "update", ["INSERT DATA {}", "PREFIX e: <x>\n delete where {}", "LOAD <http://x>", "CLEAR ALL"]
)
def test_an_update_is_refused_and_told_where_changes_are_made(update: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        inspect(update, length=LENGTH)
    assert "entity files" in str(refused.value.hint)


def test_the_dataset_clauses_are_resolved_as_the_standard_says() -> None:
    query = """BASE <http://b/dir/> PREFIX ex: <http://e/#>
    SELECT * # FROM <http://no/>
    FROM <one> FROM ex:two FROM NAMED <../three> FROM NAMED ex:four WHERE { ?s ?p "FROM <http://no/>" }"""
    found = inspect(query, length=LENGTH)
    assert found.default_graphs == ("http://b/dir/one", "http://e/#two")
    assert found.named_graphs == ("http://b/three", "http://e/#four")


def test_a_dataset_clause_without_base_is_relative_to_the_graphs_own_base() -> None:
    assert inspect("ASK FROM <graph/records> {}", length=LENGTH).default_graphs == (BASE + "graph/records",)


def test_an_undeclared_prefix_after_from_is_told_with_its_place() -> None:
    with pytest.raises(QuerySyntax) as error:
        inspect("ASK\nFROM no:graph {}", length=LENGTH)
    assert (error.value.line, error.value.column) == (2, 6)


def test_the_nesting_limit_is_exact() -> None:
    inspect("ASK " + "{" * NESTING + "}" * NESTING, length=LENGTH)
    with pytest.raises(QueryRefused, match="line 1, column 261"):
        inspect("ASK " + "{" * (NESTING + 1) + "}" * (NESTING + 1), length=LENGTH)


def test_the_length_limit_counts_bytes() -> None:
    inspect("#" + "가" * 3333, length=LENGTH)
    with pytest.raises(QueryTooLong):
        inspect("#" + "가" * 3334, length=LENGTH)


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(QuerySyntax) as error:
        inspect('ASK {\n "\ud800" }', length=LENGTH)
    assert (error.value.line, error.value.column) == (2, 3)


@pytest.mark.parametrize(
    ("query", "repeatable"),
    [
        ("SELECT * { ?s ?p ?o }", True),
        ('SELECT * { ?s ?p "NOW" }', True),
        ("SELECT (NOW() AS ?n) {}", False),
        ("SELECT (uuid() AS ?n) {}", False),
        ("CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o }", False),
        ("SELECT * { ?s ?p [] }", True),
    ],
)
def test_only_a_query_that_always_gives_the_same_is_repeatable(query: str, repeatable: bool) -> None:
    assert inspect(query, length=LENGTH).repeatable is repeatable


@given(st.text(max_size=200))
@settings(max_examples=example_count(300))
def test_any_text_is_inspected_or_refused(text: str) -> None:
    with contextlib.suppress(QueryRefused, QuerySyntax):
        assert inspect(text, length=LENGTH).repeatable in (True, False)


PRESETS = {"ex": "http://e/", "skos": "http://s/", "c": "http://c/"}


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("ASK { ?s ?p ?o }", ""),
        ("ASK { ?s ex:p ?o }", "ex"),
        ("ASK { ?s ex:p 가:나 ; skos: ?o }", "ex skos"),
        ("PREFIX ex: <http://mine/> ASK { ?s ex:p ?o }", ""),
        ("PREFIX ex: <http://mine/> ASK { ?s ex:p ?o ; skos:p ?c }", "skos"),
        ("# PREFIX ex: <http://mine/>\nASK { ?s ex:p ?o }", "ex"),
        ("# of mine\nBASE <http://b/#>\nprefix ex:<http://mine/#>\nASK { ?s ex:p ?o }", ""),
        ("ASK { ?s ?p 'PREFIX ex: <http://mine/>', ex:a }", "ex"),
        ("ASK { <ex:a> ?p 'skos:a' # c:a\n }", ""),
        ("ASK { _:ex ?p ?o }", ""),
        ("ASK { ?s nobodys:p ?o }", ""),
        ("CONSTRUCT { ?s ex:p ?o } WHERE { ?s skos:p ?o }", "ex skos"),
    ],
)
def test_the_presets_that_a_query_needs_are_those_that_it_uses_and_does_not_declare(query: str, needed: str) -> None:
    inspected = inspect(query, length=LENGTH, presets=PRESETS)
    assert inspected.prefixes == tuple((prefix, PRESETS[prefix]) for prefix in needed.split())
    assert inspected.placed(SparqlQuery(query)).prefixes == inspected.prefixes


def test_a_preset_after_a_dot_is_seen() -> None:
    query = "SELECT * { ?s ?p ?o.ex:a ?q ?r }"
    assert [prefix for prefix, _ in inspect(query, length=LENGTH, presets=PRESETS).prefixes] == ["ex"]


@pytest.mark.slow
@pytest.mark.parametrize("word", ["a", "a-", "a_", "a.", "a:b"])
def test_a_long_word_is_looked_at_once(word: str) -> None:
    """In processor time; a look from each letter on would take minutes."""
    query = f"ASK {{ ?s ?p {word * 1_000_000} }}"
    start = time.process_time()
    with contextlib.suppress(CoopgraphError):
        inspect(query, length=len(query), presets=PRESETS)
    assert time.process_time() - start < 20


def test_a_preset_prefix_names_graphs_as_well() -> None:
    inspected = inspect("SELECT * FROM ex:g FROM NAMED <b> { ?s ?p ?o }", length=LENGTH, presets=PRESETS)
    assert (inspected.default_graphs, inspected.named_graphs) == (("http://e/g",), (BASE + "b",))


LONG = 1_000_000
FLOODS = {
    "open texts": '"\\' * (LONG // 2),
    "texts within texts": "'" * LONG,
    "backslashes": "\\" * LONG,
    "strange characters": "\u201c" * (LONG // 3),
    "full stops after a strange character": "\u00e9 \u00d7" + ". " * (LONG // 2 - 5),
    "full stops": ". " * (LONG // 2),
    "letters": "a" * LONG,
    "letters and dots": "a.-" * (LONG // 3),
    "signs": "<" * LONG,
    "declarations": "PREFIX " * (LONG // 7),
}


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_a_long_malformed_query_costs_less_than_two_seconds_of_processor_time(flood: str) -> None:
    query = FLOODS[flood]
    start = time.process_time()
    with contextlib.suppress(QueryRefused, QuerySyntax):
        inspect(query, length=2 * LONG, presets={"ex": "http://e/"})
    diagnose(query, "error at 1:5: expected anything")
    assert time.process_time() - start < 2


def test_reading_ends_at_the_first_token_that_can_stand_nowhere() -> None:
    with pytest.raises(QuerySyntax, match="not closed on its line") as refused:
        inspect('ASK {\n ?s ?p "open }' + " . " * 100_000 + "NOW", length=LONG)
    assert (refused.value.line, refused.value.column) == (2, 8)
    with pytest.raises(QuerySyntax, match=r"Reading stopped at “\\”"):
        inspect("ASK { ?s ?p \\u003F }", length=LONG)


def test_reading_takes_no_more_processor_time_than_the_query_has() -> None:
    start = time.process_time()
    with pytest.raises(QueryTimeout):
        inspect("SELECT (NOW() AS ?now) {} VALUES ?x {" + " 1" * (LONG // 4), length=LONG, seconds=0.05)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("SELECT ?s { ?s ?p ?o FILTER(COUNT(?o) > 1) } GROUP BY ?s", 29),
        ("SELECT ?s ?n { ?s ?p ?o BIND(sum (?o) AS ?n) } GROUP BY ?s ?n", 30),
        ("SELECT ?s { ?s ?p ?o FILTER(EXISTS { ?s ?q ?r } && MAX(?o) > 1) } GROUP BY ?s", 52),
        ("SELECT (SUM(COUNT(?s)) AS ?n) { ?s ?p ?o }", 13),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (1 < max((1) + avg(?o)))", 58),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY SUM(?o) AVG(MIN(?o) + 1)", 80),
    ],
)
def test_an_aggregate_where_the_engine_would_give_nothing_is_refused(query: str, column: int) -> None:
    with pytest.raises(QuerySyntax, match="cannot stand in") as error:
        inspect(query, length=LENGTH)
    assert (error.value.line, error.value.column) == (1, column)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o FILTER(?o > 1) } GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY SUM(?o)",
        "SELECT (COUNT(?s) + (SUM(?o) / AVG(?o)) AS ?n) { ?s ?p ?o } HAVING (MAX(?o) > MIN(?o))",
        "SELECT (SUM(?n) AS ?all) { { SELECT (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s } }",
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { { SELECT (COUNT(?x) AS ?n) { ?x ?y ?z } } FILTER(?n > 1) } }",
        "SELECT ?count { ?s <http://e/COUNT(> ?count FILTER(?count != 'SUM(1)') BIND(ex:max(?count) AS ?m) }",
    ],
)
def test_an_aggregate_in_its_place_is_none_of_the_guards_matters(query: str) -> None:
    inspect("PREFIX ex: <http://e/> " + query, length=LENGTH)


GRAPHS = ("http://g/a", "http://g/b", "http://g/absent")


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(GRAPHS)), min_size=1, max_size=4),
    st.sampled_from(("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }", "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }")),
)
@settings(max_examples=example_count(100))
def test_the_dataset_that_is_told_is_that_of_the_query_as_it_was_written(
    clauses: list[tuple[bool, str]], pattern: str
) -> None:
    store = ox.Store()
    for number, graph in enumerate(GRAPHS[:2]):
        store.add(ox.Quad(ox.NamedNode("http://s"), ox.NamedNode("http://p"), ox.Literal(number), ox.NamedNode(graph)))
    dataset = " ".join(f"FROM {'NAMED ' if named else ''}<{graph}>" for named, graph in clauses)
    query = f"SELECT * {dataset} WHERE {{ {pattern} }}"
    told = inspect(query, length=LENGTH).placed(SparqlQuery(query))
    without = f"SELECT * WHERE {{ {pattern} }}"
    found = store.query(
        without,
        default_graph=[ox.NamedNode(graph) for graph in told.default_graphs or ()],
        named_graphs=[ox.NamedNode(graph) for graph in told.named_graphs or ()],
    )
    assert sorted(map(str, found)) == sorted(map(str, store.query(query)))
