from __future__ import annotations

import pytest
from pyoxigraph import Store

from coopgraph.errors import QuerySyntax
from coopgraph.rdf.formats import CSV, JSON, TURTLE
from coopgraph.sparql.query import SparqlQuery
from coopgraph.sparql.regular_expressions import check_patterns
from coopgraph.store.oxigraph.engine import OxigraphEngine
from coopgraph.store.oxigraph.task import to_answer
from coopgraph.store.protocol import Choice


def answer(query: str) -> str:
    pieces: list[bytes] = []
    task = to_answer(SparqlQuery(query), Choice(CSV, JSON, TURTLE))
    OxigraphEngine(Store(), writable=False).answer(task, lambda *_: None, pieces.append)
    return b"".join(pieces).decode()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (r'REGEX("abab", "(ab)\\1")', "cannot be read"),
        ('REGEX("a", "(")', "cannot be read"),
        ('regex("a", "(?=a)")', "cannot be read"),
        ('REGEX("a", "a", "z")', "flags"),
        ('REPLACE("a", "[", "x")', "cannot be read"),
        ('REPLACE("aaa", "", "x")', "matches the empty text"),
        ('REPLACE("aaa", "a*", "x", "i")', "matches the empty text"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told_with_its_place(call: str, words: str) -> None:
    query = f"SELECT ?x {{\n  BIND({call} AS ?x)\n}}"
    with pytest.raises(QuerySyntax, match=words) as told:
        answer(query)
    assert (told.value.line, told.value.column) == (2, query.split("\n")[1].index(', "') + 3)
    assert str(told.value.hint)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ('REGEX("abc", "^a.c$")', "true"),
        ('REGEX("ABC", "b", "i")', "true"),
        (r'REGEX("a.c", "\\.")', "true"),
        ('REPLACE("aaa", "a+", "x")', "x"),
        ('REGEX("a", "a*")', "true"),
        ('REGEX("a", ?nothing)', ""),
    ],
)
def test_a_pattern_that_can_be_used_is(call: str, value: str) -> None:
    assert answer(f"SELECT ?x {{ BIND({call} AS ?x) }}").split("\r\n")[1].strip('"') == value


def test_a_pattern_that_is_no_constant_or_no_pattern_is_not_looked_at() -> None:
    def never(pattern: str, flags: str) -> bool | None:
        raise AssertionError(pattern)

    check_patterns('SELECT ?x { FILTER(REGEX(?x, CONCAT("(", "x"))) ?x ?y "REGEX(?x, \'(\')" } # REGEX(?x, "(")', never)
    check_patterns("SELECT ?regex { ?regex ?replace ?x }", never)
