from __future__ import annotations

import io

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.formats import CSV, EXCEL_CSV, JSON, TSV, XML, Format
from coopgraph.rdf.results import write_rows
from coopgraph.rdf.row_count import RowCounter
from tests.conftest import example_count

texts = st.text(st.sampled_from('a\\",{}[]<result>\n\r\t가:'), max_size=12)


def _pieces(body: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(body[:size])
        body = body[size:]
    return [*pieces, body]


def _written(query: str, chosen: Format) -> bytes:
    stream = io.BytesIO()
    write_rows(ox.Store().query(query), chosen, stream)
    return stream.getvalue()


@pytest.mark.parametrize("chosen", [JSON, XML, CSV, EXCEL_CSV, TSV], ids=lambda item: item.name)
@settings(max_examples=example_count(150), deadline=None)
@given(
    rows=st.lists(st.tuples(st.none() | texts, st.none() | texts), max_size=6),
    sizes=st.lists(st.integers(1, 40), max_size=30),
)
def test_any_rows_cut_anywhere_are_counted(
    chosen: Format, rows: list[tuple[str | None, str | None]], sizes: list[int]
) -> None:
    cells = ["UNDEF" if text is None else str(ox.Literal(text)) for row in rows for text in row]
    values = " ".join(f"({one} {two})" for one, two in zip(cells[::2], cells[1::2], strict=True))
    body = _written(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}", chosen)
    counter = RowCounter(chosen)
    assert b"".join(counter.watch(_pieces(body, sizes))) == body
    assert counter.rows == len(rows)


@pytest.mark.parametrize("chosen", [JSON, XML, CSV, EXCEL_CSV, TSV], ids=lambda item: item.name)
def test_rows_without_columns_are_counted(chosen: Format) -> None:
    body = _written("SELECT * {}", chosen)
    counter = RowCounter(chosen)
    assert b"".join(counter.watch([body])) == body
    assert counter.rows == 1


@pytest.mark.parametrize("chosen", [JSON, XML, CSV, EXCEL_CSV, TSV], ids=lambda item: item.name)
def test_empty_rows_of_one_column_are_counted(chosen: Format) -> None:
    body = _written('SELECT ?x { VALUES ?x { "a" UNDEF "" "b" UNDEF } }', chosen)
    counter = RowCounter(chosen)
    assert b"".join(counter.watch([body])) == body
    assert counter.rows == 5
