from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.sparql.asked import rows


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
