from __future__ import annotations

import math
import struct
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.sparql.rewrite.order_by import with_keys
from tests.sparql.asked import rows, values


def typed(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD.term(name))


ZONES = st.sampled_from(("", "Z", "+09:00", "-05:30"))
NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18).map(lambda value: typed(str(value), "integer")),
    st.integers(-20, 20).map(lambda value: typed(str(value), "integer")),
    st.decimals(-1000, 1000, places=3, allow_nan=False).map(lambda value: typed(f"{value:f}", "decimal")),
    st.floats().map(
        lambda value: typed({math.inf: "INF", -math.inf: "-INF"}.get(value, str(value).replace("nan", "NaN")), "double")
    ),
    st.sampled_from(("0", "-0", "9007199254740993", "1e16", "0.1")).map(lambda text: typed(text, "double")),
    st.sampled_from(("0.1", "1.5", "-2", "NaN", "INF")).map(lambda text: typed(text, "float")),
)
TIMES = st.one_of(
    st.builds(
        lambda moment, zone: typed(f"{moment:%Y-%m-%dT%H:%M:%S}{zone}", "dateTime"),
        st.datetimes(datetime(1990, 1, 1), datetime(1990, 1, 4)),
        ZONES,
    ),
    st.builds(
        lambda day, zone: typed(f"{day}{zone}", "date"),
        st.dates(datetime(1989, 12, 30).date(), datetime(1990, 1, 4).date()),
        ZONES,
    ),
    st.integers(1985, 1995).map(lambda year: typed(str(year), "gYear")),
    st.integers(1, 12).map(lambda month: typed(f"1990-{month:02d}", "gYearMonth")),
    st.sampled_from(("P1D", "PT36H", "P1M", "P1Y", "-P1D", "P0D")).map(lambda text: typed(text, "duration")),
)
TEXTS = st.one_of(
    st.text("ab5가 ", max_size=3).map(ox.Literal),
    st.builds(
        lambda text, tag: ox.Literal(text, language=tag), st.text("ab5가 ", max_size=3), st.sampled_from(("en", "ko"))
    ),
)
OTHERS = st.one_of(
    st.booleans().map(lambda value: typed(str(value).lower(), "boolean")),
    st.sampled_from(("5", "a", "10")).map(lambda text: ox.Literal(text, datatype=ox.NamedNode("http://e/unknown"))),
    st.sampled_from((typed("abc", "integer"), typed("2020-02-31", "date"), typed("P", "duration"))),
    st.sampled_from(("http://e/a", "http://e/b", "urn:5")).map(ox.NamedNode),
    st.none(),
)
TERMS = st.one_of(NUMBERS, TIMES, TEXTS, OTHERS)


def rank(term: Any) -> int:
    """SPARQL 1.1, section 15.1: nothing, blank nodes, IRIs, literals."""
    kinds = (type(None), ox.BlankNode, ox.NamedNode, ox.Literal)
    return kinds.index(type(term))


def value(term: Any) -> tuple[str, Any] | None:
    """What ``<`` compares of a literal, and the kind within which it does; None where it compares nothing."""
    name = term.datatype.value.removeprefix(XSD)
    text = term.value
    try:
        if name in ("integer", "decimal"):
            return "number", Fraction(text)
        if name in ("double", "float"):
            number = float(text) if name == "double" else struct.unpack("f", struct.pack("f", float(text)))[0]
            return None if math.isnan(number) else ("number", number if math.isinf(number) else Fraction(number))
        if name == "boolean":
            return "boolean", text == "true"
        if name == "dateTime":
            moment = datetime.fromisoformat(text)
            return "dateTime", moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if name == "string":
            return "string", text
    except ValueError:
        pass
    return None


def comes_before(one: Any, other: Any) -> bool:
    """Whether the specification puts ``one`` before ``other``."""
    if rank(one) != rank(other) or one is None:
        return rank(one) < rank(other)
    if not isinstance(one, ox.Literal):
        return bool(one.value < other.value)
    left, right = value(one), value(other)
    return left is not None and right is not None and left[0] == right[0] and left[1] < right[1]


def assert_in_order(terms: list[Any]) -> None:
    for position, later in enumerate(terms):
        assert not [earlier for earlier in terms[:position] if comes_before(later, earlier)]


def written(terms: list[Any]) -> list[str]:
    return sorted(map(str, terms))


@settings(deadline=None, max_examples=40)
@given(st.lists(TERMS, max_size=25))
def test_any_mixture_comes_in_the_order_of_the_specification(terms: list[Any]) -> None:
    came = [row[0] for row in rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY ?x")]
    assert_in_order(came)
    # The engine's own numbers: 1.50 is 1.5 there.
    assert written(came) == written([row[0] for row in rows(f"SELECT ?x {{ {values(terms)} }}")])


@settings(deadline=None, max_examples=40)
@given(st.lists(TERMS, max_size=25))
def test_the_order_is_one_order_whichever_way_the_values_come(terms: list[Any]) -> None:
    once = rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY ?x")
    assert rows(f"SELECT ?x {{ {values(terms[::-1])} }} ORDER BY ?x") == once
    assert rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY DESC(?x)") == once[::-1]
    assert rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY ASC(IF(true, ?x, 1))") == once


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(TERMS, TERMS), max_size=30), st.integers(1, 7), st.sampled_from(("?x ?y", "DESC(?x) ?y", "?y"))
)
def test_pages_are_slices_of_the_whole(pairs: list[tuple[Any, Any]], size: int, order: str) -> None:
    table = " ".join(f"({' '.join('UNDEF' if term is None else str(term) for term in pair)})" for pair in pairs)
    query = f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {table} }} }} ORDER BY {order}"
    pages = [rows(f"{query} LIMIT {size} OFFSET {start}") for start in range(0, len(pairs), size)]
    assert [row for page in pages for row in page] == rows(query)


@settings(deadline=None, max_examples=40)
@given(st.lists(TERMS.filter(lambda term: term is not None), min_size=1, max_size=20))
def test_the_least_and_the_greatest_are_the_first_and_the_last(terms: list[Any]) -> None:
    ordered = [row[0] for row in rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY ?x")]
    for least, greatest in ("MIN(?x)", "MAX(?x)"), ("MIN(DISTINCT ?x)", "max(IF(true, ?x, 1))"):
        assert rows(f"SELECT ({least} AS ?a) ({greatest} AS ?b) {{ {values(terms)} }}") == [(ordered[0], ordered[-1])]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.integers(-50, 50), st.text("ab", max_size=2).map(ox.Literal)).filter(bool), max_size=20))
def test_an_order_within_a_subquery_picks_its_rows(terms: list[Any]) -> None:
    ordered = rows(f"SELECT ?x {{ {values(terms)} }} ORDER BY ?x LIMIT 3")
    inner = f"SELECT ?x {{ {{ SELECT ?x {{ {values(terms)} }} ORDER BY ?x LIMIT 3 }} }}"
    assert written([row[0] for row in rows(inner)]) == written([row[0] for row in ordered])
    grouped = f"SELECT ?x (COUNT(*) AS ?n) {{ {values(terms)} }} GROUP BY ?x ORDER BY DESC(COUNT(*)) ?x"
    assert_in_order([row[0] for row in rows(f"{grouped} LIMIT 5") if row[1].value == "1"])


def test_what_the_specification_leaves_open_has_a_place() -> None:
    terms = [
        None, ox.NamedNode("http://e/a"), ox.Literal("5x"), ox.Literal("a", language="en"), ox.Literal("a"),
        typed("-INF", "double"), typed("-2", "integer"), typed("9", "integer"), typed("10", "integer"),
        typed("INF", "double"), typed("NaN", "double"), typed("false", "boolean"), typed("true", "boolean"),
        typed("2019-12-31", "date"), typed("2020", "gYear"), typed("2020-01", "gYearMonth"),
        typed("2020-01-01", "date"), typed("2020-01-01T00:00:00", "dateTime"), typed("2020-02", "gYearMonth"),
        typed("PT5H", "duration"), typed("P1D", "duration"), ox.Literal("5", datatype=ox.NamedNode("http://e/d")),
    ]  # fmt: skip
    assert [row[0] for row in rows(f"SELECT ?x {{ {values(terms[::-1])} }} ORDER BY ?x")] == terms


def test_blank_nodes_come_before_iris_and_keep_their_names() -> None:
    query = "{ VALUES ?x { <http://e/a> 1 UNDEF } } UNION { BIND(BNODE() AS ?x) }"
    came = [row[0] for row in rows(f"SELECT ?x {{ {query} }} ORDER BY ?x")]
    assert [type(term) for term in came] == [type(None), ox.BlankNode, ox.NamedNode, ox.Literal]
    ((least,),) = rows(f"SELECT (MIN(?x) AS ?y) {{ {query} FILTER(BOUND(?x)) }}")
    assert isinstance(least, ox.BlankNode)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x ?y ?z } ORDER BY STR(?x) DESC(LCASE(STR(?z))) (COUNT(*)) NOT EXISTS { ?x ?y 1 }",
        "SELECT ?x (COUNT(*) AS ?n) ((?n) AS ?m) { ?x ?y ?z } GROUP BY ?x ORDER BY DESC(?n) ?m",
        'SELECT ?x { ?x ?y "ORDER BY ?x" } # ORDER BY ?x',
        "PREFIX order: <http://e/> SELECT ?order { ?order order:by ?x }",
        "SELECT (MIN(STRLEN(?x)) AS ?y) { ?x ?min ?max }",
    ],
)
def test_what_has_one_kind_of_values_stays_as_it_is(query: str) -> None:
    assert with_keys(query) == query


@pytest.mark.parametrize(
    "order",
    [
        "?x",
        "ASC(?x)",
        "asc ( (?x) )",
        "(?x)",
        "IF(true, ?x, 1)",
        "(IF(EXISTS { SELECT ?q { ?q ?r ?s } ORDER BY ?s }, 1, ?x)) ?x",
    ],
)
def test_every_way_to_write_a_key_is_one(order: str) -> None:
    came = [row[0].value for row in rows(f'SELECT ?x {{ VALUES ?x {{ 10 9 "5x" }} }} ORDER BY {order} LIMIT 3')]
    assert came == ["5x", "9", "10"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x ?y ?z } ORDER BY",
        "ORDER BY ?x (",
        "order",
        "SELECT (MIN( {",
        "MAX()",
        "SELECT ?x {} ORDER BY ?x ?",
    ],
)
def test_what_is_malformed_stays_malformed(query: str) -> None:
    with pytest.raises(SyntaxError):
        rows(query)
