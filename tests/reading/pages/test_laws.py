from __future__ import annotations

from collections.abc import Callable

import pytest

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import AREA, BASE, CONCEPT
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.namespaces import COOP, ELI, RDF, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.laws import LawsPage, laws_page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


@pytest.fixture(scope="module")
def laws(app_context: AppContext) -> Callable[..., LawsPage]:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)

    def at(language: str = "en", conduct: str = "", year: int | None = None) -> LawsPage:
        return laws_page(reading, words, language, conduct, year)

    return at


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_law_stands_in_the_row_of_its_jurisdiction_with_the_preferred_date(
    laws: Callable[..., LawsPage], language: str
) -> None:
    page = laws(language)
    (row,) = page.rows
    assert row.area.path == "/doc/area/jp"
    assert len(row.cells) == len(page.columns)
    column = [item.path for item in page.columns].index("/doc/concept/conduct/non-consensual-dissemination")
    (entry,) = row.cells[column]
    assert entry.law.path == "/doc/law/image-abuse-amendment-act-2021"
    assert entry.year == "2021"
    assert "2021" in entry.since


def test_a_narrower_conduct_has_its_own_page_and_a_conduct_without_law_an_empty_one(
    laws: Callable[..., LawsPage],
) -> None:
    assert [item.path for item in laws(conduct="non-consensual-dissemination").columns] == [
        "/doc/concept/conduct/non-consensual-dissemination"
    ]
    empty = laws(conduct="stalking")
    assert empty.rows == ()
    assert [area.path for area in empty.without] == ["/doc/area/jp"]


def test_a_year_leaves_what_was_in_force_by_its_end(laws: Callable[..., LawsPage]) -> None:
    assert laws(year=2020).rows == ()
    assert laws(year=2020).timeline == ()
    assert len(laws(year=2021).rows) == 1


def test_the_timeline_has_each_dated_law_in_its_year(laws: Callable[..., LawsPage]) -> None:
    ((year, entries),) = laws().timeline
    assert year == "2021"
    assert [entry.law.path for entry in entries] == ["/doc/law/image-abuse-amendment-act-2021"]
    assert laws().chart is not None


def test_a_conduct_that_is_none_asks_what_was_meant(laws: Callable[..., LawsPage]) -> None:
    with pytest.raises(NotFound) as raised:
        laws(conduct="stalkin")
    assert "stalking" in raised.value.in_language("en")


def law(name: str, **said: Term) -> list[Quad]:
    node = NamedNode(f"{BASE}id/law/{name}")
    graph = NamedNode(f"{BASE}graph/asserted")
    predicates = {
        "kind": ELI.type_document,
        "area": ELI.jurisdiction,
        "conduct": COOP.criminalizes,
        "date": COOP.effectiveDate,
        "penalty": COOP.maximumPenalty,
        "section_of": ELI.is_part_of,
    }
    quads = [
        Quad(node, RDF.type, COOP.Provision if "section_of" in said else COOP.Law, graph),
        Quad(node, SKOS.prefLabel, Literal(name, language="en"), graph),
    ]
    return quads + [Quad(node, predicates[key], value, graph) for key, value in said.items()]


def test_a_bill_stands_apart_and_penalties_with_the_section_that_has_them(app_context: AppContext) -> None:
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    jp, sharing = NamedNode(AREA + "jp"), NamedNode(CONCEPT + "conduct/non-consensual-dissemination")
    whole = Literal("whole", language="en")
    quads = [
        *law("bill", kind=NamedNode(CONCEPT + "law-type/bill"), area=jp, conduct=sharing),
        *law("act", area=jp, conduct=sharing, penalty=Literal("5 years", language="en")),
        *law("act.s1", section_of=NamedNode(f"{BASE}id/law/act"), conduct=sharing, penalty=whole),
        *law("old", area=jp, conduct=sharing, date=Literal("2009", datatype=XSD.gYear)),
    ]
    page = laws_page(GraphSource.of(quads, "test"), words, "ko")
    (row,) = page.rows
    (entries,) = row.cells
    assert [entry.law.text for entry in entries] == ["old", "act"]
    assert [penalty.text for penalty in entries[1].penalties] == ["whole"]
    assert entries[1].since == Message("recorded, without a date").in_language("ko")
    assert [bill.law.text for bill in page.bills] == ["bill"]
    assert laws_page(GraphSource.of(quads, "test"), words, "ko", year=2010).undated == 1
