"""Names put together for things that have none of their own."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.rdf.graph import Graph
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.naming import LabelMemo
from coopgraph.reading.vocabulary import Vocabulary

FIGURE = """
PREFIX coop: <https://w3id.org/coopgraph/def/>
PREFIX ex: <https://example.org/>
PREFIX m: <http://purl.org/linked-data/sdmx/2009/measure#>
ex:f coop:hasIndicator ex:cases ; m:obsValue {value} ; coop:hasUnit ex:{unit} {published} .
"""


@pytest.mark.parametrize(
    ("value", "unit", "published", "language", "shown"),
    [
        ("332000", "case", "33만 2천", "en", "cases: 332,000"),
        ("587852", "case", "587.852", "en", "cases: 587,852"),
        ("4973", "case", "4973", "ko", "cases: 4,973"),
        ("93", "percent", "93.0%", "en", "cases: 93.0%"),
        ("67.5", "percent", "67,5 %", "en", "cases: 67.5%"),
        ("20.5", "percent", "", "en", "cases: 20.5%"),
        ("1065", "case", "", "en", "cases: 1,065 case"),
    ],
)
def test_a_figures_name_gives_its_value_in_digits_that_the_reader_knows(
    value: str, unit: str, published: str, language: str, shown: str
) -> None:
    written = f'; coop:valueAsPublished "{published}"' if published else ""
    text = FIGURE.format(value=value, unit=unit, published=written)
    graph = Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    words = Vocabulary({}, {}, (), {})
    assert LabelMemo(graph, words, language).of(NamedNode("https://example.org/f")).text == shown


def test_a_figures_name_says_whose_it_is_but_not_on_the_page_about_that_organization() -> None:
    text = FIGURE.format(value="5", unit="case", published="") + (
        'ex:f coop:refersToOrganization ex:o . ex:o <http://www.w3.org/2004/02/skos/core#prefLabel> "Harbour"@en .'
    )
    graph = Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    names, figure = LabelMemo(graph, Vocabulary({}, {}, (), {}), "en"), NamedNode("https://example.org/f")
    assert names.of(figure).text == "cases, Harbour: 5 case"
    assert names.of(figure, "https://example.org/o").text == "cases: 5 case"
    assert names.of(figure).text == "cases, Harbour: 5 case"


RECORDS = """
PREFIX coop: <https://w3id.org/coopgraph/def/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX ex: <https://example.org/>
PREFIX per: <https://w3id.org/coopgraph/id/period/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <https://schema.org/>
PREFIX sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
ex:harbour skos:prefLabel "Harbour"@en .
ex:report dcterms:title "Annual report"@en .
ex:report.p12 coop:isQuotedFrom ex:report ; coop:quote "We helped 5 people."@en .
ex:report.x coop:isQuotedFrom ex:report ; coop:quote "We helped 6 people."@en .
ex:harbour.wrong coop:isDefectIn ex:report.p12 ; coop:hasDefectKind ex:digit-error ; coop:verbatim "5"@en .
ex:harbour.aim coop:isAbout ex:harbour ; coop:hasQuotationKind ex:aim ; coop:text "To help."@en .
ex:harbour.line skos:prefLabel "Helpline"@en ; coop:isAvailableThrough ex:harbour.line.phone .
ex:harbour.line.phone coop:hasChannelType ex:telephone .
ex:harbour.hours schema:opens "10:00:00" ; skos:notation "Mo-Fr 10:00-17:00" .
ex:harbour.march coop:isParticipationIn ex:march ; coop:hasParticipant ex:harbour .
ex:march skos:prefLabel "March"@en .
ex:comparison coop:compares ex:f, ex:g .
ex:f coop:hasIndicator ex:cases ; coop:refersToOrganization ex:harbour ; sdmx-dimension:refPeriod per:2020 .
ex:g coop:hasIndicator ex:cases ; coop:refersToOrganization ex:harbour ; sdmx-dimension:refPeriod per:2021 .
ex:claim rdf:subject ex:harbour ; rdf:predicate ex:foundingDate .
"""


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ("report.p12", "Passage 12 of “Annual report”"),
        ("report.x", "Passage of “Annual report”"),
        ("harbour.wrong", "Annual report: digit-error"),
        ("harbour.aim", "Harbour: aim"),
        ("harbour.line.phone", "Helpline: telephone"),
        ("harbour.hours", "Mon–Fri 10:00–17:00"),
        ("harbour.march", "March: Harbour"),
        ("comparison", "cases; Harbour; 2020, 2021"),
        ("claim", "Harbour: foundingDate"),
    ],
)
def test_a_record_is_named_after_what_it_belongs_to_neither_by_its_address_nor_by_words_it_quotes(
    record: str, shown: str
) -> None:
    graph = Graph(quad.triple for quad in parse(RECORDS, RdfFormat.TURTLE))
    name = LabelMemo(graph, Vocabulary({}, {}, (), {}), "en").of(NamedNode(f"https://example.org/{record}"))
    # It is put together in the reader's language, so nobody misses a translation of it.
    assert (name.text, name.exact) == (shown, True)


def test_a_name_from_right_to_left_does_not_turn_the_words_around_it() -> None:
    text = RECORDS.replace("Annual report", "تقرير 2020")
    graph = Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    names = LabelMemo(graph, Vocabulary({}, {}, (), {}), "en")
    assert names.of(NamedNode("https://example.org/report.p12")).text == "Passage 12 of “\u2068تقرير 2020\u2069”"
    assert names.of(NamedNode("https://example.org/report")).text == "تقرير 2020"


def test_a_name_of_any_length_is_cut_for_titles_and_lists() -> None:
    text = RECORDS.replace("Annual report", "x" * 5000)
    graph = Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    name = LabelMemo(graph, Vocabulary({}, {}, (), {}), "en").of(NamedNode("https://example.org/report.p12")).text
    assert len(name) < 150
    assert "…" in name
