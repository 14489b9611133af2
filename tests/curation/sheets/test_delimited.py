"""Text with delimiters: no encoding is guessed, and what cannot be read is told with its place."""

from __future__ import annotations

import unicodedata

import pytest

from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.table import Columns, Sheet
from coopgraph.errors import UnreadableInput

COLUMNS = Columns(frozenset({"slug", "name@ko"}))
NAMES = {"cp949": "예시 센터", "cp932": "支援センター", "gb18030": "援助中心", "cp950": "援助中心"}


def read(data: str | bytes) -> Sheet:
    return read_sheet(data.encode() if isinstance(data, str) else data, None, COLUMNS)


def cells(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows]


@pytest.mark.parametrize("encoding", NAMES)
def test_without_a_language_the_names_are_shown_as_each_encoding_reads_them(encoding: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        read(f"slug,name@ko\na,{NAMES[encoding]}\n".encode(encoding))
    lines = str(error.value).splitlines()
    assert f"({encoding}): {NAMES[encoding]}" in next(line for line in lines if encoding in line)
    assert [line.split()[0] for line in lines[1:]] == ["ko", "ja", "zh-Hans", "zh-Hant", "en"]
    assert "--lang" in str(error.value.hint)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_marks_are_taken_even_twice(encoding: str) -> None:
    text = "\ufeff\ufeffslug,name@ko\na,예시\n"
    assert cells(read(text.encode(encoding))) == [{"slug": "a", "name@ko": "예시"}]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfslug\na\n\xff\n", "\ufeffslug\na".encode("utf-16-le") + b"\xd8"])
def test_damaged_unicode_is_told_with_its_line(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"is damaged on line \d"):
        read(data)


@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r\n', "\ufeffsep=;\n"])
def test_a_line_that_names_the_separator_is_no_heading(line: str) -> None:
    sheet = read(line + "slug;name@ko\na;1, 2, 3\n")
    assert cells(sheet) == [{"slug": "a", "name@ko": "1, 2, 3"}]
    assert sheet.rows[0].number == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_names_the_columns(delimiter: str) -> None:
    text = delimiter.join(("slug", "name@ko", '"a,b;c|d,e;f|g"')) + "\n" + delimiter.join(("a", "예시", "x"))
    assert cells(read(text))[0]["name@ko"] == "예시"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_breaks_of_every_system_are_one(end: str) -> None:
    assert cells(read(f'slug,name@ko{end}a,"one{end}two"{end}')) == [{"slug": "a", "name@ko": "one\ntwo"}]


def test_texts_are_composed_and_without_spaces_of_any_kind_at_their_ends() -> None:
    name = unicodedata.normalize("NFD", "예시 센터")
    assert cells(read(f"slug,name@ko\na,\u3000{name}\u00a0\u200b\n"))[0]["name@ko"] == "예시 센터"


def test_a_heading_is_read_in_any_width() -> None:
    assert cells(read("ｓｌｕｇ,name＠ko\na,예시\n")) == [{"slug": "a", "name@ko": "예시"}]


def test_a_cell_that_is_too_long_is_told_with_place_and_limit() -> None:
    sheet = read("slug,name@ko\na," + "가" * 140_000 + "\nb,나\n")
    ((fault),) = sheet.faults
    assert (fault.row, fault.column, fault.reason.values["limit"]) == (2, "B", "32,767")
    assert cells(sheet)[1] == {"slug": "b", "name@ko": "나"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('slug,name@ko\na,b\nc,"never\nclosed\n', r"row 3 \(from line 3 of the file\) is never closed"),
        ('slug,name@ko\na,"one\nline"x\n', r"row 2 \(line 3 of the file\) has text after its end"),
    ],
)
def test_a_broken_quotation_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        read(text)


def test_a_number_that_is_kept_as_text_for_excel_is_that_text() -> None:
    assert cells(read('slug,name@ko\na,="01366"\n'))[0]["name@ko"] == "01366"


def test_traces_of_wrong_decoding_are_told_as_such() -> None:
    sheet = read("slug,name@ko\na\u0092,b\ufffdc\n")
    assert [fault.reason.values["value"] for fault in sheet.faults] == ["U+0092", "U+FFFD"]


def test_columns_and_rows_that_are_empty_at_the_end_do_not_count() -> None:
    sheet = read("slug,name@ko,,,\na,b,,,\n,,,,\n\n,,,,\n")
    assert sheet.columns == ("slug", "name@ko")
    assert cells(sheet) == [{"slug": "a", "name@ko": "b"}]
    assert not sheet.faults
