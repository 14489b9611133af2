"""Tables from a curator, as CSV or as a workbook: what their rows state, all of them or none.

What a row holds is said with the media type, by parameters: ``text/csv; kind=law; language=ko``. ``language`` names the
encoding of text that is not Unicode, which is never guessed.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import NamedTuple

from coopgraph.curation.drafts import Draft
from coopgraph.curation.sheets.delimited import ENCODINGS, UnknownEncoding
from coopgraph.curation.sheets.entities import entity_drafts
from coopgraph.curation.sheets.exported import only_new
from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.sheet_kinds import sheet_kind, sheet_kinds
from coopgraph.curation.sheets.table import Columns, FaultyCells, Sheet
from coopgraph.curation.uploads.submitted_document import MOST_STATED
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree
from coopgraph.errors import UnreadableInput, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import CSV, XLSX
from coopgraph.rdf.index import Index
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.read import too_many_statements

TABLES = {item.media_type: item for item in (CSV, XLSX)}
"""What is taken as a table, by media type."""

_RELATED = {"euc_kr": "ko", "johab": "ko", "shift_jis": "ja", "euc_jp": "ja", "big5": "zh-Hant", "gbk": "zh-Hans"}
_RELATED |= {"gb2312": "zh-Hans", "iso8859-1": "en"}
"""Encodings that are parts of those of :data:`ENCODINGS`, or are taken for them."""


class TableOrder(NamedTuple):
    """What a table holds: the kind of its rows, and the language whose encoding its text has (empty: Unicode)."""

    kind: str
    language: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> TableOrder:
        """Return what the parameters of a media type say. Raises :class:`WrongUsage` for an unknown language."""
        language = parameters.get("language") or language_of_encoding(parameters.get("charset", ""))
        if language and language not in ENCODINGS:
            raise WrongUsage(
                Message("No encoding is known for the language “{language}”.", language=language),
                Message("Choose one of {languages}, or send UTF-8.", languages=", ".join(ENCODINGS)),
            )
        return cls(parameters.get("kind", ""), language)


def language_of_encoding(name: str) -> str:
    """Return the language whose usual encoding has a name, such as ``euc-kr``; the empty text for others."""
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return ""
    by_encoding = {codecs.lookup(encoding).name: language for language, encoding in ENCODINGS.items()}
    return by_encoding.get(known, _RELATED.get(known, ""))


def kind_of_rows(body: bytes, language: str, tree: Tree, files: Workspace) -> str:
    """Return the kind whose required columns a table has, of several the one with most; the empty text for none.

    Raises :class:`UnreadableInput` for what is no table.
    """
    kinds = {name: sheet_kind(tree.shapes, name, files.prefixes).columns for name in sheet_kinds(tree.shapes)}
    fitting = [
        name
        for name, columns in kinds.items()
        if columns.required and columns.required <= set(_sheet(body, language, columns).columns)
    ]
    return max(fitting, key=lambda name: len(kinds[name].required), default="")


def table_drafts(body: bytes, order: TableOrder, tree: Tree, files: Workspace) -> tuple[Draft, ...]:
    """Return the files that a table asks for.

    Raises :class:`FaultyCells` where any cell is wrong, :class:`UnreadableInput` for what is no table or states more
    than may be stated at once, and :class:`WrongUsage` where it is not said what the rows hold.
    """
    if not order.kind:
        raise WrongUsage(
            Message("What do the rows hold?"), Message("Say it in the address, such as ?kind=org for organizations.")
        )
    kind = sheet_kind(tree.shapes, order.kind, files.prefixes)
    sheet = _sheet(body, order.language, kind.columns)
    if not sheet.rows and not sheet.faults:
        raise UnreadableInput(
            Message("There is no row below the heading."), Message("Fill in one row for each entity.")
        )
    stated = {path: files.statements(path) for path in files.paths if not path.startswith("shapes/")}
    known = Index(triple for triples in stated.values() for triple in triples)
    sheet = only_new(sheet, kind, Context((tree.ontology / "context" / "v1.jsonld").read_bytes()), known)
    drafts, faults = entity_drafts(sheet, kind, known, stated)
    if faults:
        raise FaultyCells(sheet, faults)
    if sum(len(draft.triples) for draft in drafts) > MOST_STATED:
        raise too_many_statements(MOST_STATED)
    return drafts


def _sheet(body: bytes, language: str, columns: Columns) -> Sheet:
    try:
        return read_sheet(body, language or None, columns)
    except UnknownEncoding as error:
        raise UnreadableInput(
            error.message,
            Message("Say the language whose line is right: in the form, or as language= in the address."),
        ) from error
