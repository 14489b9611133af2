from __future__ import annotations

from typing import Any

import pytest

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.model.iris import BASE, CONCEPT, DATASET, DEFINITION
from coopgraph.model.language import LANGUAGES
from coopgraph.query.prepared import select
from coopgraph.reading.description import describe_resource
from coopgraph.reading.pages.figures_page import FigureChoice, FiguresPage, figures_page, figures_path
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary


@pytest.fixture(scope="module")
def reading(app_context: AppContext) -> ReleaseSource:
    return ReleaseSource.of(app_context.query_service)


@pytest.fixture(scope="module")
def words(reading: ReleaseSource) -> Vocabulary:
    return read_vocabulary(reading)


def values(page: FiguresPage) -> list[str]:
    return sorted(row.figure.value for chart in page.charts.charts for row in chart.rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_choice_the_indicators_are_there_to_choose_from(
    reading: ReleaseSource, words: Vocabulary, language: str
) -> None:
    page = figures_page(reading, words, FigureChoice(), language)
    assert {(option.key, option.count) for option in page.indicators} == {
        ("victims-supported", 2),
        ("assistance-cases", 3),
        ("assistance-cases-share", 1),
    }
    assert all(option.label != option.key for option in page.indicators)
    assert [option.key for option in page.main] == ["assistance-cases", "victims-supported"]
    assert page.charts.charts == ()


def test_an_indicator_alone_shows_the_totals_of_the_body_with_the_most(
    reading: ReleaseSource, words: Vocabulary
) -> None:
    page = figures_page(reading, words, FigureChoice("assistance-cases"), "en")
    assert (page.choice.about, page.choice.part, page.suggested) == (("org/lantern",), "total", True)
    assert values(page) == ["1,240", "1,420"]
    assert [option.key for option in page.related] == ["assistance-cases-share"]
    assert page.definition is not None


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"about": ()}, ["24", "310"]),
        ({"about": ("org/open-window",)}, ["24"]),
        ({"areas": ("kr",)}, ["24"]),
        ({"areas": ("kr", "jp")}, ["24", "310"]),
        ({"about": ("org/lantern",), "areas": ("kr",)}, []),
        ({"about": (), "first": 2020, "last": 2020}, ["24", "310"]),
        ({"about": (), "first": 2021}, []),
        ({"about": (), "last": 2019}, []),
    ],
)
def test_bodies_areas_and_years_narrow_what_is_shown(
    reading: ReleaseSource, words: Vocabulary, choice: dict[str, Any], found: list[str]
) -> None:
    assert values(figures_page(reading, words, FigureChoice("victims-supported", **choice), "en")) == found


@pytest.mark.parametrize(
    "choice",
    [
        FigureChoice("assistance-cases", part=""),
        FigureChoice("victims-supported", about=()),
        FigureChoice("victims-supported", areas=("jp",)),
        FigureChoice("assistance-cases-share"),
    ],
)
def test_the_query_behind_the_page_gives_the_figures_of_its_tables(
    app_context: AppContext, reading: ReleaseSource, words: Vocabulary, choice: FigureChoice
) -> None:
    page = figures_page(reading, words, choice, "en")
    rows = select(app_context.query_service, page.query)
    assert {row["figure"].value for row in rows} == {row.iri for chart in page.charts.charts for row in chart.rows}
    published = [row for chart in page.charts.charts for row in chart.rows if not row.figure.derived]
    assert len([row for row in rows if "source" in row]) == sum(len(row.figure.backing.passages) for row in published)


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        (FigureChoice("nothing"), NotFound),
        (FigureChoice("victims-supported", about=("org/nobody",)), NotFound),
        (FigureChoice("victims-supported", areas=("atlantis",)), NotFound),
        (FigureChoice("victims-supported", part="nothing"), NotFound),
        (FigureChoice("victims-supported", about=("org/a b>",)), NotFound),
        (FigureChoice("victims-supported", first=2021, last=2020), WrongUsage),
    ],
)
def test_what_nobody_recorded_or_cannot_be_is_said(
    reading: ReleaseSource, words: Vocabulary, choice: FigureChoice, error: type[Exception]
) -> None:
    with pytest.raises(error):
        figures_page(reading, words, choice, "en")


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (
            BASE + "id/figure/lantern.2020.victims-supported",
            "/figures?indicator=victims-supported&about=org/lantern&part=total",
        ),
        (CONCEPT + "indicator/victims-supported", "/figures?indicator=victims-supported"),
        (CONCEPT + "indicator/arrests", ""),
        (DEFINITION + "Observation", "/figures"),
        (BASE + "id/scheme/indicator", "/figures"),
        (DATASET + "structure", "/figures"),
        (DATASET + "coopgraph", "/figures"),
        (DATASET + "best-figures", "/figures"),
        (DATASET + "figures.lantern-report-2020", "/figures"),
        (BASE + "id/org/lantern", ""),
    ],
)
def test_what_is_about_figures_leads_to_their_page(reading: ReleaseSource, iri: str, path: str) -> None:
    description = describe_resource(reading, iri)
    assert figures_path(description.graph, description.node) == path
