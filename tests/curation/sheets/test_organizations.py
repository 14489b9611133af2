"""Rows about organizations: what becomes of them, and what is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from coopgraph.curation.drafts import Draft, node
from coopgraph.curation.sheets.entities import entity_drafts
from coopgraph.curation.sheets.organizations import ORGANIZATIONS
from coopgraph.curation.sheets.table import CellError, Sheet, TableRow
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.tree import Tree, read_tree
from coopgraph.model.iris import CONCEPT
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

from .rows import GOOD

ROOT = Path(__file__).parents[3]


TREE = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")


@pytest.fixture(scope="module")
def known() -> Index:
    return Index(triple for triples in materialize(read_tree(TREE)).graphs.values() for triple in triples)


@cache
def stated() -> dict[str, tuple[Triple, ...]]:
    return {path: tuple(quad.triple for quad in quads) for path, quads in read_tree(TREE).quads.items()}


def imported(known: Index, *rows: Mapping[str, str]) -> tuple[tuple[Draft, ...], tuple[CellError, ...]]:
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    letters = {name: f"C{place}" for place, name in enumerate(columns)}
    numbered = tuple(TableRow(number, {k: v for k, v in row.items() if v}) for number, row in enumerate(rows, 2))
    return entity_drafts(Sheet(columns, letters, numbered, ()), ORGANIZATIONS, known, stated())


def told(faults: tuple[CellError, ...]) -> list[str]:
    return [str(fault.reason) for fault in faults]


def graph(files: tuple[Draft, ...]) -> Index:
    return Index(triple for draft in files for triple in draft.triples)


def claim(index: Index, predicate: NamedNode, value: Term) -> Term:
    (found,) = set(index.subjects(RDF.object, value)) & set(index.subjects(RDF.predicate, predicate))
    return found


def basis(key: str) -> NamedNode:
    return NamedNode(f"{CONCEPT}basis/{key}")


def test_one_row_makes_an_organization_and_its_source(known: Index) -> None:
    files, faults = imported(known, GOOD)
    assert not faults
    assert [draft.path for draft in files] == ["data/org/example-centre.ttl", "data/source/example-centre-about.ttl"]


def test_what_a_passage_says_is_stated_and_what_is_read_out_of_it_inferred(known: Index) -> None:
    index = graph(imported(known, GOOD)[0])
    founded = claim(index, COOP.foundingDate, Literal("2019", datatype=XSD.gYear))
    based = claim(index, COOP.isBasedIn, node("area", "kr"))
    assert index.objects(founded, COOP.hasBasis) == ()
    assert index.objects(based, COOP.hasBasis) == (basis("inferred"),)


def test_a_name_that_no_passage_holds_is_the_curators_own_with_a_note(known: Index) -> None:
    index = graph(imported(known, GOOD)[0])
    own = claim(index, SKOS.prefLabel, Literal("Example Centre", language="en"))
    quoted = claim(index, SKOS.prefLabel, Literal("예시 센터", language="ko"))
    assert index.objects(own, COOP.hasBasis) == (basis("editorial"),)
    assert index.objects(own, COOP.curatorNote)
    assert not index.objects(own, COOP.hasEvidence)
    assert index.objects(quoted, COOP.hasEvidence) == (node("citation", "example-centre-about.p1"),)


def test_a_contact_rests_on_the_passage_that_holds_it(known: Index) -> None:
    index = graph(imported(known, GOOD)[0])
    channel = node("channel", "example-centre.counselling.phone")
    (passage,) = index.objects(channel, COOP.hasEvidence)
    assert index.objects(passage, COOP.quote) == (Literal("상담 전화 02-817-7959", language="ko"),)


def test_a_code_may_be_given_by_its_name_in_any_language(known: Index) -> None:
    index = graph(imported(known, GOOD)[0])
    assert claim(index, COOP.hasOrganizationType, NamedNode(CONCEPT + "organization-type/ngo"))


def test_two_rows_may_share_a_source(known: Index) -> None:
    other = GOOD | {"slug": "other-centre", "quote": "다른 센터도 있습니다."}
    files, faults = imported(known, GOOD, other)
    assert not faults
    source = files[-1]
    assert source.rows == (2, 3)
    assert len(graph((source,)).instances(COOP.Citation)) == 3


OF_THE_SOURCE = ("source_url", "source_title", "source_language", "source_kind", "source_directness", "source_date")
IN_THE_GRAPH = GOOD | dict.fromkeys(OF_THE_SOURCE, "") | {"homepage": "", "source_slug": "bridge-page"}
"""A row whose source is in the graph: its description need not be repeated."""


def test_a_row_may_name_a_source_of_the_graph_and_adds_its_passages(known: Index) -> None:
    files, faults = imported(known, IN_THE_GRAPH)
    assert not told(faults)
    source = files[-1]
    before = set(stated()["data/source/bridge-page.ttl"])
    assert (source.path, source.extends) == ("data/source/bridge-page.ttl", True)
    assert before < set(source.triples)
    added = Index(set(source.triples) - before)
    assert len(added.instances(COOP.Citation)) == 2
    assert not set(added.instances(COOP.Citation)) & set(Index(before).instances(COOP.Citation))


def test_a_passage_that_the_graph_has_is_not_quoted_twice(known: Index) -> None:
    held = Index(stated()["data/source/bridge-page.ttl"])
    citation = held.instances(COOP.Citation)[0]
    (quote,) = held.objects(citation, COOP.quote)
    row = IN_THE_GRAPH | {"quote": quote.value, "founded": "", "name@ko": "", "service": "", "service_type": ""}
    row |= {"service_for": "", "service_cost": "", "telephone": "", "hours": "", "quote2": ""}
    files, faults = imported(known, row)
    assert not told(faults)
    assert set(files[-1].triples) == set(stated()["data/source/bridge-page.ttl"])
    assert citation in graph(files[:1]).objects(node("claim", "example-centre.isBasedIn.1"), COOP.hasEvidence)


def test_a_decomposed_or_otherwise_typed_name_is_the_name_that_the_passage_holds(known: Index) -> None:
    quote = "\u201cWomen\u2019s\u00a0Aid\u201d — 예시 센터는 2019년에 문을 연 기관입니다."
    index = graph(imported(known, GOOD | {"name@en": "Women's Aid", "quote": unicodedata.normalize("NFD", quote)})[0])
    for name in (Literal("Women's Aid", language="en"), Literal("예시 센터", language="ko")):
        assert index.objects(claim(index, SKOS.prefLabel, name), COOP.hasEvidence)


def test_an_address_is_held_by_a_passage_in_any_case_and_width(known: Index) -> None:
    row = GOOD | {"email": "Help@Centre.example", "quote3": "문의: ｈｅｌｐ＠centre.example"}
    files, faults = imported(known, row)
    assert not told(faults)
    assert Literal("Help@Centre.example") in {triple.object for draft in files for triple in draft.triples}


def test_the_same_words_are_one_passage(known: Index) -> None:
    again = GOOD | {"slug": "other-centre", "quote": unicodedata.normalize("NFD", GOOD["quote"]).replace(" ", "\u00a0")}
    files, faults = imported(known, GOOD, again)
    assert not told(faults)
    assert len(graph(files).instances(COOP.Citation)) == 2


@pytest.mark.parametrize("separator", [";", "；", "、", " ; "])
def test_a_list_is_split_as_every_keyboard_gives_it(known: Index, separator: str) -> None:
    files, faults = imported(known, GOOD | {"type": f"victim-support-center{separator}ngo"})
    assert not told(faults)
    assert claim(graph(files), COOP.hasOrganizationType, NamedNode(CONCEPT + "organization-type/ngo"))


def test_a_national_number_becomes_international_with_the_country_of_the_body(known: Index) -> None:
    for written in ("(02) 817-7959", "０２－８１７－７９５９", "02.817.7959"):
        files, faults = imported(known, GOOD | {"telephone": written})
        assert not told(faults)
        assert Literal("+82-2-817-7959") in {triple.object for draft in files for triple in draft.triples}


def test_a_number_in_no_known_form_is_told_with_an_example_of_the_country(known: Index) -> None:
    (words,) = told(imported(known, GOOD | {"telephone": "817-7959 (3)"})[1])
    assert re.search(r"such as \+82-2-[0-9-]+, or a short code", words)


def test_a_short_code_that_a_passage_gives_with_a_zero_is_refused(known: Index) -> None:
    passage = {"quote2": "상담 전화 01366"}
    assert "No passage holds 1366" in told(imported(known, GOOD | passage | {"telephone": "1366"})[1])[0]
    assert not imported(known, GOOD | passage | {"telephone": "01366"})[1]


def test_letters_of_another_encoding_are_told_where_the_encoding_was_named(known: Index) -> None:
    wrong = {name: value.encode("cp949").decode("cp1252", "replace") for name, value in GOOD.items()}
    columns = tuple(wrong)
    letters = {name: f"C{place}" for place, name in enumerate(columns)}
    sheet = Sheet(columns, letters, (TableRow(2, wrong),), (), encoding="cp1252")
    _, faults = entity_drafts(sheet, ORGANIZATIONS, known, stated())
    spoiled = {fault.column for fault in faults if "no letter of its language" in fault.reason.id}
    assert spoiled == {letters["name@ko"], letters["quote"], letters["quote2"]}


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("slug", "", "Fill this in."),
        ("slug", "Not A Slug", "cannot be a slug"),
        ("slug", "../../etc", "cannot be a slug"),
        ("slug", "lantern", "is taken"),
        ("source_slug", "bridge-page", "The graph describes the source “bridge-page” differently"),
        ("source_slug", "lantern", "is taken"),
        ("source_slug", "example-centre", "is taken"),
        ("name@en", "", "Fill this in."),
        ("type", "castle", "no code or name of the scheme “organization-type”"),
        ("area", "atlantis", "no code or name of the scheme “area”"),
        ("founded", "2024-02-30", "The calendar has no 2024-02-30."),
        ("founded", "45000", "is no date"),
        ("founded", "2024/5/1", "is no date"),
        ("homepage", "javascript:alert(1)", "is no web address"),
        ("homepage", "https://elsewhere.example", "the source is not on it"),
        ("telephone", "28177959", "lost its leading zero"),
        ("telephone", "call us", "is no telephone number"),
        ("telephone", "1234567890123456789", "lost its leading zero"),
        ("homepage", "https://[", "is no web address"),
        ("source_url", "https://[::1", "is no web address"),
        ("source_language", "en-12", "is no language tag"),
        ("telephone", "+82-2-111-2222", "No passage holds +82-2-111-2222"),
        ("email", "help@centre.example", "No passage holds help@centre.example"),
        ("parent", "nobody", "There is no organization “nobody”."),
        ("service", "", "Name the service that this belongs to"),
        ("service_for", "", "Fill this in."),
        ("source_language", "Korean", "is no language tag"),
        ("source_url", "https://centre .example", "is no web address"),
        ("retrieved_on", "2024-05", "Give the day as well"),
        ("quote", "", "Fill this in."),
    ],
)
def test_each_bad_cell_is_named(known: Index, column: str, value: str, fault: str) -> None:
    _, faults = imported(known, GOOD | {"email": "", "parent": "", "retrieved_on": ""} | {column: value})
    assert any(fault in text for text in told(faults)), told(faults)
    assert all(item.row == 2 for item in faults)


def test_unknown_and_missing_columns_are_named(known: Index) -> None:
    row = {name: value for name, value in GOOD.items() if name != "quote"} | {"color": "red"}
    assert {"The column “quote” is missing.", "There is no column “color”; see the template."} <= set(
        told(imported(known, row)[1])
    )


def test_all_bad_cells_of_all_rows_are_told_at_once_in_order(known: Index) -> None:
    _, faults = imported(known, GOOD | {"area": "x"}, GOOD | {"slug": "b", "founded": "2024-02-30", "type": "y"})
    assert [fault.row for fault in faults] == [2, 3, 3]
    assert all(wrong in str(fault.reason) for fault, wrong in zip(faults, ("x", "y", "2024-02-30"), strict=True))


def test_the_template_names_every_column() -> None:
    assert set(ORGANIZATIONS.heading.strip().split(",")) >= {*ORGANIZATIONS.all_required, *ORGANIZATIONS.all_optional}
