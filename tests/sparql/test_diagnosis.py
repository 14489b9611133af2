from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.sparql.diagnosis import diagnose
from tests.conftest import example_count


def told(query: str) -> tuple[int | None, int | None, str]:
    with pytest.raises(SyntaxError) as error:
        ox.Store().query(query)
    problem = diagnose(query, str(error.value))
    assert str(problem.hint)
    return problem.line, problem.column, str(problem)


def test_an_undeclared_prefix_is_answered_with_the_nearest_of_the_declared_and_of_the_presets() -> None:
    query = "PREFIX schema: <https://schema.org/> SELECT * { ?s shaema:name ?o }"
    assert str(diagnose(query, "").hint).endswith("Did you mean schema:?")
    assert str(diagnose("SELECT * { ?s cop:text ?o }", "", ["coop", "qb"]).hint).endswith("Did you mean coop:?")
    assert str(diagnose("SELECT * { ?s ex:text ?o }", "", ["expr", "ev"]).hint).endswith("PREFIX ex: <…>.")


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        ("SELECT * {\n ?s ?p ?o", 1, 10, "“{” opened here is never closed"),
        ("SELECT * { ?s ?p ?o }}", 1, 22, "closes what was never opened"),
        ("SELECT * { FILTER(?s }", 1, 22, "must close the “(” of line 1, column 18"),
        ("SELECT * {\n ?s ex:p ?o }", 2, 5, "prefix “ex:” is used but not declared"),
        ('SELECT * { ?s ?p "open }', 1, 18, "not closed on its line"),
        ("SELEKT * {}", 1, 1, "“SELEKT” is no word of SPARQL"),
        ("SELECT * { ?s ?p ?o FILTER(LOWER(?o)) }", 1, 28, "“LOWER” is no word of SPARQL"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?p", 1, 8, "SELECT names ?s, a variable that GROUP BY does not group"),
        ("SELECT (?s AS ?o) { ?s ?p ?o }", 1, 15, "?o is in use already"),
        ("SELECT * {\n ?s ?p ?o BIND(1 AS ?o)\n}", 2, 21, "?o is in use already"),
        ("SELECT * { ?s ?p ?o . ?s ?p }", 1, 29, "Reading stopped at “}”"),
        ("SELECT ?s WHERE ?s ?p ?o", 1, 17, "Reading stopped at “?s”"),
        ("SELECT * { ?s ?p ?o } LIMIT -1", 1, 29, "Reading stopped at “-”"),
    ],
)
def test_each_common_mistake_is_told_in_its_own_words(
    query: str, line: int | None, column: int | None, words: str
) -> None:
    at_line, at_column, message = told(query)
    assert words in message
    if line is not None:
        assert (at_line, at_column) == (line, column)


def test_columns_count_characters_not_bytes() -> None:
    assert told("SELECT * { ?s ?p '홍길동' . ?s nope:x ?o }")[:2] == (1, 29)


@given(st.text(alphabet="SELCT*?sp{}()[]<>\"'.;,#:@ \n-1ae가", max_size=60))
@settings(max_examples=example_count(300), deadline=None)
def test_no_engine_noise_ever_reaches_a_person(query: str) -> None:
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        problem = diagnose(query, str(error))
        assert "expected" not in str(problem)
        assert problem.line is not None
        assert 1 <= problem.line <= query.count("\n") + 1
        assert problem.column is not None
        assert problem.column >= 1
