from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sparql.asked import rows, values


@pytest.mark.parametrize(
    ("pattern", "replacement", "replaced"),
    [
        ("(b)", "$1x", "abxc"),
        ("(b)", "[$1]", "a[b]c"),
        ("(b)", "$12", "ab2c"),
        ("b", "$0$0", "abbc"),
        ("b", r"\\$1", "a$1c"),
        ("b", r"\\\\", r"a\c"),
        ("b", r"\\\\$0", r"a\bc"),
        ("(a)(b)", "$2_$1", "b_ac"),
        ("b", "x", "axc"),
    ],
)
def test_groups_are_numbers_and_no_names(pattern: str, replacement: str, replaced: str) -> None:
    query = f'SELECT (REPLACE("abc", "{pattern}", "{replacement}") AS ?x) {{}}'
    assert rows(query) == [(ox.Literal(replaced),)]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.text("ab-", max_size=5), max_size=5),
    st.lists(st.sampled_from(("$1", "$2", "<", ">", "-", "b<")), max_size=4),
)
def test_solutions_are_those_of_the_query_as_it_was_written_where_no_word_follows_a_group(
    texts: list[str], pieces: list[str]
) -> None:
    replacement = "".join(f"{piece} " for piece in pieces)
    query = f"SELECT (REPLACE(?x, '(a+)(b)', '{replacement}') AS ?y) {{ {values(list(map(ox.Literal, texts)))} }}"
    assert rows(query) == rows(query, rewritten=False)
