"""Template of a sheet: its heading, to be filled in below, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from coopgraph.curation.sheets.entities import SheetKind

_TEXT = "@"
_READY_ROWS = 500
"""Rows whose cells are formatted as text beforehand, so that no program makes dates or quantities of them."""


def template_csv(kind: SheetKind) -> bytes:
    """Return the heading as CSV in UTF-8; the mark at its beginning makes Excel read and save it so."""
    return ("\ufeff" + kind.heading).encode("utf-8")


def template_xlsx(kind: SheetKind) -> bytes:
    """Return the heading as a workbook whose cells are text; columns that every row fills in are bold."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = kind.segment
    (names,) = csv.reader([kind.heading])
    for place, name in enumerate(names, 1):
        cell = sheet.cell(1, place, name)
        cell.font = Font(bold=name in kind.all_required)
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(name) + 2)
        for row in range(1, _READY_ROWS + 1):
            sheet.cell(row, place).number_format = _TEXT
    sheet.freeze_panes = "B2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
