from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.context import AppContext
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.binding import Solution, solutions
from coopgraph.rdf.formats import JSON
from coopgraph.reading.builder_kinds import BUILDER_KINDS, BuilderKind
from coopgraph.reading.query_builder import built_query
from coopgraph.sparql.lexer import sparql_tokens
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice


def rows_of(app_context: AppContext, query: str) -> tuple[Solution, ...]:
    answer = app_context.query_service.answer(SparqlQuery(query), Choice(JSON, JSON, None))
    return solutions(b"".join(answer.chunks))


@pytest.mark.parametrize("kind", BUILDER_KINDS.values(), ids=lambda kind: kind.name)
def test_each_kind_gives_rows_of_the_release_and_a_column_of_each_name(
    app_context: AppContext, kind: BuilderKind
) -> None:
    rows = rows_of(app_context, built_query(kind, {}, (), "ko"))
    assert rows
    assert all(kind.name in row for row in rows)
    columns = {name for row in rows for name in row} - {kind.name, "name"}
    assert columns <= {column.name for column in kind.columns}
    assert len(columns) >= 2


def test_a_filter_keeps_what_is_within_its_concept(app_context: AppContext) -> None:
    kind = BUILDER_KINDS["organization"]
    every = rows_of(app_context, built_query(kind, {}, ("area",), "en"))
    here = rows_of(app_context, built_query(kind, {"area": "jp"}, ("area",), "en"))
    assert 0 < len(here) < len(every)


@settings(max_examples=50)
@given(
    st.sampled_from(list(BUILDER_KINDS.values())),
    st.dictionaries(st.sampled_from(["area", "type", "year", "indicator", "conduct"]), st.text(max_size=20)),
    st.lists(st.sampled_from(["area", "type", "name", "x"]), max_size=3),
    st.sampled_from(LANGUAGES),
)
def test_whatever_is_chosen_the_query_is_well_formed_and_changes_nothing(
    kind: BuilderKind, values: dict[str, str], columns: list[str], language: str
) -> None:
    query = built_query(kind, values, columns, language)
    prefixes = {token.text.partition(":")[0] for token in sparql_tokens(query) if token.kind == "name"}
    ox.Store().query(query, prefixes={prefix: f"urn:{prefix}:" for prefix in prefixes})
