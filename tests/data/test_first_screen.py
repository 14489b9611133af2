"""The help page of each area that has a number to call, on the first screen of a phone, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from flask import render_template

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

from coopgraph.context import AppContext
from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.help import NEEDS, HelpPage, areas_without_number, help_page, open_now
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary
from coopgraph.web.app import create_app
from tests.chromium import chromium
from tests.conftest import THOROUGH

PHONE = {"width": 390, "height": 844}

SAMPLES = 6
"""Areas that are looked at in every run, each in one language; by TEST_THOROUGH all are, in all languages."""

STYLE = files("coopgraph.web").joinpath("static", "style.css")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def source(filled: MaterializedGraphs) -> GraphSource:
    return GraphSource.of(filled.quads(), "checkout")


@pytest.fixture(scope="module")
def words(source: GraphSource) -> Vocabulary:
    return read_vocabulary(source)


def _areas_with_number(source: GraphSource, words: Vocabulary) -> list[str]:
    silent = {area.key for area in areas_without_number(source, words, "en")}
    areas = {row["area"].value.rpartition("/")[2] for row in source.rows("numbers-by-area")} - {"001"}
    return sorted(areas - silent)


def _looked_at(areas: list[str]) -> Iterator[tuple[str, str]]:
    """Yield areas and languages: a sample spread over both, or all."""
    if THOROUGH:
        yield from ((area, language) for area in areas for language in LANGUAGES)
    else:
        some = areas[:: max(1, len(areas) // SAMPLES)]
        yield from ((area, LANGUAGES[place % len(LANGUAGES)]) for place, area in enumerate(some))


def test_the_first_number_is_on_the_first_screen_of_a_phone_in_every_area_that_has_one(
    browser: Browser, app_context: AppContext, source: GraphSource, words: Vocabulary
) -> None:
    app = create_app(app_context)
    page = browser.new_page(viewport=PHONE)
    shown = {"html": ""}

    def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            route.fulfill(body=shown["html"], content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "stylesheet":
            route.fulfill(body=STYLE.read_text(encoding="utf-8"), content_type="text/css")
        else:
            route.abort()

    page.route("**/*", answer)
    too_low = {}
    areas = _areas_with_number(source, words)
    assert len(areas) > 10
    for area, language in _looked_at(areas):
        with app.test_request_context(f"/{language}/help?area={area}"):
            app.preprocess_request()
            shown["html"] = _rendered(help_page(source, words, area, "", language), language)
        page.goto(f"http://coopgraph.example/{language}/help?area={area}")
        box = page.locator("main .telephone").first.bounding_box()
        assert box is not None, area
        if box["y"] + box["height"] > PHONE["height"]:
            too_low[area, language] = box["y"] + box["height"]
    page.close()
    assert too_low == {}


def _rendered(found: HelpPage, language: str) -> str:
    now = datetime(2026, 1, 31, 3, tzinfo=UTC)
    return render_template(
        "help_area.html", found=found, needs=NEEDS, downloads=(), open_now=lambda way: open_now(way, now, language)
    )
