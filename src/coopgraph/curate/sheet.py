"""Spreadsheets as they really arrive: CSV in the encodings of East Asia, Excel workbooks with their conversions.

Every cell becomes text, or a fault that names its row and column. What Excel has spoiled beyond repair (a telephone
number taken for a quantity, a formula) is a fault and never guessed at. A workbook is a stranger's document: its size
unpacked, its rows and its columns are limited, and XML with a document type is refused.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from coopgraph.errors import UnreadableInput

ENCODINGS: Mapping[str, str] = {"ko": "cp949", "ja": "cp932", "zh-Hans": "gb18030", "zh-Hant": "cp950", "en": "cp1252"}
"""The encoding that office programs of a language use where they do not use UTF-8."""

DELIMITERS = ",;\t"
MOST_ROWS = 10_000
MOST_COLUMNS = 200
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes that a workbook may have when unpacked."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E[+][0-9]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, a column or a row: its row (from 1, as a spreadsheet counts), its column's name, why.

    ``reason`` is an English sentence with placeholders, for :func:`coopgraph.model.texts.text`; ``values`` fill it.
    """

    row: int
    column: str
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the heading: its number in the file, and the text of each cell that is not empty, by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the names of its columns in order, where each stands (``C``), its rows, and what could not be taken."""

    columns: tuple[str, ...]
    letters: Mapping[str, str]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read_sheet(data: bytes, language: str) -> Sheet:
    """Return the table in a CSV file or in the first sheet of a workbook; the first row names the columns.

    Text that is not UTF-8 is read in the usual encoding of ``language``. Raises :class:`UnreadableInput` where that
    fails too, or where it is no table at all.
    """
    if data.startswith(_WORKBOOK):
        return _table(_workbook(data))
    if data.startswith(_OLD_WORKBOOK):
        raise UnreadableInput("This is an old Excel workbook (.xls).", "Save it as .xlsx or as CSV in UTF-8.")
    return _table(_csv(_decoded(data, language)))


def _decoded(data: bytes, language: str) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(ENCODINGS[language])
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            f"The file is neither UTF-8 nor {ENCODINGS[language]}, the usual encoding for “{language}”.",
            "Save it as CSV in UTF-8, or name its language with --lang (ko, ja, zh-Hans, zh-Hant).",
        ) from error


def _csv(text: str) -> Iterator[list[str | Fault]]:
    if "\0" in text:
        raise UnreadableInput("The file holds NUL characters, so it is no table of text.", "Save it as CSV in UTF-8.")
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            yield [_written(cell.strip(), number, place) for place, cell in enumerate(cells, 1)]
    except csv.Error as error:
        raise UnreadableInput(
            f"The file breaks off inside a quoted cell, or has text after one ({error}).", "Save it as CSV again."
        ) from error


def _written(text: str, row: int, place: int) -> str | Fault:
    """Return a cell of text, or why it is not what somebody typed."""
    if text.startswith("="):
        return Fault(row, get_column_letter(place), "This is a formula; put its value here.", {})
    if _SCIENTIFIC.fullmatch(text):
        return Fault(row, get_column_letter(place), _QUANTITY, {"value": text})
    return text


_QUANTITY = "“{value}” was taken for a quantity; format the column as text and type it again."


def _workbook(data: bytes) -> Iterator[list[str | Fault]]:
    _refuse_bombs(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        for number, cells in enumerate(book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2), 1):
            yield [_typed(cell.value, cell.data_type, number, place) for place, cell in enumerate(cells, 1)]
    except (InvalidFileException, KeyError, ValueError, IndexError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise UnreadableInput("The workbook is damaged.", "Open it and save it again as .xlsx, or as CSV.") from error


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableInput(
                    f"The workbook has more than {MOST_UNPACKED // 1024**2} MiB when unpacked.", "Split it."
                )
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                    raise UnreadableInput("The workbook holds a document type, which no spreadsheet program writes.")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise UnreadableInput("The workbook is damaged or protected.", "Save it again without a password.") from error


def _typed(value: object, kind: str, row: int, place: int) -> str | Fault:
    """Return the text of a workbook's cell. Years are the only numbers taken: all else has lost what was typed."""
    column = get_column_letter(place)
    match value:
        case None:
            return ""
        case _ if kind == "f":
            return Fault(row, column, "This is a formula; put its value here.", {})
        case _ if kind == "e":
            return Fault(row, column, "The cell holds the error {value}.", {"value": str(value)})
        case bool():
            return Fault(row, column, "A truth value was found where text belongs.", {})
        case datetime.datetime():
            return value.date().isoformat()
        case datetime.date():
            return value.isoformat()
        case int() | float() if value == int(value) and 1000 <= value < 3000:
            return str(int(value))
        case int() | float():
            return Fault(row, column, _QUANTITY, {"value": f"{value:g}" if isinstance(value, float) else str(value)})
        case _:
            return str(value).strip()


def _table(rows: Iterable[Sequence[str | Fault]]) -> Sheet:
    lines = iter(rows)
    heading = [cell if isinstance(cell, str) else "" for cell in next(lines, ())]
    while heading and not heading[-1]:
        heading.pop()
    if not heading:
        raise UnreadableInput(
            "The first row names no columns.", "Start from the template: coopgraph import org --template."
        )
    if len(heading) > MOST_COLUMNS:
        raise UnreadableInput(f"There are more than {MOST_COLUMNS} columns.", "Start from the template.")
    letters = {name: get_column_letter(place) for place, name in enumerate(heading, 1)}
    faults = [
        Fault(1, get_column_letter(place), "The column has no name, or the name of another one.", {})
        for place, name in enumerate(heading, 1)
        if not name or letters[name] != get_column_letter(place)
    ]
    found: list[Row] = []
    for number, cells in enumerate(lines, 2):
        if number > MOST_ROWS + 1:
            raise UnreadableInput(f"There are more than {MOST_ROWS:,} rows.", "Split the file.")
        faults += [cell for cell in cells if isinstance(cell, Fault)]
        faults += [
            Fault(number, get_column_letter(place), "A cell without a column name is filled in.", {})
            for place, cell in enumerate(cells, 1)
            if place > len(heading) and cell
        ]
        texts = {name: cell for name, cell in zip(heading, cells, strict=False) if isinstance(cell, str) and cell}
        if texts:
            found.append(Row(number, texts))
    return Sheet(tuple(heading), letters, tuple(found), tuple(faults))
