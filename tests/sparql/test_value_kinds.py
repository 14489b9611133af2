from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.sparql.rewrite.order_by import with_keys
from coopgraph.sparql.rewrite.pipeline import FUNCTIONS, adapted
from coopgraph.sparql.value_order import key
from coopgraph.store.oxigraph.engine import value_kinds
from tests.sparql.rewrite.test_order_by import NUMBERS, TERMS, TEXTS, assert_in_order, typed

P, Q = ox.NamedNode("http://e/p"), ox.NamedNode("http://e/q")
PREFIXES = "PREFIX ex: <http://e/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "

IRIS = st.sampled_from(("http://e/a", "http://e/b", "urn:5")).map(ox.NamedNode)
EXACT = NUMBERS.filter(lambda term: term.datatype in (XSD.integer, XSD.decimal))
DAYS = st.one_of(
    st.dates().map(lambda day: typed(day.isoformat(), "date")),
    st.dates().map(lambda day: typed(day.isoformat()[:7], "gYearMonth")),
    st.dates().map(lambda day: typed(day.isoformat()[:4], "gYear")),
)
UNIFORM = st.sampled_from((
    st.one_of(TEXTS, IRIS),
    EXACT,
    DAYS,
    st.booleans().map(lambda value: typed(str(value).lower(), "boolean")),
    st.sampled_from(("http://e/b", "http://e/a", "")).map(lambda text: typed(text, "anyURI")),
)).flatmap(lambda terms: st.lists(terms, max_size=12))  # fmt: skip
ANY = st.lists(TERMS.filter(lambda term: term is not None), max_size=12)


def stored(p: list[Any], q: list[Any]) -> ox.Store:
    """A store in which values of one kind are those of ``ex:p``, and others those of ``ex:q``, of the same things."""
    store = ox.Store()
    for predicate, values in ((P, p), (Q, q)):
        store.extend(ox.Quad(ox.NamedNode(f"http://e/{n}"), predicate, term) for n, term in enumerate(values))
    return store


def asked(store: ox.Store, query: str, *, knows_kinds: bool = True) -> list[tuple[Any, ...]]:
    text = adapted(PREFIXES + query, {}, value_kinds(store) if knows_kinds else {})
    return [tuple(row) for row in store.query(text, custom_functions=FUNCTIONS)]


def by_value(term: Any) -> Any:
    """What stands for a term where those of equal value, such as 1 and 1.0, are one."""
    made = None if term is None else key(term)
    return made.value.split("\0")[0] if isinstance(made, ox.Literal) and "\0" in made.value else made


PATTERNS = (
    "?s ex:p ?x", "?s ex:q ?y ; ex:p ?x . FILTER(BOUND(?x))", "?s ex:q ?y OPTIONAL { ?s ex:p ?x FILTER(?x > 0) }",
    "{ ?s ex:p ?x } UNION { ?s ex:q ?x }", "{ ?s ex:p ?x } UNION { BIND(5 AS ?x) }", "?s ex:q ?x",
    "?s ex:p|ex:q ?x", "?s ?any ?x", "?x ex:p ?y", "?s ex:p ?x VALUES ?x { 1 2.5 'a' 'b' UNDEF }",
    "{ SELECT (STR(?y) AS ?x) { ?s ex:q ?y } } OPTIONAL { ?s ex:p ?x }", "?s ^ex:p/ex:p ?x", "?s ex:p+ ?x",
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(UNIFORM, ANY, st.sampled_from(PATTERNS), st.sampled_from(("?x", "DESC(?x)", "?x ?y", "?s ?x")))
def test_an_order_is_the_same_whether_or_not_the_kinds_of_values_are_known(
    p: list[Any], q: list[Any], pattern: str, order: str
) -> None:
    store = stored(p, q)
    query = f"SELECT ?x ?s ?y {{ {pattern} }} ORDER BY {order}"
    came = asked(store, query)
    known, unknown = (
        [tuple(map(by_value, row)) for row in rows] for rows in (came, asked(store, query, knows_kinds=False))
    )
    assert sorted(known, key=str) == sorted(unknown, key=str)
    first = {"?s ?x": 1}.get(order, 0)
    assert [row[first] for row in known] == [row[first] for row in unknown]
    if order == "?x":
        assert_in_order([row[0] for row in came])


@settings(deadline=None, max_examples=40)
@given(UNIFORM, ANY, st.sampled_from(PATTERNS))
def test_the_least_and_the_greatest_are_too(p: list[Any], q: list[Any], pattern: str) -> None:
    store = stored(p, q)
    query = f"SELECT ?s (MIN(?x) AS ?a) (MAX(?x) AS ?b) {{ {pattern} }} GROUP BY ?s ORDER BY DESC(?b) ?a ?s"
    known, unknown = (
        [tuple(map(by_value, row)) for row in asked(store, query, knows_kinds=yes)] for yes in (True, False)
    )
    assert sorted(known, key=str) == sorted(unknown, key=str)
    assert [row[2] for row in known] == [row[2] for row in unknown]


KINDS = {"http://e/p": "number", "http://e/t": "term", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": "term"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ex:p ?x } ORDER BY DESC(?x) LIMIT 5",
        "SELECT ?s { [] a ex:C ; <http://e/p> $x . FILTER(?x > 5) } ORDER BY ?x",
        "SELECT ?s { ?s ex:q/ex:p ?x OPTIONAL { ?s ex:t ?y } } ORDER BY ?y ?x",
        "SELECT ?s { ?s ex:t ?x . ?x ex:q ?y } ORDER BY ?x",
        "SELECT (?x AS ?z) { ?s ex:p ?x } ORDER BY DESC(?z)",
        "SELECT ?s (MAX(?x) AS ?m) (MIN(DISTINCT ?x) AS ?l) { ?s ex:p ?x } GROUP BY ?s ORDER BY ?m SUM(?x)",
        "SELECT ?s { ?s ex:t ?y { SELECT ?s (MAX(?x) AS ?m) { ?s ex:p ?x } GROUP BY ?s } } ORDER BY ?y",
        "SELECT ?x { { ?s ex:p ?x } UNION { ?x0 ex:p ?x } MINUS { ?s ex:q ?x } } ORDER BY ?x",
    ],
)
def test_what_a_store_has_of_one_kind_alone_keeps_the_engine_s_order(query: str) -> None:
    assert with_keys(PREFIXES + query, {}, KINDS) == PREFIXES + query


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ex:q ?x } ORDER BY ?x",
        "SELECT ?s { ?s ex:p|ex:q ?x } ORDER BY ?x",
        "SELECT ?s { ?s ^ex:p ?x } ORDER BY ?x",
        "SELECT ?s { ?s ex:q|ex:t/ex:p ?x } ORDER BY ?x",
        "SELECT ?s { ?s !ex:p ?x } ORDER BY ?x",
        "SELECT ?s { ex:p ?x ?o } ORDER BY ?x",
        "SELECT ?s { ?s ex:p ?x . ?s ex:t ?x } ORDER BY ?x",
        "SELECT ?s { ?s ex:p ?y BIND(?y / 2 AS ?x) } ORDER BY ?x",
        "SELECT ?x { ?s ex:p ?y } GROUP BY (STR(?y) AS ?x) ORDER BY ?x",
        "SELECT ?s { ?s ex:t ?y OPTIONAL { ?s ex:p ?x } } ORDER BY ?x VALUES ?x { 'a' }",
        "SELECT ?s { ?s ex:t ?y OPTIONAL { ?s ex:p ?x } VALUES (?y ?x) { (1 'a') } } ORDER BY ?x",
        "SELECT ?s FROM ex:g { ?s ex:p ?x } ORDER BY ?x",
        "SELECT ?s { GRAPH ?g { ?s ex:p ?x } } ORDER BY ?x",
        "SELECT ?s { ?s ex:t << ?a ex:p ?x >> } ORDER BY ?x",
        "PREFIX ex: <> SELECT ?s { ?s ex:http://e/p ?x } ORDER BY ?x",
        "CONSTRUCT { ?s ex:p ?x } WHERE { ?s ex:p ?x } ORDER BY ?x",
        "SELECT ?s { { SELECT ?s ?x { ?s ex:q ?x } } OPTIONAL { ?s ex:p ?x } } ORDER BY ?x",
        "SELECT ?s { ?s ex:list ( ?x ) } ORDER BY ?x",
    ],
)
def test_what_may_have_other_values_is_compared_by_keys(query: str) -> None:
    assert with_keys(PREFIXES + query, {}, KINDS) != PREFIXES + query


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        (["1", "2.5"], "number"),
        (["1", "1e0"], None),
        (["1", "'1'"], None),
        (["99999999999999999999999999999999999999999999"], None),
        (["'x'^^xsd:integer"], None),
        (["'1'^^xsd:double"], None),
        (["'2020'^^xsd:gYear", "'2020-02-01'^^xsd:date"], "day"),
        (["'2020Z'^^xsd:gYear"], None),
        (["'-2020'^^xsd:gYear"], None),
        (["<http://e/a>", "'a'", "'a'@en", "[]"], "term"),
        (["true", "false"], "truth value"),
        (["'yes'^^xsd:boolean"], None),
        (["'1'^^<http://e/unknown>"], None),
    ],
)  # fmt: skip
def test_a_predicate_has_a_kind_where_the_engine_compares_all_its_values_as_it_must(
    terms: list[str], kind: str | None
) -> None:
    store = ox.Store()
    turtle = f"PREFIX xsd: <{XSD}> <http://e/s> <http://e/p> {' , '.join(terms)} ."
    store.load(turtle.encode(), ox.RdfFormat.TURTLE)
    assert value_kinds(store).get("http://e/p") == kind
