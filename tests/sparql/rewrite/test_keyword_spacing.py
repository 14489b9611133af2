from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.sparql.rewrite.keyword_spacing import spaced
from tests.sparql.asked import rows, values


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


GAP = st.sampled_from(("", " ", "\n"))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 9), max_size=6), st.tuples(GAP, GAP, GAP, GAP), st.sampled_from(("DISTINCT", "REDUCED", ""))
)
def test_solutions_are_those_of_the_query_as_it_was_written(
    terms: list[int], gaps: tuple[str, str, str, str], word: str
) -> None:
    first, by, limit, offset = gaps
    query = (
        f"SELECT{first if word else ' '}{word} ?x {{ {values(terms)} }} "
        f"ORDER{by}BY{by}DESC(?x)LIMIT{limit}3 OFFSET{offset}1"
    )
    assert rows(query) == rows(query, rewritten=False)
