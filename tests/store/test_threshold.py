from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.iris import BASE
from coopgraph.rdf import formats
from coopgraph.store.oxigraph import threshold
from coopgraph.store.oxigraph.engine import Engine, Unsupported
from coopgraph.store.oxigraph.sorted_page import recognize
from coopgraph.store.oxigraph.task import to_answer
from coopgraph.store.protocol import Choice, Question

EX = "http://e/"
XSD = "http://www.w3.org/2001/XMLSchema#"
WHOLE = 10**6

Row = tuple[Any, ...]


def typed(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


def iri(name: object) -> ox.NamedNode:
    return ox.NamedNode(f"{EX}{name}")


INTEGERS = st.integers(-3, 3).map(lambda number: typed(str(number), "integer"))
DECIMALS = st.sampled_from(("-1.0", "0.5", "1", "1.0", "2.50")).map(lambda text: typed(text, "decimal"))
DOUBLES = st.sampled_from(("NaN", "INF", "-INF", "1", "0.5", "-0.0")).map(lambda text: typed(text, "double"))
TEXTS = st.sampled_from(("", "a", "b", "1", "é", "一")).map(ox.Literal)
TAGGED = st.builds(
    lambda text, tag: ox.Literal(text, language=tag), st.sampled_from("ab"), st.sampled_from(("en", "ko"))
)
ONE_TAG = st.sampled_from("abcd").map(lambda text: ox.Literal(text, language="zh-Hans"))
YEARS = st.sampled_from(("1999", "2001", "2024")).map(lambda text: typed(text, "gYear"))
DATES = st.sampled_from(("2024-01-01", "2024-01-02", "2023-12-31")).map(lambda text: typed(text, "date"))
ZONED = st.sampled_from(("2024-01-01Z", "2024-01-01+09:00", "2023-12-31-05:00")).map(lambda text: typed(text, "date"))
TIMES = st.sampled_from(("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z", "2023-12-31T00:00:00Z")).map(
    lambda text: typed(text, "dateTime")
)
ILL = st.sampled_from(
    (typed("abc", "integer"), typed("9" * 40, "integer"), typed("true", "boolean"), typed("x", "date"))
)
NODES = st.one_of(st.sampled_from("ab").map(iri), st.sampled_from("xy").map(ox.BlankNode))
KINDS = (INTEGERS, st.one_of(INTEGERS, DECIMALS), TEXTS, ONE_TAG, YEARS, DATES, TIMES)
MIXED = st.one_of(INTEGERS, DECIMALS, DOUBLES, TEXTS, TAGGED, YEARS, DATES, ZONED, TIMES, ILL, NODES)

VALUES = st.one_of(
    *(st.lists(kind, max_size=18) for kind in KINDS),
    *(
        st.builds(lambda most, few: most + few, st.lists(kind, max_size=16), st.lists(MIXED, max_size=2))
        for kind in KINDS
    ),
    st.lists(MIXED, max_size=18),
)
PATTERNS = (
    "?s e:p ?v",
    "?s e:p ?v OPTIONAL { ?s e:q ?w }",
    "?s e:q ?w OPTIONAL { ?s e:p ?v }",
    "?s e:p ?v . ?s e:q ?w",
    "{ ?s e:p ?v } UNION { ?s e:q ?w }",
    "{ ?s e:p ?v } UNION { ?s e:q ?v }",
    "?s e:p ?v FILTER(ISLITERAL(?v))",
    "GRAPH ?w { ?s e:p ?v }",
)
ORDERS = ("?v", "DESC(?v)", "?v ?w", "DESC(?v) DESC(?w)", "ASC(?v) ?s", "?w DESC(?v)", "DESC(?v) ?nothing")


def store_of(first: list[Any], second: list[Any]) -> ox.Store:
    store = ox.Store()
    for predicate, values in (("p", first), ("q", second)):
        for number, value in enumerate(values):
            # Subjects repeat, so that there are ties beyond the keys.
            for graph in (ox.DefaultGraph(), iri(f"g{number % 2}")):
                store.add(ox.Quad(iri(number // 2), iri(predicate), value, graph))
    return store


def asker(store: ox.Store) -> Callable[[str, threshold.Functions], Any]:
    def ask(query: str, functions: threshold.Functions) -> Any:
        return store.query(query, base_iri=BASE, custom_functions=dict(functions))

    return ask


def rows(store: ox.Store, query: str, sample: int) -> list[Row]:
    """The rows of ``query``, as the engine of the project gives them; without a sample nothing is pruned."""
    page = recognize(query)
    assert page is not None
    found = threshold.rows(page, asker(store), sample)
    return [tuple(row) for row in (store.query(query, base_iri=BASE) if found is None else found)]


@settings(deadline=None, max_examples=400)
@given(
    first=VALUES,
    second=VALUES,
    projection=st.sampled_from(("*", "?s", "?s ?v", "?v", "?w ?s")),
    pattern=st.sampled_from(PATTERNS),
    order=st.sampled_from(ORDERS),
    sample=st.sampled_from((5, 10, 25, 100)),
    size=st.integers(1, 6),
)
def test_pages_are_slices_of_the_whole(
    first: list[Any], second: list[Any], projection: str, pattern: str, order: str, sample: int, size: int
) -> None:
    store = store_of(first, second)
    query = f"PREFIX e: <{EX}> SELECT {projection} {{ {pattern} }} ORDER BY {order}"
    whole = rows(store, f"{query} LIMIT {WHOLE}", 0)
    for start in range(0, min(len(whole), 5 * size) + size, size):
        assert rows(store, f"{query} OFFSET {start} LIMIT {size}", sample) == whole[start : start + size]


@pytest.fixture(scope="module")
def many() -> ox.Store:
    """3,000 subjects with integers (``p``), all but one (``odd``); with a language and a year each."""
    store = ox.Store()
    for number in range(3000):
        size = typed(str(number * 7919 % 1000), "integer")
        store.add(ox.Quad(iri(number), iri("p"), size))
        store.add(ox.Quad(iri(number), iri("odd"), size if number != 1500 else ox.Literal("odd")))
        store.add(ox.Quad(iri(number), iri("year"), typed(str(2000 + number % 3), "gYear")))
        store.add(ox.Quad(iri(number), iri("rising"), typed(str(number), "integer")))
        store.add(ox.Quad(iri(number), iri("one"), typed("1", "integer")))
        store.add(ox.Quad(iri(number), iri("label"), ox.Literal(f"label {number % 700}", language="en")))
    return store


@pytest.mark.parametrize("predicate", ["p", "odd", "year", "label"])
@pytest.mark.parametrize("order", ["?v", "DESC(?v)"])
def test_pages_of_many_ties_fit_together(many: ox.Store, predicate: str, order: str) -> None:
    query = f"SELECT ?s {{ ?s <{EX}{predicate}> ?v }} ORDER BY {order}"
    pages = [row for start in range(0, 900, 50) for row in rows(many, f"{query} OFFSET {start} LIMIT 50", 1000)]
    assert len(set(pages)) == 900
    assert pages == rows(many, f"{query} LIMIT {WHOLE}", 0)[:900]


class Asked:
    """What was asked, and how many rows each query would give without its slice."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.queries: list[str] = []

    def __call__(self, query: str, functions: threshold.Functions) -> Any:
        self.queries.append(query)
        return asker(self._store)(query, functions)


@pytest.mark.parametrize("order", ["?v", "DESC(?v)", "?v ?s", "?v DESC(?y)"])
def test_few_rows_are_sorted(many: ox.Store, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "_SLOW", 60)
    asked = Asked(many)
    page = recognize(f"SELECT ?s {{ ?s <{EX}p> ?v ; <{EX}year> ?y }} ORDER BY {order} LIMIT 10")
    assert page is not None
    assert threshold.rows(page, asked) is not None
    assert len(asked.queries) == 3
    kept = list(many.query(asked.queries[-1].replace("LIMIT 10", ""), custom_functions={threshold._ODD: lambda: None}))
    assert 10 <= len(kept) < 1000


def test_a_row_of_another_type_is_noticed_wherever_it_is(many: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "_SLOW", 60)
    asked = Asked(many)
    page = recognize(f"SELECT ?s ?v {{ ?s <{EX}odd> ?v }} ORDER BY DESC(?v) LIMIT 2")
    assert page is not None
    found = threshold.rows(page, asked)
    assert found is not None
    assert "FILTER" in asked.queries[2]
    assert asked.queries[3:] == [page.query()]
    assert next(found)[1] == ox.Literal("odd")


ONE = typed("1", "integer")
TWO = typed("2", "integer")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([typed("1", "double"), ONE], []),
        ([typed("NaN", "double"), ONE], []),
        ([typed("abc", "integer"), ONE], []),
        ([ox.Literal("1"), ONE], []),
        ([iri("a"), ONE], []),
        ([typed("2024-01-01", "date"), typed("2024-01-01Z", "date")], []),
        ([typed("2024-01-01", "date"), typed("2024", "gYear")], []),
        ([ox.Literal("a", language="en"), ox.Literal("a", language="ko")], []),
        ([ONE, ONE], [ONE, typed("1", "double")]),
        ([ONE, ONE], [ONE, ox.Literal("2")]),
        ([ONE, ONE], [ox.Literal("2"), ONE]),
        ([ONE, ONE], [ONE, typed("abc", "integer")]),
        ([ONE, ONE], [ox.Literal("2", language="ko"), typed("2024", "gYear")]),
        ([ONE, ONE], [typed("2024-01-01", "date"), typed("2024-01-01Z", "date")]),
        ([ONE, ONE], [typed("1", "double"), typed("2", "double")]),
    ],
)
def test_rows_that_have_no_order_are_noticed(
    first: list[Any], second: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "_PROBE", 1)
    # The row that comes first decides for all, and which that is the store says.
    store = store_of(first, second)
    asked = Asked(store)
    second_key = " ; e:q ?w" if second else ""
    page = recognize(f"PREFIX e: <{EX}> SELECT * {{ ?s e:p ?v{second_key} }} ORDER BY ?v ?w LIMIT 1")
    assert page is not None
    found = threshold.rows(page, asked)
    assert asked.queries[-1] == page.query() if found else len(asked.queries) == 1


@pytest.mark.parametrize(
    "second",
    [[TWO, ONE], [TWO, typed("1.5", "decimal")], [iri("a"), ox.Literal("b")], [ox.Literal("b", language="ko")]],
)
def test_rows_that_have_an_order_are_pruned(second: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "_SLOW", 60)
    asked = Asked(store_of([ONE] * 2, second))
    page = recognize(f"PREFIX e: <{EX}> SELECT * {{ ?s e:p ?v ; e:q ?w }} ORDER BY ?v ?w LIMIT 1")
    assert page is not None
    threshold.rows(page, asked)
    assert len(asked.queries) == 3


def test_slow_rows_are_not_sampled(many: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold, "_SLOW", 0)
    asked = Asked(many)
    page = recognize(f"SELECT ?s {{ ?s <{EX}p> ?v }} ORDER BY ?v LIMIT 10")
    assert page is not None
    threshold.rows(page, asked)
    assert asked.queries[1:] == [page.query()]


@pytest.mark.parametrize("reach", [0, 10_001])
def test_a_whole_table_needs_no_threshold(many: ox.Store, reach: int) -> None:
    asked = Asked(many)
    page = recognize(f"SELECT ?s {{ ?s <{EX}p> ?v }} ORDER BY ?v LIMIT {reach}")
    assert page is not None
    threshold.rows(page, asked)
    assert asked.queries[1:] == [page.query()]


@pytest.mark.parametrize(
    ("predicate", "order", "reach", "sampled"),
    [
        ("p", "?v", 1000, True),
        ("p", "?v", 1001, False),
        ("rising", "?v", 10, False),
        ("rising", "DESC(?v)", 10, True),
        ("one", "?v", 10, False),
        ("one", "DESC(?v)", 10, False),
    ],
)
def test_all_rows_give_the_threshold_where_a_sample_says_too_little(
    many: ox.Store, monkeypatch: pytest.MonkeyPatch, predicate: str, order: str, reach: int, sampled: bool
) -> None:
    monkeypatch.setattr(threshold, "_SLOW", 60)
    asked = Asked(many)
    page = recognize(f"SELECT ?s {{ ?s <{EX}{predicate}> ?v }} ORDER BY {order} LIMIT {reach}")
    assert page is not None
    found = threshold.rows(page, asked)
    assert ("SELECT *" in asked.queries[1]) == sampled
    assert len(asked.queries) == 3
    assert found is not None
    assert [tuple(row) for row in found] == [tuple(row) for row in many.query(page.query())]


def answered(
    store: ox.Store, query: str, default: tuple[str, ...] | None = None, named: tuple[str, ...] | None = None
) -> str:
    said = bytearray()
    asked = to_answer(Question(query, default, named), Choice(formats.TSV, formats.JSON, formats.TURTLE))
    Engine(store, writable=True).answer(asked, lambda *_: None, said.extend)
    return said.decode()


def test_the_engine_answers_pages_so(many: ox.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str | None] = []
    filters = threshold._filters
    monkeypatch.setattr(threshold, "_SLOW", 60)
    monkeypatch.setattr(threshold, "_filters", lambda *given: used.append(filters(*given)) or used[-1])
    query = f"SELECT ?v {{ ?s <{EX}p> ?v }} ORDER BY DESC(?v) LIMIT 2"
    assert answered(many, query) == "?v\n999\n999\n"
    assert used[0] is not None


@pytest.mark.parametrize("projection", ["?v ?s", "*"])
def test_an_empty_page_has_its_variables(many: ox.Store, projection: str) -> None:
    query = f"SELECT {projection} {{ ?s <{EX}p> ?v FILTER(?v > 5000) }} ORDER BY ?v LIMIT 2"
    assert sorted(answered(many, query).split()) == ["?s", "?v"]


def test_graphs_asked_for_are_those_answered() -> None:
    store = store_of([typed(str(number), "integer") for number in range(8)], [])
    query = f"SELECT ?v {{ ?s <{EX}p> ?v }} ORDER BY ?v LIMIT 2"
    assert answered(store, query, default=(f"{EX}g1",)) == "?v\n1\n3\n"
    within = f"SELECT ?v {{ GRAPH ?g {{ ?s <{EX}p> ?v }} }} ORDER BY ?v LIMIT 2"
    assert answered(store, within, default=(), named=(f"{EX}g1",)) == "?v\n1\n3\n"
    assert answered(store, f"SELECT ?v FROM <{EX}g1> {{ ?s ?p ?v }} ORDER BY ?v LIMIT 2") == "?v\n1\n3\n"


def test_tags_are_found_as_they_are_written() -> None:
    store = store_of([ox.Literal(text, language=tag) for text in "ba" for tag in ("zh-Hans", "zh-Hant")], [])
    for test in ('LANG(?v) = "zh-Hans"', 'STRLEN(LANG(?v)) = 7 && LANGMATCHES(LANG(?v), "zh-Hans")'):
        query = f"SELECT ?v {{ ?s <{EX}p> ?v FILTER({test}) }} ORDER BY ?v LIMIT 2"
        assert answered(store, query) == '?v\n"a"@zh-Hans\n"b"@zh-Hans\n'


@pytest.mark.parametrize("pattern", ["?s ?p ?v FILTER()", "?s ?p ?v FILTER(?v > 1 +)", "?s e:p ?v", "?s ?v"])
def test_errors_are_those_of_the_own_text(many: ox.Store, pattern: str) -> None:
    query = f"SELECT ?s ?v {{ {pattern} }} ORDER BY ?v LIMIT 2"
    with pytest.raises(SyntaxError) as own:
        many.query(query)
    with pytest.raises(SyntaxError) as told:
        answered(many, query)
    assert str(told.value) == str(own.value)


def test_a_missing_function_is_told(many: ox.Store) -> None:
    with pytest.raises(Unsupported, match="http://e/f"):
        answered(many, f"SELECT ?v {{ ?s <{EX}p> ?v FILTER(<{EX}f>(?v)) }} ORDER BY ?v LIMIT 2")
    with pytest.raises(Unsupported, match="odd"):
        answered(many, f"SELECT ?v {{ ?s <{EX}p> ?v FILTER({threshold._ODD}()) }} ORDER BY ?v LIMIT 2")
