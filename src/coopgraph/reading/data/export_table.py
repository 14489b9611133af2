"""Table of an export: a row for each thing, a column for each of its properties, one for each language of its texts.

Made of the JSON-LD nodes, so that a column is called as the context calls the property: ``foundingDate``, ``label@ko``,
and ``availableThrough.telephone`` of a part. Beside a column of links to concepts or areas stands one with their names
(``servesArea.label``). A cell has several values where the property is one that can: a list.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.rdf.jsonld import Context
from coopgraph.reading.data.item_list import csv_of_rows
from coopgraph.reading.vocabulary import Vocabulary

if TYPE_CHECKING:
    from coopgraph.rdf.parquet import Cell

BETWEEN = "; "
"""What parts several values in one cell of a format that has no lists."""

_FIRST = ("id", "type")
_DAY_OF_FILES = datetime(1980, 1, 1)  # the earliest that a ZIP archive can tell


class ExportTable(NamedTuple):
    """The columns by name, and a mapping from column to cell for each row; what is absent is not known."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]


def export_table(nodes: Iterable[Mapping[str, Any]], context: Context, words: Vocabulary, language: str) -> ExportTable:
    """Return the table of JSON-LD ``nodes`` in ``context``, in their order; concepts are named in ``language``."""
    cells = _Cells(context.language_maps, words, language)
    rows = tuple(cells.row(node) for node in nodes)
    found = set(chain.from_iterable(rows))
    rest = sorted(found.difference(_FIRST))
    return ExportTable((*(name for name in _FIRST if name in found), *rest), rows)


class _Cells:
    """How nodes become cells."""

    def __init__(self, language_maps: frozenset[str], words: Vocabulary, language: str) -> None:
        self._language_maps = language_maps
        self._words = words
        self._language = language

    def row(self, node: Mapping[str, Any]) -> Mapping[str, Cell]:
        """Return the cells of a node by their columns."""
        cells: dict[str, list[Any]] = {}
        several: set[str] = set()
        for column, value, many in self._of_node("", node, many=False):
            cells.setdefault(column, []).append(value)
            if many:
                several.add(column)
        return {
            column: list(map(_text, dict.fromkeys(values))) if column in several or len(values) > 1 else values[0]
            for column, values in cells.items()
        }

    def _of_node(self, prefix: str, node: Mapping[str, Any], *, many: bool) -> Iterator[tuple[str, Any, bool]]:
        """Yield column, value, and whether the column has several values by its nature."""
        for term, said in node.items():
            if term in self._language_maps and isinstance(said, Mapping):
                for tag, texts in said.items():
                    several = many or isinstance(texts, list)
                    yield from ((f"{prefix}{term}@{tag}", text, several) for text in _listed(texts))
            else:
                several = many or isinstance(said, list)
                for value in _listed(said):
                    yield from self._of_value(prefix + term, value, many=several)

    def _of_value(self, column: str, value: Any, *, many: bool) -> Iterator[tuple[str, Any, bool]]:
        match value:
            case {"@value": str(text), "@type": "xsd:decimal"}:
                yield column, Decimal(text), many
            case {"@value": text, "@language": tag}:
                yield f"{column}@{tag}", text, many
            case {"@value": text}:
                yield column, text, many
            case {"id": link} if len(value) == 1:
                yield column, link, many
            case Mapping():
                yield from self._of_node(f"{column}.", value, many=many)
            case str() if value.startswith((CONCEPT, AREA)) and not column.endswith("id"):
                yield column, value, many
                yield f"{column}.label", self._words.label(value, self._language).text, many
            case _:
                yield column, value, many


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def table_csv(table: ExportTable) -> bytes:
    """Return the table as CSV (RFC 4180, UTF-8); several values of a cell are parted by :data:`BETWEEN`."""
    return csv_of_rows(table.columns, ([_one_text(row.get(name)) for name in table.columns] for row in table.rows))


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


def _one_text(value: Cell) -> str:
    if value is None:
        return ""
    return BETWEEN.join(value) if isinstance(value, list) else _text(value)
