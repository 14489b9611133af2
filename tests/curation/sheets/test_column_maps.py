"""A column map alone gives a kind its sheet: its heading, its claims, its faults by cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coopgraph.curation.sheets.column_maps import mapped_kind, mapped_kinds
from coopgraph.curation.sheets.entities import entity_drafts
from coopgraph.curation.sheets.table import Sheet, TableRow
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import INPUT_SIZE, Tree, read_tree
from coopgraph.errors import UnreadableInput
from coopgraph.model.iris import BASE, CONCEPT
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, XSD
from coopgraph.rdf.terms import Literal, NamedNode

from .rows import GOOD

ROOT = Path(__file__).parents[3]
TREE = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")
PREFIXES = tree_prefixes(TREE, limit=INPUT_SIZE)
SOURCE = {name: value for name, value in GOOD.items() if name.startswith("source_")}
LAW = {
    **SOURCE,
    "slug": "example-act",
    "name@en": "Example Act",
    "name@ko": "예시법",
    "type": "act",
    "area": "kr",
    "in_force_from": "2020-05-19",
    "quote": "예시법은 2020-05-19부터 시행한다.",
}


@pytest.fixture(scope="module")
def known() -> Index:
    return Index(quad.triple for quads in read_tree(TREE).quads.values() for quad in quads)


def _sheet(*rows: dict[str, str]) -> Sheet:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    letters = {name: f"C{place}" for place, name in enumerate(columns)}
    return Sheet(columns, letters, tuple(TableRow(number, row) for number, row in enumerate(rows, 2)), ())


@pytest.mark.parametrize("segment", mapped_kinds(ROOT / "shapes"))
def test_every_map_speaks_of_terms_that_there_are(segment: str, known: Index) -> None:
    kind = mapped_kind(ROOT / "shapes", segment, PREFIXES)
    assert known.objects(NamedNode(f"{BASE}def/{kind.of_class.value.rpartition('/')[2]}"), RDF.type)
    heading = kind.heading.strip().split(",")
    assert heading[:2] == ["slug", "name@en"]
    assert len(heading) == len(set(heading))


def test_a_row_becomes_claims_each_stated_or_inferred(known: Index) -> None:
    files, faults = entity_drafts(_sheet(LAW), mapped_kind(ROOT / "shapes", "law", PREFIXES), known, {})
    assert faults == ()
    assert [draft.path for draft in files] == ["data/law/example-act.ttl", "data/source/example-centre-about.ttl"]
    said = Index(triple for draft in files for triple in draft.triples)
    [force] = said.subjects(RDF.object, Literal("2020-05-19", datatype=XSD.date))
    assert said.objects(force, RDF.predicate) == (COOP.entersIntoForceOn,)
    assert said.objects(force, COOP.hasBasis) == ()
    [kind] = said.subjects(RDF.object, NamedNode(CONCEPT + "law-type/act"))
    assert said.objects(kind, COOP.hasBasis) == (NamedNode(CONCEPT + "basis/inferred"),)


def test_what_is_wrong_is_told_by_cell(known: Index) -> None:
    wrong = {**LAW, "type": "akt", "in_force_from": "May", "name@en": ""}
    _, faults = entity_drafts(
        _sheet({name: value for name, value in wrong.items() if value} | {"name@en": ""}),
        mapped_kind(ROOT / "shapes", "law", PREFIXES),
        known,
        {},
    )
    told = "\n".join(str(fault.reason) for fault in faults)
    assert "Did you mean act" in told
    assert "“May” is no date" in told
    assert "Fill this in." in told


def test_a_new_kind_needs_a_map_and_no_code(tmp_path: Path, known: Index) -> None:
    columns = Path(shutil.copytree(ROOT / "shapes" / "columns", tmp_path / "columns"))
    (columns / "provision.yaml").write_text(
        "class: coop:Provision\ncolumns:\n  name: {property: skos:prefLabel, values: name, required: true}\n"
        "  law: {property: coop:isPartOfLaw, values: 'entity:law', required: true}\n",
        encoding="utf-8",
    )
    assert "provision" in mapped_kinds(tmp_path)
    kind = mapped_kind(tmp_path, "provision", PREFIXES)
    row = {**SOURCE, "slug": "part-one", "name@en": "Part one", "law": "no-such-law", "quote": "Part one"}
    _, faults = entity_drafts(_sheet(row), kind, known, {})
    assert [str(fault.reason) for fault in faults] == ["There is no law “no-such-law”."]


@pytest.mark.parametrize("text", ["", "[", "class: coop:Law", "class: nothing:Law\ncolumns: {}", "columns: 1"])
def test_a_map_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns" / "law.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"law\.yaml cannot be read"):
        mapped_kind(tmp_path, "law", PREFIXES)
