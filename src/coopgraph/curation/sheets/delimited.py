"""Tables as text with delimiters (RFC 4180 and what programs make of it), in the encodings of East Asia.

Text that is not Unicode says nowhere how it is encoded, and nearly every guess gives some letters. So nothing is
guessed: whoever imports names the language, or is shown what each encoding makes of the names.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from coopgraph.curation.sheets.table import (
    FORMULA,
    CellValue,
    Columns,
    Problem,
    Sheet,
    TableLine,
    heading,
    read_table,
    taken_for_quantity,
)
from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message

ENCODINGS: Mapping[str, str] = {"ko": "cp949", "ja": "cp932", "zh-Hans": "gb18030", "zh-Hant": "cp950", "en": "cp1252"}
"""The encoding that office programs of a language use where they do not use UTF-8."""

DELIMITERS = ",;\t|"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHOWN_ROWS = 3
_SHOWN_LETTERS = 60
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E[+][0-9]+")
_KEPT = re.compile(r'="([^"]*)"')
"""How programs keep Excel from taking a text for a number."""


class UnknownEncoding(UnreadableInput):
    """Text that is not Unicode, and whose encoding nobody told; the message shows it as each encoding reads it."""


def read_delimited(data: bytes, language: str | None, columns: Columns) -> Sheet:
    """Return the table in a file of text.

    Text that is not Unicode is read in the usual encoding of ``language``. Raises :class:`UnreadableInput` where that
    fails or no language is given; the message then shows the first names as each encoding reads them.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        return _table(data.decode(encoding), columns)
    except UnicodeDecodeError as error:
        if mark:
            line = data.count(b"\n", 0, error.start) + 1
            raise UnreadableInput(
                Message(
                    "The file begins as {encoding} but is damaged on line {line}.", encoding=encoding.upper(), line=line
                ),
                Message("Save it as CSV in UTF-8 again."),
            ) from error
    if language is None:
        raise UnknownEncoding(
            Message(
                "The file is not UTF-8, and its encoding is stated nowhere. Its first names would be:\n{names}",
                names=_readings(data),
            ),
            Message("Name the language whose line is right with --lang, or save the file as CSV in UTF-8."),
        )
    try:
        return replace(_table(data.decode(ENCODINGS[language]), columns), encoding=ENCODINGS[language])
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            Message(
                "The file is neither UTF-8 nor {encoding}, the usual encoding for “{language}”.",
                encoding=ENCODINGS[language],
                language=language,
            ),
            Message("Save it as CSV in UTF-8, or name its language with --lang (ko, ja, zh-Hans, zh-Hant)."),
        ) from error


def _readings(data: bytes) -> str:
    """Return a line for each language: the names of the first rows as its encoding reads them."""
    lines = []
    for language, encoding in ENCODINGS.items():
        try:
            sheet = _table(data.decode(encoding), Columns())
        except (UnicodeDecodeError, UnreadableInput):
            lines.append(f"  {language} ({encoding}): –")
            continue
        rows = [
            " / ".join(
                value.replace("\n", " ")[:_SHOWN_LETTERS]
                for name, value in row.cells.items()
                if name.startswith(("name@", "source_title")) and not value.isascii()
            )
            for row in sheet.rows
        ]
        names = [names for names in rows if names] or [
            value.replace("\n", " ")[:_SHOWN_LETTERS]
            for row in sheet.rows
            for value in row.cells.values()
            if not value.isascii()
        ]
        lines.append(f"  {language} ({encoding}): {' | '.join(names[:_SHOWN_ROWS]) or '–'}")
    return "\n".join(lines)


def _table(text: str, columns: Columns) -> Sheet:
    if "\0" in text:
        raise UnreadableInput(
            Message("The file holds NUL characters, so it is no table of text."), Message("Save it as CSV in UTF-8.")
        )
    text = text.lstrip("\ufeff")
    stated = _SEPARATOR_LINE.match(text)
    if stated:
        text = text[stated.end() :].lstrip("\ufeff")
    delimiter = stated[1] if stated else _delimiter(text, columns)
    return read_table(_lines(text, delimiter), columns)


def _delimiter(text: str, columns: Columns) -> str:
    """Return the delimiter by which the heading names most columns that are known, else the most columns."""

    def named(delimiter: str) -> tuple[int, int]:
        first = next(_lines(text, delimiter, limit=1), (1, {}))
        names = heading(first[1])
        return len(columns.required & set(names)), len(names)

    return max(DELIMITERS, key=named)


def _lines(text: str, delimiter: str, limit: int | None = None) -> Iterator[TableLine]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))  # the table has a limit, and says where
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, begun = 0, 1
    while limit is None or number < limit:
        number, begun = number + 1, reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "end of data" in str(error):
                message = Message(
                    "The quoted cell in row {row} (from line {line} of the file) is never closed.",
                    row=number,
                    line=begun,
                )
            else:
                message = Message(
                    "A quoted cell in row {row} (line {line} of the file) has text after its end.",
                    row=number,
                    line=reader.line_num,
                )
            raise UnreadableInput(message, Message("Close it, or save the file as CSV again.")) from error
        if cells is None:
            return
        filled = {place: _cell(cell) for place, cell in enumerate(cells, 1) if cell.strip()}
        if filled or number == 1:
            yield number, filled


def _cell(text: str) -> CellValue:
    """Return a cell of text, or why it is not what somebody typed."""
    stripped = text.strip()
    if kept := _KEPT.fullmatch(stripped):
        return kept[1]
    if stripped.startswith("="):
        return Problem(FORMULA)
    if _SCIENTIFIC.fullmatch(stripped):
        return taken_for_quantity(stripped)
    return text
