from __future__ import annotations

from dataclasses import replace

import pytest

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import NamedNode, Quad
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.help import (
    NEEDS,
    HelpPage,
    areas_without_number,
    help_areas,
    help_page,
    likely_area,
)
from coopgraph.reading.source import ReleaseSource


@pytest.fixture
def source(app_context: AppContext) -> ReleaseSource:
    return ReleaseSource.of(app_context.query_service)


def shown(app_context: AppContext, source: ReleaseSource, area: str, need: str = "") -> HelpPage:
    return help_page(source, app_context.vocabularies.of(source), area, need, "en")


def test_whom_one_can_call_comes_before_whom_one_can_not(app_context: AppContext, source: ReleaseSource) -> None:
    for section in shown(app_context, source, "jp").sections:
        called = [card.has_telephone for card in section.cards]
        assert called == sorted(called, reverse=True)


def test_a_part_of_a_country_has_the_countrys_bodies_as_well(app_context: AppContext, source: ReleaseSource) -> None:
    country = {card.body.path for section in shown(app_context, source, "kr").sections for card in section.cards}
    part = {card.body.path for section in shown(app_context, source, "kr-11").sections for card in section.cards}
    assert country <= part


def test_every_body_is_shown_once(app_context: AppContext, source: ReleaseSource) -> None:
    cards = [card.body.path for section in shown(app_context, source, "jp").sections for card in section.cards]
    assert cards
    assert len(cards) == len(set(cards))


def test_a_need_leaves_the_bodies_that_meet_it(app_context: AppContext, source: ReleaseSource) -> None:
    every = {card.body.path for section in shown(app_context, source, "jp").sections for card in section.cards}
    for need in NEEDS:
        page = shown(app_context, source, "jp", need.key)
        assert {card.body.path for section in page.sections for card in section.cards} <= every


def test_an_unknown_area_is_told(app_context: AppContext, source: ReleaseSource) -> None:
    with pytest.raises(NotFound, match="no such area"):
        shown(app_context, source, "atlantis")


def test_the_region_of_a_language_goes_before_the_language(app_context: AppContext, source: ReleaseSource) -> None:
    areas = help_areas(source, app_context.vocabularies.of(source), "ja")
    assert getattr(likely_area(areas, "ja", ()), "key", None) == "jp"
    assert likely_area(areas, "en", ()) is None
    assert getattr(likely_area(areas, "en", ("US", "JP")), "key", None) == "jp"


def test_an_area_is_without_a_number_where_no_service_for_it_or_around_it_has_one(
    app_context: AppContext, source: ReleaseSource
) -> None:
    words = app_context.vocabularies.of(source)
    assert "jp" not in {area.key for area in areas_without_number(source, words, "ko")}
    asserted = NamedNode(f"{BASE}graph/asserted")
    service, area = NamedNode(f"{BASE}id/service/s"), NamedNode(f"{BASE}id/area/kr-11")
    quads = [Quad(service, RDF.type, COOP.Service, asserted), Quad(service, COOP.servesArea, area, asserted)]
    assert [area.key for area in areas_without_number(GraphSource.of(quads, "test"), words, "en")] == ["kr-11"]


@pytest.mark.parametrize(
    ("homepage", "other"),
    [("https://a.example/", ""), ("https://a.example", ""), ("https://b.example/", "https://b.example/"), ("", "")],
)
def test_a_site_that_a_channel_leads_to_already_is_not_named_again(
    app_context: AppContext, source: ReleaseSource, homepage: str, other: str
) -> None:
    card = shown(app_context, source, "jp").sections[0].cards[0]
    channels = tuple(replace(channel, urls=("https://a.example/",)) for channel in card.channels)
    assert replace(card, channels=channels, homepage=homepage).other_site == other
