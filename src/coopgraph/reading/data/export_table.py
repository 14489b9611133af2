"""Files of an export's table: Parquet, and a workbook."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from coopgraph.rdf.node_table import BETWEEN, ExportTable

if TYPE_CHECKING:
    from coopgraph.rdf.parquet import Cell

_DAY_OF_FILES = datetime(1980, 1, 1)  # the earliest that a ZIP archive can tell


def table_parquet(table: ExportTable) -> bytes:
    """Return the table as Parquet: columns of whole numbers, decimals, truth values, texts, and lists of texts."""
    from coopgraph.rdf.parquet import write_table  # a third of the time in which a server starts

    stream = io.BytesIO()
    write_table(table.columns, table.rows, stream)
    return stream.getvalue()


def table_xlsx(table: ExportTable, title: str) -> bytes:
    """Return the table as a workbook with one sheet. The same table gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for row in (table.columns, *([_for_sheet(row.get(name)) for name in table.columns] for row in table.rows)):
        sheet.append([_plain(sheet, value) for value in row])
    # Packed again with a fixed time, since a workbook otherwise tells when it was made.
    made, again = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "docProps/core.xml":
                target.writestr(zipfile.ZipInfo(name, _DAY_OF_FILES.timetuple()[:6]), source.read(name))
    return again.getvalue()


def _plain(sheet: Any, value: Cell) -> Any:
    """Return a cell that is shown as it is: a text that begins like a formula is none."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _for_sheet(value: Cell) -> Cell:
    return BETWEEN.join(value) if isinstance(value, list) else value
