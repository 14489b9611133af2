from __future__ import annotations

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import AREA, BASE
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Quad
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.area_map import MapOutline, area_map
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary

OUTLINE = MapOutline(800, 400, "M0,0Z", {"410": (654, 95), "392": (670, 100), "036": (690, 280)})


@pytest.fixture(scope="module")
def words(app_context: AppContext) -> Vocabulary:
    return read_vocabulary(ReleaseSource.of(app_context.query_service))


def graph(based: list[str], served: list[str], codes: dict[str, str]) -> GraphSource:
    name = NamedNode(f"{BASE}graph/asserted")
    quads = [Quad(NamedNode(AREA + area), COOP.m49Code, Literal(code), name) for area, code in codes.items()]
    for place, area in enumerate(based):
        body = NamedNode(f"{BASE}id/org/b{place}")
        quads.append(Quad(body, RDF.type, COOP.Organization, name))
        quads.append(Quad(body, COOP.isBasedIn, NamedNode(AREA + area), name))
    for place, area in enumerate(served):
        service = NamedNode(f"{BASE}id/service/s{place}")
        quads.append(Quad(service, RDF.type, COOP.Service, name))
        quads.append(Quad(service, COOP.servesArea, NamedNode(AREA + area), name))
    return GraphSource.of(quads, "test")


def test_parts_stand_beneath_their_country_and_count_in_its_dot(words: Vocabulary) -> None:
    shown = area_map(graph(["kr", "kr-11", "kr-11"], ["au"], {"kr": "410", "au": "036"}), words, "en", OUTLINE)
    by_key = {area.key: area for area in shown.areas}
    assert set(by_key) == {"kr", "au"}
    assert [(part.key, part.bodies) for part in by_key["kr"].parts] == [("kr-11", 2)]
    korea, australia = shown.dots
    assert (korea.x, korea.y) == (654, 95)
    assert korea.words == "South Korea: 3"
    assert (korea.served, australia.served) == (False, True)
    assert korea.radius > australia.radius


def test_an_area_without_a_place_is_in_the_list_alone(words: Vocabulary) -> None:
    shown = area_map(graph(["jp", "001"], [], {"jp": "999"}), words, "ja", OUTLINE)
    assert {area.key for area in shown.areas} == {"jp", "001"}
    assert shown.dots == ()


def test_without_an_outline_the_list_stands_alone(app_context: AppContext, words: Vocabulary) -> None:
    shown = area_map(ReleaseSource.of(app_context.query_service), words, "ko", None)
    assert shown.areas
    assert shown.dots == ()
