"""Table of cells as strangers write it: its heading, its rows, and what cannot be taken as text, each with its place.

Whatever a file was, its cells come here as text, as a date or number that a spreadsheet program made, or as a problem.
Text is composed (NFC), its lines end with LF, and spaces at its ends are gone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.same_words import composed, words_key

MOST_ROWS = 10_000
MOST_COLUMNS = 200
MOST_LETTERS = 32_767
"""Characters that a cell may have; Excel's own limit."""

FORMULA = Message("This is a formula; put its value here.")
_DATE = Message("The spreadsheet program made a date of this; format the cell as text and type it again.")
_YEAR = re.compile(r"[12][0-9]{3}")
_ENDS = "\u200b\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with a cell, a column or a row: its row (from 1, as spreadsheets count), column and reason."""

    row: int
    column: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Note:
    """What a curator should know of how a sheet was read."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cell holds nothing that somebody typed."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Date:
    """A date that a spreadsheet program keeps as a number, as precisely as its cell shows it: ``2024-05``."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its cell shows it, which may have lost leading zeros."""

    text: str


CellValue = str | Date | Number | Problem
TableLine = tuple[int, Mapping[int, CellValue]]
"""The number of a row (from 1), and its cells that are not empty, by the number of their column (from 1)."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of a sheet's columns beforehand: the names of those that it must have, of dates, of telephones.

    ``dates`` is None where any column may hold a date.
    """

    required: frozenset[str] = frozenset()
    dates: frozenset[str] | None = None
    telephones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below the heading: its number in the file, and the text of each cell that is not empty, by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the names of its columns in order, where each stands (``C``), its rows, and what could not be taken.

    ``notes`` say what was read beyond what its curator sees. ``encoding`` is that of a file of text, ``name`` that of
    the sheet in a workbook.
    """

    columns: tuple[str, ...]
    letters: Mapping[str, str]
    rows: tuple[TableRow, ...]
    faults: tuple[CellError, ...]
    notes: tuple[Note, ...] = ()
    encoding: str = "utf-8"
    name: str = ""

    def column_name(self, letter: str) -> str:
        """Return what the column at a letter is called; the empty text where it has no name."""
        return next((name for name, found in self.letters.items() if found == letter), "")

    def told(self, fault: CellError) -> Message:
        """Return what is wrong with a cell, with its place."""
        name = self.column_name(fault.column)
        column = (f"{fault.column} “{name}”" if name else fault.column) or "–"
        if self.name:
            return Message(
                "Sheet “{sheet}”, row {row}, column {column}: {reason}",
                sheet=self.name,
                row=fault.row,
                column=column,
                reason=fault.reason,
            )
        return Message("Row {row}, column {column}: {reason}", row=fault.row, column=column, reason=fault.reason)


class FaultyCells(UnreadableInput):
    """A table of which nothing was taken, since some cells are wrong: each with its place."""

    def __init__(self, sheet: Sheet, faults: tuple[CellError, ...]) -> None:
        super().__init__(
            Message(
                "Nothing was taken from the table.\n\n{report}",
                report=lambda language: "\n".join(sheet.told(fault).in_language(language) for fault in faults),
            ),
            Message("Mend these cells and send the table again."),
        )
        self.sheet, self.faults = sheet, faults


def heading(cells: Mapping[int, CellValue]) -> tuple[str, ...]:
    """Return the names of columns that the cells of a heading give, up to the last that is not empty."""
    names = {place: words_key(cell) if isinstance(cell, str) else "" for place, cell in cells.items()}
    last = max((place for place, name in names.items() if name), default=0)
    return tuple(names.get(place, "") for place in range(1, min(last, MOST_COLUMNS + 1) + 1))


def read_table(lines: Iterable[TableLine], columns: Columns) -> Sheet:
    """Return the table whose first row is the heading. Raises :class:`UnreadableInput` where there is none."""
    rest = iter(lines)
    number, cells = next(rest, (1, {}))
    names = heading(cells) if number == 1 else ()
    if not names:
        raise UnreadableInput(
            Message("The first row names no columns."),
            Message("Start from the template: coopgraph import org --template."),
        )
    if len(names) > MOST_COLUMNS:
        raise UnreadableInput(
            Message("There are more than {limit} columns.", limit=MOST_COLUMNS), Message("Start from the template.")
        )
    letters = {name: get_column_letter(place) for place, name in enumerate(names, 1) if name}
    faults = [
        CellError(1, get_column_letter(place), Message("The column has no name, or the name of another one."))
        for place, name in enumerate(names, 1)
        if letters.get(name) != get_column_letter(place)
    ]
    found: list[TableRow] = []
    for number, cells in rest:
        texts: dict[str, str] = {}
        for place, cell in sorted(cells.items()):
            name = names[place - 1] if place <= len(names) else ""
            taken = _taken(cell, name, columns)
            if isinstance(taken, Problem):
                faults.append(CellError(number, get_column_letter(place), taken.reason))
            elif taken and place > len(names):
                faults.append(
                    CellError(number, get_column_letter(place), Message("A cell without a column name is filled in."))
                )
            elif taken and letters.get(name) == get_column_letter(place):
                texts[name] = taken
        if texts:
            found.append(TableRow(number, texts))
        if len(found) > MOST_ROWS:
            raise UnreadableInput(
                Message("There are more than {limit:,} rows.", limit=MOST_ROWS), Message("Split the file.")
            )
    return Sheet(tuple(name for name in names if name), letters, tuple(found), tuple(faults))


def merged(sheet: Sheet, area: str, top: int, bottom: int, left: int) -> Iterator[CellError]:
    """Yield what is wrong where cells of several rows of a table are merged; ``area`` is written ``B2:B4``."""
    if top < bottom and left <= len(sheet.columns) and any(top <= row.number for row in sheet.rows):
        yield CellError(
            top,
            get_column_letter(left),
            Message(
                "The cells {value} are merged, so the lower rows are empty; split them and fill in every row.",
                value=area,
            ),
        )


def taken_for_quantity(value: str) -> Problem:
    """Return the problem of a cell whose text a program made a number of."""
    return Problem(
        Message("“{value}” was taken for a quantity; format the column as text and type it again.", value=value)
    )


def tidy(text: str) -> str:
    """Return the text of a cell composed, its lines ended by LF, without spaces and invisible marks at its ends."""
    stripped = composed(text).strip()
    while stripped != (stripped := stripped.strip(_ENDS).strip()):
        pass
    return stripped


def _taken(cell: CellValue, column: str, columns: Columns) -> str | Problem:
    match cell:
        case Problem():
            return cell
        case Date(text):
            return text if columns.dates is None or column in columns.dates else Problem(_DATE)
        case Number(text) if column in columns.telephones:
            return Problem(
                Message(
                    "The telephone number {value} is a number in this sheet, which loses leading zeros; format the "
                    "cell as text and type the number again.",
                    value=text,
                )
            )
        case Number(text):
            return text if _YEAR.fullmatch(text) else taken_for_quantity(text)
        case str():
            return _typed(tidy(cell))


def _typed(text: str) -> str | Problem:
    """Return a text that somebody may have typed, or why it is none."""
    if len(text) > MOST_LETTERS:
        return Problem(
            Message(
                "The cell has {length} characters; {limit} is the most.",
                length=f"{len(text):,}",
                limit=f"{MOST_LETTERS:,}",
            )
        )
    untyped = next((letter for letter in text if letter == "\ufffd" or _is_control(letter)), None)
    if untyped:
        return Problem(
            Message(
                "The text holds the character {value}, which nobody types; type the text again.",
                value=f"U+{ord(untyped):04X}",
            )
        )
    return text


def _is_control(letter: str) -> bool:
    return letter not in "\t\n" and unicodedata.category(letter) in ("Cc", "Cs")
