"""Workbooks of many programs: what is odd in them but shown well is read, what would be misread is told."""

from __future__ import annotations

import io
import warnings
import zipfile

import pytest
from openpyxl import Workbook

from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.table import Columns, Sheet
from coopgraph.errors import UnreadableInput

from .packages import archive, cell, inline, package, rows, styles

COLUMNS = Columns(frozenset({"slug", "name@en"}), frozenset({"founded"}), frozenset({"telephone"}))
HEADING = [inline(name) for name in ("slug", "name@en", "founded", "telephone")]
DATA = rows([HEADING, [inline("a"), inline("A"), inline("2019"), inline("01366")]])
WANTED = [{"slug": "a", "name@en": "A", "founded": "2019", "telephone": "01366"}]


def cells(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows]


def read(data: bytes) -> Sheet:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_sheet(data, None, COLUMNS)


def told(sheet: Sheet) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, str(fault.reason)) for fault in sheet.faults]


def notes(sheet: Sheet) -> list[str]:
    return [str(note.reason) for note in sheet.notes]


@pytest.mark.parametrize(
    "data",
    [
        package({"Data": DATA}),
        package({"Data": '<dimension ref="A1"/>' + DATA}),
        package({"Data": DATA}, style=styles(fill="<fill/>")),
        package(
            {"Data": DATA}, style="<cellXfs><xf numFmtId='0'/></cellXfs><dxfs><dxf><fill><oops/></fill></dxf></dxfs>"
        ),
        package({"Data": DATA}, strict=True),
        package({"Data": DATA}, absolute=True),
        package({"Data": DATA.replace(' r="', ' x="')}),
        package(
            {"Data": DATA},
            more={"docProps/core.xml": b"<broken", "xl/theme/theme1.xml": b"", "docProps/custom.xml": b"<a/>"},
        ),
        package({"Data": DATA + "<conditionalFormatting/><pageMargins left='wide'/><drawing r='x'/>"}),
        package({"Data": DATA, "Sheet2": "<sheetData/>", "Sheet3": ""}),
    ],
    ids=[
        "plain",
        "dimension",
        "fill",
        "styles",
        "strict",
        "absolute",
        "no references",
        "broken parts",
        "oddities",
        "empty sheets",
    ],
)
def test_what_spreadsheet_programs_pass_over_is_passed_over(data: bytes) -> None:
    sheet = read(data)
    assert cells(sheet) == WANTED
    assert not sheet.faults
    assert not sheet.notes


def test_slashes_and_case_of_parts_do_not_matter() -> None:
    with zipfile.ZipFile(io.BytesIO(package({"Data": DATA}))) as made:
        parts = {part.replace("/", "\\").replace("xl", "XL", 1): made.read(part) for part in made.namelist()}
    assert cells(read(archive(parts))) == WANTED


def test_shared_texts_are_read_without_readings_and_with_their_escapes() -> None:
    shared = (
        "<si><t>slug</t></si><si><r><t>na</t></r><r><rPr><b/></rPr><t>me@en</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si><si><t>one_x000D_\ntwo_x005F_x0041_</t></si>"
    )
    data = rows([[cell(str(n), "s") for n in pair] for pair in ((0, 1), (3, 2))])
    assert cells(read(package({"Data": data}, shared=shared))) == [{"slug": "one\ntwo_x0041_", "name@en": "東京"}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (cell("7", "s"), "cannot be read here"),
        (cell("x"), "cannot be read here"),
        (cell("1E400"), "“1E400” is larger than any number here."),
        (cell("1", "b"), "truth value"),
        (cell("#REF!", "e"), "the error #REF!"),
        ('t="str"><f>A1</f><v>x</v>', "This is a formula"),
        ("><f>A1</f>", "This is a formula"),
        (inline("a\x01b".replace("\x01", "_x0001_")), "U+0001"),
        (inline("_xD83D_"), "U+FFFD"),
        (inline("x" * 32_768), "32,768 characters; 32,767"),
        (cell("43191", style=1), "a date or time as “h:mm”"),
        (cell("-6", style=2), "a date or time as “yyyy-mm-dd”"),
    ],
)
def test_a_cell_that_holds_nothing_typed_is_told_with_its_place(text: str, reason: str) -> None:
    data = rows([HEADING, [inline("a"), inline("A"), text]])
    sheet = read(package({"Data": data}, style=styles(["h:mm", "yyyy-mm-dd"])))
    ((row, column, words),) = told(sheet)
    assert (row, column) == (2, "C")
    assert reason in words


def test_escapes_that_form_one_letter_together_are_that_letter() -> None:
    data = rows([HEADING[:2], [inline("a"), inline("_xD83D__xDE00_")]])
    assert cells(read(package({"Data": data}))) == [{"slug": "a", "name@en": "😀"}]


def test_a_month_stays_a_month_and_a_date_out_of_its_column_is_told() -> None:
    data = rows([HEADING, [inline("a"), cell("43191", style=1), cell("43191", style=1)]])
    sheet = read(package({"Data": data}, style=styles(["mmm-yy"])))
    assert cells(sheet) == [{"slug": "a", "founded": "2018-04"}]
    assert [(row, column) for row, column, _ in told(sheet)] == [(2, "B")]


def test_a_workbook_of_1904_and_dates_as_text_are_read() -> None:
    data = rows(
        [
            HEADING,
            [inline("a"), inline("A"), cell("41729", style=1)],
            [inline("b"), inline("B"), cell("2018-04-01", "d", 1)],
        ]
    )
    sheet = read(package({"Data": data}, style=styles(["yyyy-mm"]), properties='<workbookPr date1904="1"/>'))
    assert [row["founded"] for row in cells(sheet)] == ["2018-04", "2018-04"]


def test_a_telephone_number_kept_as_a_number_is_told_and_one_in_places_is_read() -> None:
    data = rows(
        [HEADING, [inline("a"), inline("A"), "", cell("1366")], [inline("b"), inline("B"), "", cell("1366", style=1)]]
    )
    sheet = read(package({"Data": data}, style=styles(["00000"])))
    assert [row.get("telephone") for row in cells(sheet)] == [None, "01366"]
    assert "loses leading zeros" in told(sheet)[0][2]


OTHER = rows([[inline("victim-support-center")], [inline("hotline")]])


@pytest.mark.parametrize("hidden", [(), ("lists",), ("Data",)])
def test_the_sheet_with_the_columns_is_read_and_named(hidden: tuple[str, ...]) -> None:
    sheet = read(package({"lists": OTHER, "Data": DATA}, hidden=hidden))
    assert cells(sheet) == WANTED
    assert any("“Data” was read" in note for note in notes(sheet))
    assert any("hidden" in note for note in notes(sheet)) == ("Data" in hidden)


def test_where_no_sheet_or_several_have_the_columns_they_are_named() -> None:
    with pytest.raises(UnreadableInput, match="“A”, “B”, and more than one"):
        read(package({"Read me": OTHER, "A": DATA, "B": DATA}))
    with pytest.raises(UnreadableInput, match="“one”, “two”, and none"):
        read(package({"one": OTHER, "two": OTHER}))
    assert cells(read(package({"A": DATA, "B": DATA}, hidden=("B",)))) == WANTED
    assert cells(read(package({"A": DATA, "lists": rows([[inline("slug")]])}))) == WANTED


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    lines = [HEADING, *([inline(f"a{n}"), inline("A")] for n in range(20))]
    data = '<cols><col min="2" max="9" hidden="1"/></cols>' + rows(lines, dict.fromkeys(range(3, 18), 'hidden="1"'))
    sheet = read(package({"Data": data}))
    assert len(sheet.rows) == 20
    assert notes(sheet) == [
        "Rows that are hidden were read too: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …",
        "Columns that are hidden were read too: B, C, D",
    ]


def test_merged_cells_over_rows_are_faults_and_within_a_row_are_said() -> None:
    lines = [HEADING, [inline("a"), inline("A"), inline("2019")], [inline("b"), inline("B")]]
    sheet = read(
        package({"Data": rows(lines) + '<mergeCells><mergeCell ref="C2:C3"/><mergeCell ref="A3:B3"/></mergeCells>'})
    )
    assert [(row, column) for row, column, _ in told(sheet)] == [(2, "C")]
    assert "C2:C3 are merged" in told(sheet)[0][2]
    assert notes(sheet) == ["Of merged cells only the first counts: A3:B3"]


def test_formatted_rows_without_content_do_not_count() -> None:
    empty = "".join(f'<row r="{n}" ht="15"><c r="A{n}" s="0"/></row>' for n in range(3, 12_000))
    sheet = read(package({"Data": DATA.replace("</sheetData>", empty + "</sheetData>")}))
    assert cells(sheet) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(encoding: str) -> None:
    part = '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode(encoding)
    with pytest.raises(UnreadableInput, match="document type"):
        read(package({"Data": DATA}, more={"xl/styles.xml": part}))
    assert cells(read(package({"Data": DATA}, more={"xl/media/image1.svg": part}))) == WANTED


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (package({"Data": DATA})[:-30], "damaged or cut off"),
        (package({"Data": DATA + "<open>"}), "no well-formed XML"),
        (archive({"a.txt": b"a"}), "no workbook in this archive"),
        (package({"Data": "<sheetData/>"}), "no sheet with cells"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_cause_and_a_remedy(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words) as error:
        read(data)
    assert str(error.value.hint)


def test_what_a_library_writes_is_read_back() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["slug", "name@en"])
    book.active.append(["a", "예시 센터\r\n둘째"])
    stream = io.BytesIO()
    book.save(stream)
    assert cells(read(stream.getvalue())) == [{"slug": "a", "name@en": "예시 센터\n둘째"}]
