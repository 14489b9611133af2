from __future__ import annotations

import pytest

from coopgraph.sparql.rewrite.keyword_spacing import spaced
from tests.sparql.asked import rows


@pytest.mark.parametrize(
    ("query", "apart"),
    [
        ("SELECT ?x { } ORDERBY ?x LIMIT5", "SELECT ?x { } ORDER BY ?x LIMIT 5"),
        (
            "SELECTDISTINCT ?x { } ORDER BYDESC(?x)OFFSET0 LIMIT2",
            "SELECT DISTINCT ?x { } ORDER BY DESC(?x)OFFSET 0 LIMIT 2",
        ),
        ("SELECT ?orderby { ?orderby <by:limit5> 'ORDERBY' }", "SELECT ?orderby { ?orderby <by:limit5> 'ORDERBY' }"),
    ],
)
def test_keywords_that_touch_are_put_apart(query: str, apart: str) -> None:
    assert spaced(query) == apart


def test_a_sort_is_seen_however_it_is_written() -> None:
    found = rows('SELECT ?x { VALUES ?x { 10 9 "5x" } } ORDERBY ?x LIMIT3')
    assert [row[0].value for row in found] == ["5x", "9", "10"]
