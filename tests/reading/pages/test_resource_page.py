"""A page is the same however many were made before it: what is kept between them depends on nothing else."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.model.language import LANGUAGES, Wording
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.reading.description import Description, page_description
from coopgraph.reading.pages.resource_page import FEWEST_PERIODS, Page, page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary
from tests.reading.pages.test_figure_charts import PREFIXES, counted

THINGS = (
    "org/lantern",
    "law/image-abuse-amendment-act-2021",
    "service/lantern.removal-support",
    "figure/lantern.2020.assistance-cases",
    "source/bridge-page",
    "event/harbor-case",
    "area/jp",
    "concept/service-type/removal-support",
)


@pytest.fixture(scope="module")
def descriptions(app_context: AppContext) -> list[Description]:
    reading = ReleaseSource.of(app_context.query_service)
    return [page_description(reading, f"{BASE}id/{name}") for name in THINGS]


def test_a_page_does_not_depend_on_the_pages_and_languages_before_it(
    app_context: AppContext, descriptions: list[Description]
) -> None:
    def pages(things: list[Description], languages: tuple[str, ...]) -> dict[tuple[str, str], Page]:
        words = read_vocabulary(ReleaseSource.of(app_context.query_service))
        return {(item.iri, language): page(item, words, language) for item in things for language in languages}

    assert pages(descriptions, LANGUAGES) == pages(descriptions[::-1], LANGUAGES[::-1])


def test_a_page_does_not_depend_on_the_order_in_which_triples_came(
    app_context: AppContext, descriptions: list[Description]
) -> None:
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    for item in descriptions:
        other = Description(item.iri, Graph(item.graph.triples[::-1] * 2))
        assert page(item, words, "ko") == page(other, words, "ko")


def test_languages_differ_where_the_graph_has_the_words(
    app_context: AppContext, descriptions: list[Description]
) -> None:
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    kinds = {page(descriptions[0], words, language).kind_name.text for language in LANGUAGES}
    assert len(kinds) >= 4


def test_a_definition_that_the_graph_has_in_english_alone_is_known_as_not_the_readers(app_context: AppContext) -> None:
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    concept = NamedNode(f"{BASE}id/concept/topic/lights")
    light = Description(concept.value, Graph([Triple(concept, SKOS.definition, Literal("A light", language="en"))]))
    assert page(light, words, "ko").definition == Wording("A light", "en", exact=False)
    assert page(light, words, "en").definition == Wording("A light", "en", exact=True)


def test_a_composed_name_is_the_title_and_is_not_told_as_one_that_a_source_gives(app_context: AppContext) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)
    shown = page(page_description(reading, f"{BASE}id/service/lantern.removal-support"), words, "ko")
    names = {fact.key: [item.value.text for item in fact.statements] for fact in shown.names}
    assert shown.title.text == "삭제 지원"
    assert "삭제 지원" not in names["prefLabel"]
    assert "삭제 지원" in names["composedName"]


@pytest.mark.parametrize("years", [(2019, 2020), (2018, 2019, 2021)])
def test_a_total_counted_in_three_periods_or_more_is_drawn_on_the_page_of_its_body(
    app_context: AppContext, years: tuple[int, ...]
) -> None:
    body = "; coop:refersToOrganization o:a"
    figures = [counted(f"y{year}", str(year), str(year), body) for year in years]
    figures += [counted("share", "2020", "40", body, unit="percent")]
    periods = [
        f'per:{year} coop:startDate "{year}-01-01"^^xsd:date ; coop:endDate "{year}-12-31"^^xsd:date .'
        for year in (*years, 2020)
    ]
    turtle = "\n".join((PREFIXES, 'o:a a coop:Organization ; skos:prefLabel "A"@en .', *periods, *figures))
    graph = Graph.of_n_triples(serialize(parse(turtle, RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES))
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    shown = page(Description(f"{BASE}id/org/a", graph), words, "en")
    assert shown.figures
    assert bool(shown.chart) == (len(years) >= FEWEST_PERIODS)
    if shown.chart:
        assert [row.figure.value for row in shown.chart.rows] == [f"{year:,}" for year in years]
