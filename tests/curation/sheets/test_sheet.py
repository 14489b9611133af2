"""Spreadsheets as they arrive: encodings, workbooks, what Excel spoils."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.table import MOST_ROWS, Sheet, tidy
from coopgraph.errors import UnreadableInput

HEADING = "slug,name@ko\n"


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows]


def reasons(sheet: Sheet) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, str(fault.reason)) for fault in sheet.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_and_without_its_mark(encoding: str) -> None:
    assert cells(read_sheet((HEADING + "a,예시 센터\n").encode(encoding), "en")) == [
        {"slug": "a", "name@ko": "예시 센터"}
    ]


@pytest.mark.parametrize(
    ("encoding", "language", "name"),
    [
        ("cp949", "ko", "예시 센터"),
        ("cp932", "ja", "支援センター"),
        ("gb18030", "zh-Hans", "援助中心"),
        ("cp950", "zh-Hant", "援助中心"),
    ],
)
def test_a_file_that_is_not_utf8_is_read_in_the_usual_encoding_of_its_language(
    encoding: str, language: str, name: str
) -> None:
    assert cells(read_sheet((HEADING + f"a,{name}\n").encode(encoding), language))[0]["name@ko"] == name


def test_bytes_that_fit_no_encoding_are_refused_with_a_remedy() -> None:
    with pytest.raises(UnreadableInput, match="neither UTF-8 nor cp949") as error:
        read_sheet(HEADING.encode() + b"a,\xff\xfe\xff\n", "ko")
    assert "--lang" in str(error.value.hint)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_that_of_the_heading(delimiter: str) -> None:
    text = delimiter.join(("slug", "name@en")) + "\n" + delimiter.join(("a", "A, b; c" if delimiter == "\t" else "A"))
    assert cells(read_sheet(text.encode(), "en"))[0]["slug"] == "a"


def test_quoted_cells_may_hold_lines_and_commas() -> None:
    assert cells(read_sheet(b'slug,quote\na,"one,\ntwo"\n', "en")) == [{"slug": "a", "quote": "one,\ntwo"}]


@pytest.mark.parametrize("text", ['slug,quote\na,"never closed', 'slug,quote\na,"one"two\n'])
def test_a_broken_csv_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput, match="quoted cell"):
        read_sheet(text.encode(), "en")


def test_a_formula_is_a_fault_at_its_place_in_both_formats() -> None:
    wanted = [(2, "B", "This is a formula; put its value here.")]
    assert reasons(read_sheet(b'slug,founded\na,"=1+1"\n', "en")) == wanted
    assert reasons(read_sheet(workbook(("slug", "founded"), ("a", "=1+1")), "en")) == wanted


def test_a_number_that_a_spreadsheet_made_of_a_telephone_number_is_a_fault() -> None:
    sheet = read_sheet(workbook(("slug", "telephone"), ("a", 28177959)), "en")
    assert reasons(sheet)[0][:2] == (2, "B")
    assert "28177959" in reasons(sheet)[0][2]
    assert "8.2E+11" in reasons(read_sheet(b"slug,telephone\na,8.2E+11\n", "en"))[0][2]


def test_a_number_typed_as_text_keeps_its_leading_zero() -> None:
    assert cells(read_sheet(workbook(("slug", "telephone"), ("a", "0800-39393")), "en"))[0]["telephone"] == "0800-39393"


def test_dates_and_years_of_a_workbook_become_what_was_meant() -> None:
    row = ("a", datetime.datetime(2024, 5, 19), 2019)
    assert cells(read_sheet(workbook(("slug", "source_date", "founded"), row), "en")) == [
        {"slug": "a", "source_date": "2024-05-19", "founded": "2019"}
    ]


def test_columns_without_a_name_or_with_a_second_one_are_faults() -> None:
    sheet = read_sheet(b"slug,,slug\na,b,c,d\n", "en")
    assert [(fault.row, fault.column) for fault in sheet.faults] == [(1, "A"), (1, "B"), (2, "D")]


def test_empty_rows_are_passed_over_and_the_others_keep_their_numbers() -> None:
    assert [row.number for row in read_sheet(b"slug,name@en\n,\na,A\n\nb,B\n", "en").rows] == [3, 5]


@pytest.mark.parametrize("data", [b"", b"\n", b"a\0b\n", b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0old"])
def test_what_is_no_table_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        read_sheet(data, "en")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(UnreadableInput, match="10,000 rows"):
        read_sheet(b"slug\n" + b"a\n" * (MOST_ROWS + 1), "en")


def test_a_workbook_with_a_document_type_is_refused() -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("slug",), ("a",)))) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            mark = b'<!DOCTYPE x [<!ENTITY a "b">]>' if part.filename == "xl/workbook.xml" else b""
            new.writestr(part.filename, mark + old.read(part))
    with pytest.raises(UnreadableInput, match="document type"):
        read_sheet(changed.getvalue(), "en")


def test_a_workbook_that_unpacks_to_far_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopgraph.curation.sheets.workbook.MOST_UNPACKED", 1024)
    with pytest.raises(UnreadableInput, match="when unpacked"):
        read_sheet(workbook(("slug",), ("a",)), "en")


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufffd")
TEXT = st.text(LETTERS, min_size=1).filter(lambda text: text == tidy(text) and not text.startswith("="))


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("slug", "name@en"), *rows])
    assert [tuple(row.cells.values()) for row in read_sheet(stream.getvalue().encode(), "en").rows] == rows


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(data: bytes) -> None:
    with suppress(UnreadableInput):
        assert read_sheet(data, "ko").columns
