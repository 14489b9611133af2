"""Relations are named from where the reader stands."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, ELI, RDF
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.relations import MOST_DRAWN, incoming, inverse_name, relation_picture
from coopgraph.reading.vocabulary import Vocabulary

LAWS = f"""
PREFIX coop: <{BASE}def/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX law: <{BASE}id/law/>
PREFIX o: <{BASE}id/org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
law:code skos:prefLabel "Code"@en ; coop:isEnforcedBy o:police .
law:reform skos:prefLabel "Reform"@en ; eli:amends law:code .
law:older eli:amends law:code .
o:police skos:prefLabel "Police"@en ; coop:oddProperty law:code .
"""


def view_of(language: str, text: str = LAWS) -> View:
    graph = Graph(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    return View(graph, Vocabulary({}, {}, (), {}), language)


def node(name: str) -> NamedNode:
    return NamedNode(f"{BASE}id/{name}")


def test_a_law_is_amended_by_what_amends_it() -> None:
    found = {
        item.name.text: [thing.text for thing in item.things]
        for item in incoming(view_of("en"), node("law/code"), without=())
    }
    assert found == {"amended by": ["Reform", "older"], "named as “oddProperty” by": ["Police"]}


def test_a_measure_of_quality_is_no_relation_of_what_it_measures() -> None:
    measured = LAWS + "<urn:measure> <http://www.w3.org/ns/dqv#computedOn> law:code ."
    assert incoming(view_of("en", measured), node("law/code"), without=()) == incoming(
        view_of("en"), node("law/code"), without=()
    )


def test_what_has_a_section_of_its_own_is_left_out() -> None:
    (only,) = incoming(view_of("en"), node("law/code"), without={ELI.amends})
    assert [item.text for item in only.things] == ["Police"]


@pytest.mark.parametrize("predicate", [ELI.amends, COOP.isOperatedBy, COOP.isMemberOf, COOP.servesArea])
def test_an_inverse_has_another_name_in_each_language(predicate: NamedNode) -> None:
    names = {language: inverse_name(view_of(language), predicate).text for language in LANGUAGES}
    assert names["en"] not in {names[language] for language in LANGUAGES if language != "en"}
    assert all(names.values())


def test_a_picture_shows_both_directions_and_says_which() -> None:
    picture = relation_picture(view_of("en"), node("law/code"))
    assert picture is not None
    assert {(line.name, line.thing, line.outgoing) for line in picture.lines} == {
        ("isEnforcedBy", "Police", True),
        ("amended by", "Reform", False),
        ("amended by", "older", False),
    }
    assert all(0 < line.y < picture.height for line in picture.lines)


def test_what_is_related_to_nothing_has_no_picture() -> None:
    assert relation_picture(view_of("en"), NamedNode(RDF.type.value)) is None


def test_a_picture_holds_names_of_any_length_and_of_many_only_some() -> None:
    many = LAWS + "".join(
        f'law:l{place} skos:prefLabel "{"很" * 500}"@zh-Hans ; eli:amends law:code .\n' for place in range(40)
    )
    picture = relation_picture(view_of("en", many), node("law/code"))
    assert picture is not None
    assert len(picture.lines) == MOST_DRAWN
    assert max(len(line.thing) for line in picture.lines) < 25
