from __future__ import annotations

import pytest

from coopgraph.store.oxigraph.sorted_page import recognize

PAGES = [
    "SELECT ?s ?v WHERE { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "select ?s ?v where { ?s ?p ?v } order by ?v limit 5",
    "SELECT $s $v { $s $p $v } ORDER BY $v LIMIT 5",
    "SELECT*{?s ?p ?v}ORDER BY?v LIMIT 5",
    "PREFIX e: <http://e/> BASE <http://e/> SELECT ?v FROM e:g FROM NAMED <g> { ?s e:p ?v } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY ASC(?v) LIMIT 5",
    "SELECT ?v { ?s ?p ?v # } ORDER BY ?s\n } ORDER BY ?v # LIMIT 1\n LIMIT 5 # end",
    'SELECT ?v { ?s ?p ?v FILTER(?v != "} ORDER BY ?s LIMIT 1") } ORDER BY ?v LIMIT 5',
    "SELECT ?v { ?s ?p ?v OPTIONAL { _:b ?q ?s } GRAPH ?g { _:b ?q ?v } } ORDER BY ?v LIMIT 5",
]

OTHERS = [
    "SELECT ?v { ?s ?p ?v }",
    "SELECT ?v { ?s ?p ?v } LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v OFFSET 5",
    "SELECT DISTINCT ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "SELECT REDUCED ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "SELECT (STR(?v) AS ?t) { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "SELECT ?v (COUNT(*) AS ?n) { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v } GROUP BY ?v ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v } GROUP BY ?v HAVING(?v > 1) ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5 VALUES ?v { 1 }",
    "SELECT ?v { ?s ?p ?v } VALUES ?v { 1 } ORDER BY ?v LIMIT 5",
    "SELECT ?v { { SELECT ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5 } }",
    "SELECT ?v { { SELECT ?v { ?s ?p ?v } } } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v MINUS { ?s ?q 1 } } ORDER BY ?v LIMIT 5",
    "SELECT ?v { SERVICE <http://e/> { ?s ?p ?v } } ORDER BY ?v LIMIT 5",
    "PREFIX ex: <http://e/> SELECT ?v { SERVICEex:a{ ?s ?p ?v } } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v FILTER(RAND() < 1) } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v FILTERRAND() } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v FILTER(?v < NOW()) } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v BIND(bnode() AS ?b) } ORDER BY ?v LIMIT 5",
    'SELECT ?v { ?s ?p ?v FILTER(CONTAINS(?v, "a")) } ORDER BY ?v LIMIT 5',
    "SELECT ?v { ?s ?p ?v } ORDER BY LCASE(?v) LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY (?v) LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY DESC(-?v) LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v STR(?s) LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5 LIMIT 6",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v LIMIT 5.0",
    "SELECT ?v { ?s ?p ?v } ORDER BY ?v LIMIT",
    "SELECT ?v { ?s ?p ?v ORDER BY ?v LIMIT 5",
    "SELECT ?v WHERE ORDER BY ?v LIMIT 5",
    "SELECT ?v } { ORDER BY ?v LIMIT 5",
    "SELECT { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "SELECT ?v { ?s ?p ?v } ORDER BY LIMIT 5",
    "ASK { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "CONSTRUCT { ?s ?p ?v } WHERE { ?s ?p ?v } ORDER BY ?v LIMIT 5",
    "order limit",
    "",
]


@pytest.mark.parametrize("query", PAGES)
def test_a_page_is_recognized(query: str) -> None:
    page = recognize(query)
    assert page is not None
    assert page.keys == ("?v",)
    assert page.reach == 5


@pytest.mark.parametrize("query", OTHERS)
def test_what_is_not_surely_a_page_is_left_alone(query: str) -> None:
    assert recognize(query) is None


@pytest.mark.parametrize(
    ("slice_", "reach"), [("LIMIT 5", 5), ("LIMIT 5 OFFSET 7", 12), ("OFFSET 7 LIMIT 5", 12), ("LIMIT 0", 0)]
)
def test_a_page_reaches_as_far_as_its_last_row(slice_: str, reach: int) -> None:
    page = recognize(f"SELECT ?v {{ ?s ?p ?v }} ORDER BY DESC(?v) ?s {slice_}")
    assert page is not None
    assert (page.reach, page.keys, page.descending) == (reach, ("?v", "?s"), True)


def test_a_query_is_put_together_from_its_own_text() -> None:
    page = recognize("PREFIX e: <http://e/>\nSELECT * FROM e:g WHERE { ?s e:p $v } ORDER BY DESC(?v) OFFSET 2 LIMIT 3")
    assert page is not None
    assert page.query("FILTER(?v > 1)").split("\n") == [
        "PREFIX e: <http://e/>",
        "SELECT * FROM e:g WHERE",
        "{ { ?s e:p $v } FILTER(?v > 1) }",
        "ORDER BY DESC(?v)",
        "STR(?s) DATATYPE(?s) ?s",
        "STR(?v) DATATYPE(?v) ?v",
        "OFFSET 2 LIMIT 3",
    ]
    assert page.some(9).split("\n") == ["PREFIX e: <http://e/>", "SELECT ?v", "FROM e:g", "{ ?s e:p $v }", "LIMIT 9"]
