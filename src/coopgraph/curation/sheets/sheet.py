"""Spreadsheets as they really arrive: workbooks of many programs, and text with delimiters in many encodings.

Every cell becomes text, or a fault that names its row and column. What a program has spoiled beyond repair (a telephone
number taken for a quantity, a formula) is a fault and never guessed at.
"""

from __future__ import annotations

from coopgraph.curation.sheets.delimited import read_delimited
from coopgraph.curation.sheets.file_kinds import is_archive, refuse_other_kinds
from coopgraph.curation.sheets.table import Columns, Sheet
from coopgraph.curation.sheets.workbook import read_workbook

UNKNOWN = Columns()


def read_sheet(data: bytes, language: str | None, columns: Columns = UNKNOWN) -> Sheet:
    """Return the table in a CSV file or a workbook; the first row names the columns.

    Text that is not Unicode is read in the usual encoding of ``language``; ``columns`` tell which of several sheets is
    meant. Raises :class:`UnreadableInput` where the file cannot be read, or is no table at all; it says what it is.
    """
    refuse_other_kinds(data)
    return read_workbook(data, columns) if is_archive(data) else read_delimited(data, language, columns)
