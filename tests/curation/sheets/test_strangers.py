"""Workbooks and tables of strangers, changed at random: they are read or refused in words, and nothing else happens."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from coopgraph.curation.sheets.entities import entity_drafts
from coopgraph.curation.sheets.organizations import ORGANIZATIONS
from coopgraph.curation.sheets.sheet import read_sheet
from coopgraph.curation.sheets.table import CellError, Note, Sheet
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import Tree, read_tree
from coopgraph.errors import UnreadableInput
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.read import read_rdf as read_rdf
from coopgraph.rdf.terms import Triple
from coopgraph.rdf.turtle import house_form

from .packages import archive, cell, inline, package, rows, styles
from .rows import GOOD

ROOT = Path(__file__).parents[3]
TREE = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")
PREFIXES = tree_prefixes(TREE, limit=1 << 20)
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@cache
def known() -> Index:
    return Index(triple for triples in materialize(read_tree(TREE)).graphs.values() for triple in triples)


@cache
def stated() -> dict[str, tuple[Triple, ...]]:
    return {path: tuple(quad.triple for quad in quads) for path, quads in read_tree(TREE).quads.items()}


def read(data: bytes) -> Sheet | None:
    """What the import makes of a file up to the check; None where it refuses it, which it does in words."""
    sheet, problem = None, UnreadableInput("")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            sheet = read_sheet(data, None, ORGANIZATIONS.columns)
        except UnreadableInput as error:
            problem = error
        files, faults = entity_drafts(sheet, ORGANIZATIONS, known(), stated()) if sheet else ((), ())
    if sheet is None:
        assert str(problem)
        assert str(problem.hint)
        assert "coopgraph/" not in str(problem)
        return None
    for told in (*faults, *sheet.notes):
        assert isinstance(told, CellError | Note)
        assert told.reason.in_language("ko")
    for draft in () if faults else files:
        written = read_rdf(house_form(draft.triples, PREFIXES), TURTLE)
        assert {quad.triple for quad in written} == set(draft.triples)
    return sheet


def _by_openpyxl() -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(list(GOOD))
    book.active.append(list(GOOD.values()))
    book.active.auto_filter.ref = "A1:D2"
    book.create_sheet("lists").append(["hotline"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _by_pandas() -> bytes:
    pandas = pytest.importorskip("pandas")
    stream = io.BytesIO()
    pandas.DataFrame([GOOD]).to_excel(stream, index=False)
    return stream.getvalue()


def _by_libreoffice() -> bytes:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed here.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "sheet.xlsx"
        place.write_bytes(_by_openpyxl())
        command = [program, "--headless", "--convert-to", "xlsx", "--outdir", f"{folder}/out", str(place)]
        subprocess.run(command, check=True, capture_output=True, timeout=100)
        return (Path(folder) / "out" / "sheet.xlsx").read_bytes()


def _by_hand() -> bytes:
    """Own and shared texts, rich text, a truth value, dates and formats, absolute names, a wrong dimension."""
    heading = [inline(name) for name in GOOD]
    values = [inline(value) for value in GOOD.values()]
    values[list(GOOD).index("founded")] = cell("43191", style=1)
    values[1] = cell("0", "s")
    data = '<dimension ref="A1"/>' + rows([heading, values, [inline("b"), cell("1", "b"), cell("1E3")]])
    shared = "<si><r><t>Example </t></r><r><rPr><b/></rPr><t>Centre</t></r></si>"
    return package({"Data": data}, style=styles(["mmm-yy"], [57], "<fill/>"), shared=shared, absolute=True)


MAKERS = {"openpyxl": _by_openpyxl, "pandas": _by_pandas, "LibreOffice": _by_libreoffice, "by hand": _by_hand}


@cache
def made(maker: str) -> bytes:
    return MAKERS[maker]()


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS)
def test_a_workbook_of_each_program_is_read(maker: str) -> None:
    sheet = read(made(maker))
    assert sheet
    assert sheet.rows[0].cells["quote"] == GOOD["quote"]
    assert sheet.rows[0].cells["name@en"] == GOOD["name@en"]


PIECES = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1E400",
        "NaN",
        "99999999",
        "A1",
        "ZZZ9999999",
        "#REF!",
        "_xD800_",
        "<",
        "</c>",
        "<f/>",
        "true",
        "e",
        "inlineStr",
        "\x00",
        "&x;",
        "&#55296;",
        "<!DOCTYPE a>",
        "[h]:mm;@",
        "/xl/../../x",
        "http://127.0.0.1/",
        "\ufeff",
        "一",
    ]
)
"""What a part may hold in place of what it should."""


@pytest.mark.slow
@FEW
@given(
    st.sampled_from(["openpyxl", "pandas", "by hand"]),
    st.integers(0, 30),
    st.lists(st.tuples(st.integers(0), PIECES), max_size=4),
)
def test_a_workbook_whose_parts_are_changed_is_read_or_refused(
    maker: str, which: int, changes: list[tuple[int, str]]
) -> None:
    with zipfile.ZipFile(io.BytesIO(made(maker))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = sorted(parts)[which % len(parts)]
    words = re.split(rb'(<[^<>"]*|"[^"]*")', parts[name])
    for place, piece in changes:
        words[place % len(words)] = piece.encode("utf-8")
    read(archive(parts | {name: b"".join(words)}))


@FEW
@given(st.sampled_from(["openpyxl", "by hand"]), st.integers(0, 30))
def test_a_workbook_without_one_of_its_parts_is_read_or_refused(maker: str, which: int) -> None:
    with zipfile.ZipFile(io.BytesIO(made(maker))) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts.pop(sorted(parts)[which % len(parts)])
    read(archive(parts))


@FEW
@given(
    st.sampled_from(["openpyxl", "by hand"]),
    st.lists(st.tuples(st.integers(0), st.binary(min_size=1, max_size=4)), max_size=6),
)
def test_a_workbook_whose_bytes_are_changed_is_read_or_refused(maker: str, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(made(maker))
    for place, piece in changes:
        start = place % len(data)
        data[start : start + len(piece)] = piece
    read(bytes(data))


@FEW
@given(st.integers(4), st.sampled_from(["openpyxl", "by hand"]))
def test_a_workbook_that_is_cut_off_is_refused(length: int, maker: str) -> None:
    data = made(maker)
    assert read(data[: 4 + length % (len(data) - 4)]) is None


NO_ADDRESSES = st.sampled_from(
    ["https://[", "https://[::1", "https://a.b@c:d", "https://ﬀ℀.example", "../..", "<a> <b>"]
)
NO_NAMES = st.sampled_from(["<", '"', "\\", "%", "{x}", "{", "bridge-page", "١٣٦٦", "ko-", "en-12", "\x01en"])
ODD = st.text(max_size=12) | NO_ADDRESSES | NO_NAMES
CHANGES = st.dictionaries(st.sampled_from([*GOOD, "email", "parent"]), ODD, max_size=6)


@FEW
@given(
    st.dictionaries(st.sampled_from([*GOOD, "email", "parent"]), ODD, max_size=6),
    st.lists(st.tuples(ODD, ODD), max_size=2),
)
def test_whatever_the_cells_hold_is_imported_or_told(changes: dict[str, str], more: list[tuple[str, str]]) -> None:
    row = GOOD | {"email": "", "parent": ""} | changes
    heading = [*row, *(f"name@{name}" for name, _ in more)]
    lines = [[*map(_quoted, heading)], [*map(_quoted, [*row.values(), *(value for _, value in more)])]]
    read("\n".join(",".join(line) for line in lines).encode("utf-8", "replace"))


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


@FEW
@given(st.binary(max_size=60), st.integers(0))
def test_a_table_of_text_whose_bytes_are_changed_is_read_or_refused(piece: bytes, place: int) -> None:
    data = ",".join(GOOD).encode() + b"\r\n" + ",".join(map(_quoted, GOOD.values())).encode()
    start = place % len(data)
    read(data[:start] + piece + data[start:])
