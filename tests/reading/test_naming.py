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
