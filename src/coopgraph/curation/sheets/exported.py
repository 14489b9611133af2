"""Exported sheets: a table of an export, read as a sheet that says what is new in it.

A sheet is an export where it has the column ``id``. Its columns are called as the JSON-LD context calls their
properties: those that a sheet of the kind has too are taken, other terms of the context are for reading only. What the
graph says already is left out, so that an export as it came changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from coopgraph.curation.drafts import node
from coopgraph.curation.sheets.entities import MORE_OF_SOURCE, OF_SOURCE, SheetKind
from coopgraph.curation.sheets.table import CellError, Sheet, TableRow, tidy
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.rdf.index import Index
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode

IDENTITY = "id"
"""The column that makes a sheet an export: the IRI of the thing; empty for a new one."""

_BETWEEN = "; "
_FORMULA_STARTS = ("'=", "'+", "'-", "'@")
_ID = f"{BASE}id/"


def only_new(sheet: Sheet, kind: SheetKind, context: Context, known: Index) -> Sheet:
    """Return a sheet with the columns of its kind, and of an export only the cells that say what ``known`` does not.

    Rows that say nothing new are left out, and so is what is wrong with columns for reading only.
    """
    if IDENTITY not in sheet.letters:
        return sheet
    columns = {name: _column(name, kind, context) for name in sheet.columns}
    kept = {name: column for name, column in columns.items() if column}
    faults = [fault for fault in sheet.faults if columns.get(sheet.column_name(fault.column), "-")]
    rows = []
    for row in sheet.rows:
        slug, identity = row.cells.get("slug", ""), row.cells.get(IDENTITY, "")
        if identity and identity != node(kind.segment, slug).value:
            reason = Message("This is not the identifier of {kind}/{slug}.", kind=kind.segment, slug=slug)
            faults.append(CellError(row.number, sheet.letters[IDENTITY], reason))
            continue
        held = _held(node(kind.segment, slug), known) if identity else {}
        cells = {kept[name]: text for name, text in row.cells.items() if name in kept}
        new = dict(_new_cells(cells, kind, held))
        if not identity or new.keys() - {"slug", IDENTITY}:
            rows.append(TableRow(row.number, new))
    return replace(
        sheet,
        columns=tuple(kept.values()),
        letters={column: sheet.letters[name] for name, column in kept.items()},
        rows=tuple(rows),
        faults=tuple(faults),
    )


def _column(name: str, kind: SheetKind, context: Context) -> str:
    """Return what a sheet of the kind calls a column of an export; the empty text for one that is for reading only."""
    if name in (IDENTITY, "slug", *OF_SOURCE, *MORE_OF_SOURCE):
        return name
    term, at, tag = name.partition("@")
    whole = term.partition(".")[0]
    if whole in context.properties:
        column = kind.properties.get(context.properties[term], "") if term in context.properties else ""
        return f"{column}{at}{tag}" if column else ""
    # A prefixed name is a property that the context has no term for.
    return "" if ":" in whole else name


def _held(subject: NamedNode, known: Index) -> dict[tuple[str, str], set[str]]:
    """Return the claimed values of a thing by property and language, as an export writes them."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for claim in known.subjects(RDF.subject, subject):
        for predicate in known.objects(claim, RDF.predicate):
            for value in known.objects(claim, RDF.object):
                tag = (value.language or "").lower() if isinstance(value, Literal) else ""
                found[predicate.value, tag].add(tidy(value.value))
    return dict(found)


def _new_cells(
    cells: Mapping[str, str], kind: SheetKind, held: Mapping[tuple[str, str], set[str]]
) -> Iterator[tuple[str, str]]:
    properties = {column: predicate for predicate, column in kind.properties.items()}
    for column, text in cells.items():
        name, _, tag = column.partition("@")
        if name not in properties:
            yield column, text
            continue
        written = text[1:] if text.startswith(_FORMULA_STARTS) else text
        known = held.get((properties[name], tag.lower()), set())
        if left := _BETWEEN.join(_shortened(part) for part in _unknown(written.split(_BETWEEN), known)):
            yield column, left


def _unknown(parts: list[str], known: Iterable[str]) -> Iterator[str]:
    """Yield the values of a cell that are not ``known``; a value may hold what parts several."""
    start = 0
    while start < len(parts):
        ends = range(len(parts), start, -1)
        end = next((end for end in ends if _BETWEEN.join(parts[start:end]) in known), None)
        if end is None:
            yield parts[start]
        start = end or start + 1


def _shortened(value: str) -> str:
    """Return the code of a concept or the slug of an entity; other values as they are."""
    return value.rpartition("/")[2] if value.startswith(_ID) else value
