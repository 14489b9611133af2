"""Excel workbooks (ECMA-376 part 1, transitional and strict) as the many programs write them that make some.

Only what a table needs is looked at: sheets, texts, number formats, what is hidden or merged. So a fault in a theme, a
fill or a chart, which a spreadsheet program passes over, is passed over here too. A workbook is a stranger's document:
its size unpacked is limited, XML with a document type is refused, and nothing that it names is fetched.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree

from openpyxl.utils import column_index_from_string, get_column_letter

from coopgraph.curation.sheets.number_format import GENERAL, code_of, displayed_value
from coopgraph.curation.sheets.table import (
    FORMULA,
    CellValue,
    Columns,
    Note,
    Problem,
    Sheet,
    TableLine,
    heading,
    merged,
    read_table,
)
from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message

MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes that a workbook may have when unpacked."""

_UNREADABLE = Message("The cell cannot be read here; type its content again.")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_NAMED = 10
"""How many rows or areas a note names."""


def read_workbook(data: bytes, columns: Columns) -> Sheet:
    """Return the table in a workbook: that of the one sheet whose heading has ``columns``.

    Raises :class:`UnreadableInput` where no sheet or several have it, or where the workbook cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableInput(
                    Message("The workbook has more than {limit} MiB when unpacked.", limit=MOST_UNPACKED // 1024**2),
                    Message("Split it."),
                )
            book = _Book(_Package(archive))
            chosen, notes = _chosen(book, columns)
            return _read(book, chosen, columns, notes)
    except UnreadableInput:
        raise
    except Exception as error:  # a stranger's archive may break its readers in any way
        raise UnreadableInput(
            Message("This workbook cannot be read here: {cause}.", cause=_cause(error)),
            Message("Open it in a spreadsheet program and save it again as .xlsx, or as CSV in UTF-8."),
        ) from error


def _cause(error: Exception) -> Message:
    match error:
        case ElementTree.ParseError():
            line, column = error.position
            return Message(
                "a part of it is no well-formed XML (line {line}, column {column})", line=line, column=column + 1
            )
        case RuntimeError() | NotImplementedError():
            return Message("it is protected by a password, or packed in an unusual way")
        case MemoryError():
            return Message("it is too large")
        case _:
            return Message("it is damaged or cut off")


class _Package:
    """The parts of an archive by name, as OPC has them: programs differ in case, in slashes and in absolute names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = {_part_name(name): name for name in archive.namelist()}

    def root(self, part: str) -> ElementTree.Element | None:
        """Return the root of a small part, or None where there is no such part."""
        text = self._text(part)
        return None if text is None else ElementTree.fromstring(text)

    def elements(self, part: str) -> Iterator[tuple[str, ElementTree.Element]]:
        """Yield the events ``start`` and ``end`` of a large part with their elements."""
        text = self._text(part)
        if text is not None:
            yield from ElementTree.iterparse(io.BytesIO(text), events=("start", "end"))

    def _text(self, part: str) -> bytes | None:
        name = self._parts.get(_part_name(part))
        text = None if name is None else self._archive.read(name)
        if text and any(mark in text for mark in _DOCTYPES):
            raise UnreadableInput(
                Message("The workbook holds a document type, which no spreadsheet program writes."),
                Message("Open it in a spreadsheet program and save it again."),
            )
        return text

    def related(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Return what a part refers to, by the reference's name: the last word of its type, and the part."""
        folder, name = posixpath.split(part)
        root = self.root(f"{folder}/_rels/{name}.rels")
        if root is None:
            return {}
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2],
                posixpath.join(folder, item.get("Target", "")),
            )
            for item in root
            if item.get("TargetMode") != "External"
        }


def _part_name(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


@dataclass(slots=True)
class _Page:
    """A sheet of a workbook: its name, its part, and what its reading found beside its rows."""

    name: str
    part: str
    hidden: bool
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)


class _Book:
    """A workbook: its sheets, the texts that they share, the number formats of its cells."""

    def __init__(self, package: _Package) -> None:
        self._package = package
        starts = [part for kind, part in package.related("").values() if kind == "officeDocument"]
        book = next(iter(starts), "xl/workbook.xml")
        root = package.root(book)
        if root is None:
            raise UnreadableInput(
                Message("There is no workbook in this archive."), Message("Give a .csv or .xlsx file.")
            )
        related = package.related(book)
        properties = next(_children(root, "workbookPr"), None)
        self._since_1904 = properties is not None and _is_true(properties.get("date1904"))
        self.pages = [
            _Page(item.get("name", ""), part, item.get("state", "visible") != "visible")
            for sheets in _children(root, "sheets")
            for item in _children(sheets, "sheet")
            for kind, part in [related.get(_reference(item), ("", ""))]
            if kind == "worksheet"
        ]
        by_kind = dict(related.values())
        self._texts = tuple(self._shared(by_kind.get("sharedStrings", "xl/sharedStrings.xml")))
        self._codes = self._formats(by_kind.get("styles", "xl/styles.xml"))

    def lines(self, page: _Page) -> Iterator[TableLine]:
        """Yield the rows of a sheet that are not empty; what is hidden or merged is noted in ``page``."""
        number = 0
        for event, element in self._package.elements(page.part):
            match event, _local(element):
                case "start", "sheetData":
                    data = element
                case "end", "row":
                    number = int(text) if (text := element.get("r", "").strip()).isdecimal() else number + 1
                    cells = dict(self._cells(element))
                    if cells:
                        if _is_true(element.get("hidden")):
                            page.hidden_rows.append(number)
                        yield number, cells
                    data.clear()
                case "end", "col" if _is_true(element.get("hidden")):
                    page.hidden_columns.append((int(element.get("min", "1")), int(element.get("max", "1"))))
                case "end", "mergeCell":
                    page.areas.append(element.get("ref", ""))
                case _:
                    pass

    def _cells(self, row: ElementTree.Element) -> Iterator[tuple[int, CellValue]]:
        place = 0
        for element in _children(row, "c"):
            reference = _REFERENCE.fullmatch(element.get("r", "").strip())
            place = column_index_from_string(reference[1].upper()) if reference else place + 1
            cell = self._cell(element)
            if cell != "":
                yield place, cell

    def _cell(self, element: ElementTree.Element) -> CellValue:
        if next(_children(element, "f"), None) is not None:
            return Problem(FORMULA)
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return "".join(_text(inline) for inline in _children(element, "is"))
        value = "".join(item.text or "" for item in _children(element, "v"))
        code = self._code(element.get("s", "0"))
        match kind:
            case "str":
                return _unescaped(value)
            case _ if not value.strip():
                return ""
            case "s":
                place = int(value) if value.strip().isdecimal() else -1
                return self._texts[place] if 0 <= place < len(self._texts) else Problem(_UNREADABLE)
            case "b":
                return Problem(Message("A truth value was found where text belongs."))
            case "e":
                return Problem(Message("The cell holds the error {value}.", value=value.strip()))
            case "d":
                return self._moment(value.strip(), "yyyy-mm-dd" if code == GENERAL else code)
            case _ if not _NUMBER.fullmatch(value.strip()):
                return Problem(_UNREADABLE)
            case _:
                number = float(value)
                if abs(number) == float("inf"):
                    return Problem(Message("“{value}” is larger than any number here.", value=value.strip()))
                return displayed_value(number, code, since_1904=self._since_1904)

    def _moment(self, text: str, code: str) -> CellValue:
        """Return what a cell shows that holds a date as text (ISO 8601), in strict workbooks."""
        try:
            moment = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            return Problem(_UNREADABLE)
        span = moment - datetime.datetime(1904, 1, 1)
        return displayed_value(span / datetime.timedelta(days=1), code, since_1904=True)

    def _code(self, style: str) -> str:
        place = int(style) if style.strip().isdecimal() else 0
        return self._codes[place] if place < len(self._codes) else GENERAL

    def _shared(self, part: str) -> Iterator[str]:
        for event, element in self._package.elements(part):
            if event == "end" and _local(element) == "si":
                yield _text(element)
                element.clear()

    def _formats(self, part: str) -> Sequence[str]:
        root = self._package.root(part)
        if root is None:
            return ()
        own = {
            int(item.get("numFmtId", "-1")): item.get("formatCode", "")
            for formats in _children(root, "numFmts")
            for item in _children(formats, "numFmt")
        }
        return tuple(
            code_of(int(item.get("numFmtId", "0")), own)
            for formats in _children(root, "cellXfs")
            for item in _children(formats, "xf")
        )


def _chosen(book: _Book, columns: Columns) -> tuple[_Page, list[Note]]:
    """Return the sheet that is meant: the one that has the columns, among several the visible one."""
    headings = {}
    for place, page in enumerate(book.pages):
        number, cells = next(book.lines(page), (0, {}))
        if number:
            headings[place] = frozenset(heading(cells)) if number == 1 else frozenset()
    if not headings:
        raise UnreadableInput(Message("The workbook holds no sheet with cells."), Message("Start from the template."))
    most = max(len(names & columns.required) for names in headings.values())
    whole = [place for place, names in headings.items() if columns.required and columns.required <= names]
    best = whole or [place for place, names in headings.items() if len(names & columns.required) == most]
    seen = [place for place in best if not book.pages[place].hidden]
    places = seen or best
    named = ", ".join(f"“{book.pages[place].name}”" for place in (places if most else headings))
    if len(places) > 1:
        raise UnreadableInput(
            Message(
                "Which sheet is to be imported? The workbook has {names}, and more than one has the columns of the "
                "template.",
                names=named,
            )
            if most
            else Message(
                "Which sheet is to be imported? The workbook has {names}, and none has the columns of the template.",
                names=named,
            ),
            Message("Save the one that is meant as a workbook or CSV of its own."),
        )
    page = book.pages[places[0]]
    note = Note(Message("The workbook has several sheets; “{name}” was read.", name=page.name))
    return replace(page, hidden_rows=[], hidden_columns=[], areas=[]), [note] if len(headings) > 1 else []


def _read(book: _Book, page: _Page, columns: Columns, notes: list[Note]) -> Sheet:
    sheet = read_table(book.lines(page), columns)
    faults = list(sheet.faults)
    if page.hidden:
        notes.append(Note(Message("The sheet “{name}”, which is hidden, was read.", name=page.name)))
    rows = [str(row) for row in page.hidden_rows]
    if rows:
        notes.append(Note(Message("Rows that are hidden were read too: {value}", value=_listed(rows))))
    hidden = [
        get_column_letter(place)
        for first, last in page.hidden_columns
        for place in range(first, min(last, len(sheet.columns)) + 1)
    ]
    if hidden:
        notes.append(Note(Message("Columns that are hidden were read too: {value}", value=_listed(hidden))))
    areas = []
    for area in page.areas:
        match = _AREA.fullmatch(area)
        if match:
            left, top, right, bottom = match.groups()
            found = list(merged(sheet, area, int(top), int(bottom), column_index_from_string(left)))
            faults += found
            if not found and column_index_from_string(left) <= len(sheet.columns) and left != right:
                areas.append(area)
    if areas:
        notes.append(Note(Message("Of merged cells only the first counts: {value}", value=_listed(areas))))
    return replace(sheet, faults=tuple(faults), notes=tuple(notes), name=page.name)


def _listed(names: Sequence[str]) -> str:
    return ", ".join((*names[:_NAMED], "…") if len(names) > _NAMED else names)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (child for child in element if _local(child) == name)


def _reference(item: ElementTree.Element) -> str:
    """Return the name of the reference (``r:id``) of a sheet, whose namespace is another one in strict workbooks."""
    return next((value for name, value in item.attrib.items() if name.endswith("}id")), "")


def _text(element: ElementTree.Element) -> str:
    """Return a text of one or several runs, without readings in kana (18.4)."""
    parts = []
    for child in element:
        if _local(child) == "t":
            parts.append(child.text or "")
        elif _local(child) == "r":
            parts += [item.text or "" for item in _children(child, "t")]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    """Return a text whose escapes (``_x000D_``, 22.4.2.4) are the characters that they stand for."""
    written = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")
