"""CSV that readers of other makers read as many rows from as there are, and the same texts."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopgraph.rdf.csv_rows import CsvRows

XSD = "http://www.w3.org/2001/XMLSchema#"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=10) | st.text(
    st.sampled_from('a,"\\\n\r\t<>@^?ntr 가'), max_size=10
)
terms = st.one_of(
    texts.map(lambda text: {"type": "literal", "value": text}),
    texts.map(lambda text: {"type": "literal", "value": text, "xml:lang": "zh-hant"}),
    texts.map(lambda text: {"type": "literal", "value": text, "datatype": "http://e/a,b"}),
    st.integers().map(lambda number: {"type": "literal", "value": str(number), "datatype": f"{XSD}integer"}),
    st.sampled_from(["http://e/a,b", "http://e/,", "urn:x:y?z=@en"]).map(lambda iri: {"type": "uri", "value": iri}),
    st.just({"type": "bnode", "value": "b1"}),
)
tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.none() | terms, min_size=width, max_size=width), max_size=6).map(
        lambda rows: (width, rows)
    )
)


class Pieces(io.BytesIO):
    """Passes on what is written in pieces of one size."""

    def __init__(self, target: CsvRows, size: int) -> None:
        super().__init__()
        self._target, self._size = target, size

    def write(self, data: bytes) -> int:  # type: ignore[override]
        for start in range(0, len(data), self._size):
            self._target.write(bytes(data[start : start + self._size]))
        return len(data)


def written(names: list[str], rows: list[list[dict[str, str] | None]], size: int = 1000) -> bytes:
    bindings = [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in rows]
    source = json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}})
    found = ox.parse_query_results(source, ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    stream = io.BytesIO()
    found.serialize(Pieces(CsvRows(stream), size), ox.QueryResultsFormat.TSV)
    return stream.getvalue()


def text_of(cell: dict[str, str] | None) -> str:
    if cell is None:
        return ""
    return f"_:{cell['value']}" if cell["type"] == "bnode" else cell["value"]


@settings(deadline=None)
@given(tables, st.integers(1, 50))
@example((1, [[None], [{"type": "literal", "value": ""}], [{"type": "literal", "value": "\r\n\r\n"}]]), 3)
@example((2, [[{"type": "literal", "value": '\\"'}, {"type": "literal", "value": "\\n"}]]), 5)
def test_pythons_reader_reads_every_row_and_text_cut_anywhere(
    table: tuple[int, list[list[dict[str, str] | None]]], size: int
) -> None:
    width, rows = table
    names = [f"v{number}" for number in range(width)]
    body = written(names, rows, size).decode()
    read = list(csv.DictReader(io.StringIO(body, newline="")))
    assert read == [dict(zip(names, map(text_of, row), strict=True)) for row in rows]


@settings(deadline=None)
@given(st.lists(st.none() | texts.map(lambda text: {"type": "literal", "value": text}), max_size=8))
def test_a_table_of_one_column_has_no_blank_line_outside_a_text(cells: list[dict[str, str] | None]) -> None:
    body = written(["x"], [[cell] for cell in cells])
    outside = b"_".join(body.split(b'"')[::2])
    assert b"\r\n\r\n" not in outside
    assert outside.count(b"\r\n") == 1 + len(cells)


def test_pandas_reads_as_many_rows_as_there_are() -> None:
    pandas = pytest.importorskip("pandas")
    rows = [[{"type": "literal", "value": "a"}], [None], [{"type": "literal", "value": ""}], [None]]
    assert len(pandas.read_csv(io.BytesIO(written(["x"], rows)))) == 4


def test_unbound_is_nothing_and_the_empty_text_is_two_quotation_marks() -> None:
    empty = {"type": "literal", "value": ""}
    rows = [[None, empty], [empty, None], [None, None], [empty | {"xml:lang": "en"}, empty | {"datatype": "urn:d"}]]
    assert written(["a", "b"], rows) == b'a,b\r\n,""\r\n"",\r\n,\r\n"",""\r\n'


def test_a_text_is_quoted_only_where_it_must_be() -> None:
    values = ["plain text", "it's", "a,b", 'say "x"', "two\nlines", "tab\there", "\\", " "]
    rows = [[{"type": "literal", "value": value}, None] for value in values]
    lines = written(["a", "b"], rows).split(b"\r\n")[1:-1]
    assert lines == [
        b"plain text,",
        b"it's,",
        b'"a,b",',
        b'"say ""x""",',
        b'"two\nlines",',
        b"tab\there,",
        b"\\,",
        b" ,",
    ]


@pytest.mark.parametrize(("names", "body"), [([], b"\r\n\r\n"), (["x"], b'x\r\n""\r\n')])
def test_a_row_of_nothing_is_a_row(names: list[str], body: bytes) -> None:
    assert written(names, [[None] * len(names)]) == body
