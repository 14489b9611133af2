"""Table of an export: a row for each thing, a column for each of its properties, one for each language of its texts.

Made of the JSON-LD nodes, so that a column is called as the context calls the property: ``foundingDate``, ``label@ko``,
and ``availableThrough.telephone`` of a part. Beside a column of links to concepts or areas stands one with their names
(``servesArea.label``). A cell has several values where the property is one that can: a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.rdf.csv_rows import csv_of_rows
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import Context, JsonLdFrame
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode

BETWEEN = "; "
"""What parts several values in one cell of a format that has no lists."""

if TYPE_CHECKING:
    from coopgraph.rdf.parquet import Cell

PARTS = {"service": (COOP.isAvailableThrough,)}
"""By the name of a frame the properties whose values belong to the thing itself, and come with it."""

Label = Callable[[str, str], str]
"""The label of the concept of an IRI for a reader of a language."""

_FIRST = ("id", "type")


def exported_nodes(context: Context, graph: Graph, things: Iterable[NamedNode], name: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD node of each of ``things`` with its :data:`PARTS`, without a context. ``name`` is a frame's."""
    within = JsonLdFrame({}, {}, explicit=False, always=True)
    frame = JsonLdFrame({part.value: within for part in PARTS.get(name, ())}, {}, explicit=False, always=False)
    for thing in things:
        node = context.tree(graph, thing, frame)
        del node["@context"]
        yield node


ExportRow = Mapping[str, "Cell"]
"""A row's cells by their columns; what is absent is not known."""


class ExportTable(NamedTuple):
    """The columns by name, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[ExportRow, ...]

    @classmethod
    def of(cls, rows: Iterable[ExportRow]) -> ExportTable:
        """Return the table of ``rows``, in their order; one without rows still has the columns that every thing has."""
        rows = tuple(rows)
        found = set(chain.from_iterable(rows))
        rest = sorted(found.difference(_FIRST))
        return cls((*(name for name in _FIRST if name in found or not rows), *rest), rows)


def export_table(nodes: Iterable[Mapping[str, Any]], context: Context, label: Label, language: str) -> ExportTable:
    """Return the table of JSON-LD ``nodes`` in ``context``, in their order; concepts are named in ``language``."""
    return ExportTable.of(map(RowMaker(context, label, language).row, nodes))


class RowMaker:
    """Makes rows of JSON-LD nodes in ``context``; concepts are named in ``language``."""

    def __init__(self, context: Context, label: Label, language: str) -> None:
        self._language_maps = context.language_maps
        self._label = label
        self._language = language

    def row(self, node: Mapping[str, Any]) -> ExportRow:
        """Return the cells of a node by their columns."""
        cells: dict[str, list[Any]] = {}
        several: set[str] = set()
        for column, value, many in self._of_node("", node, many=False):
            cells.setdefault(column, []).append(value)
            if many:
                several.add(column)
        return {
            column: list(map(cell_text, dict.fromkeys(values))) if column in several or len(values) > 1 else values[0]
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
                yield f"{column}.label", self._label(value, self._language), many
            case _:
                yield column, value, many


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def cell_text(value: Any) -> str:
    """Return a value as a cell of a text file has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def table_csv(table: ExportTable) -> bytes:
    """Return the table as CSV (RFC 4180, UTF-8); several values of a cell are parted by :data:`BETWEEN`."""
    return csv_of_rows(table.columns, ([_one_text(row.get(name)) for name in table.columns] for row in table.rows))


def _one_text(value: Cell) -> str:
    if value is None:
        return ""
    return BETWEEN.join(value) if isinstance(value, list) else cell_text(value)
