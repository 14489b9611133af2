from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.context import AppContext
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.charts import ChartForm
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.figure_charts import FigureChart, FigureCharts, figure_charts
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary

PREFIXES = """
@prefix area: <https://w3id.org/coopgraph/id/area/> .
@prefix bd: <https://w3id.org/coopgraph/id/concept/breakdown/> .
@prefix cl: <https://w3id.org/coopgraph/id/concept/comparability/> .
@prefix cmp: <https://w3id.org/coopgraph/id/comparability/> .
@prefix coop: <https://w3id.org/coopgraph/def/> .
@prefix ds: <https://w3id.org/coopgraph/dataset/> .
@prefix fig: <https://w3id.org/coopgraph/id/figure/> .
@prefix ind: <https://w3id.org/coopgraph/id/concept/indicator/> .
@prefix o: <https://w3id.org/coopgraph/id/org/> .
@prefix per: <https://w3id.org/coopgraph/id/period/> .
@prefix pr: <https://w3id.org/coopgraph/id/concept/precision/> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rank: <https://w3id.org/coopgraph/id/concept/rank/> .
@prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix sdmx-measure: <http://purl.org/linked-data/sdmx/2009/measure#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix tn: <https://w3id.org/coopgraph/id/concept/time-nature/> .
@prefix un: <https://w3id.org/coopgraph/id/concept/unit/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PERIODS = {
    **{str(year): (f"{year}-01-01", f"{year}-12-31") for year in range(2018, 2025)},
    "2020-01_2020-06": ("2020-01-01", "2020-06-30"),
    "2018_2022": ("2018-01-01", "2022-12-31"),
}


def counted(name: str, period: str, value: str, more: str = "", body: str = "a", unit: str = "person") -> str:
    """A figure of ``body``, in Turtle."""
    return f"""fig:{name} a coop:Observation ; coop:hasIndicator ind:victims-supported ; coop:refersTo o:{body} ;
      coop:hasBreakdown bd:total ; coop:hasUnit un:{unit} ; sdmx-dimension:refArea area:kr ;
      sdmx-dimension:refPeriod per:{period} ; sdmx-measure:obsValue {value} {more} ."""


def judged(verdict: str, *names: str) -> str:
    """An assessment of figures, in Turtle."""
    compared = ", ".join(f"fig:{name}" for name in names)
    key = "-".join(names)
    return f"""cmp:{key} a coop:ComparabilityAssessment ; coop:compares {compared} ;
      coop:hasComparability cl:{verdict} ; coop:rationale "Because of {key}."@en ."""


Charts = Callable[..., FigureCharts]


@pytest.fixture(scope="module")
def words(app_context: AppContext) -> Vocabulary:
    return read_vocabulary(ReleaseSource.of(app_context.query_service))


@pytest.fixture(scope="module")
def charts(words: Vocabulary) -> Charts:
    """Give the charts of statements in Turtle."""

    def made(*statements: str, form: ChartForm | None = None) -> FigureCharts:
        periods = [
            f'per:{key} coop:startDate "{start}"^^xsd:date ; coop:endDate "{end}"^^xsd:date ; skos:notation "{key}" .'
            for key, (start, end) in PERIODS.items()
        ]
        bodies = [f'o:{key} skos:prefLabel "Body {key.upper()}"@en .' for key in "abcdefgh"]
        turtle = "\n".join((PREFIXES, *periods, *bodies, *statements))
        graph = Graph.of_n_triples(serialize(parse(turtle, RdfFormat.TURTLE), format=RdfFormat.N_TRIPLES))
        nodes = [node for node in graph.described() if graph.link(node, COOP.hasIndicator)]
        return figure_charts(View(graph, words, "en"), nodes, form)

    return made


def drawn(chart: FigureChart) -> list[str]:
    return [row.figure.period for row in chart.rows if row.drawn]


def lines(chart: FigureChart) -> list[str]:
    return [shape.classes.split()[-1] for shape in chart.picture.shapes if shape.classes.startswith("line")]


def test_years_of_one_body_are_one_line_solid_where_they_compare_and_dashed_where_nobody_says_so(
    charts: Charts,
) -> None:
    years = [counted(f"y{year}", str(year), str(year)) for year in range(2018, 2022)]
    (chart,) = charts(*years, judged("comparable", "y2018", "y2019"), judged("with-caution", "y2019", "y2020")).charts
    assert drawn(chart) == ["2018", "2019", "2020", "2021"]
    assert lines(chart) == ["solid", "dashed", "dashed"]
    assert [item.rationale[0].text for item in chart.cautions] == ["Because of y2019-y2020."]
    assert any("dashed" in str(sign) for sign in chart.signs)


def test_what_is_not_comparable_is_never_in_one_picture_and_the_reason_is_told(charts: Charts) -> None:
    years = [counted(f"y{year}", str(year), str(year)) for year in range(2018, 2023)]
    for form in (None, "bars", "lines"):
        found = charts(*years, judged("not-comparable", "y2019", "y2020"), form=form)
        assert [drawn(chart) for chart in found.charts] == [["2018", "2019"], ["2020", "2021", "2022"]]
        assert [item.rationale[0].text for item in found.not_comparable] == ["Because of y2019-y2020."]


def test_bodies_that_are_not_comparable_have_pictures_of_their_own(charts: Charts) -> None:
    figures = [counted(body, "2020", "5", body=body) for body in "abc"]
    found = charts(*figures, judged("not-comparable", "a", "b"))
    assert [[row.name.text for row in chart.rows] for chart in found.charts] == [["Body A", "Body C"], ["Body B"]]


def test_bodies_that_nobody_has_compared_are_drawn_with_a_warning(charts: Charts) -> None:
    figures = [counted(body, "2020", "5", body=body) for body in "ab"]
    assert charts(*figures).charts[0].unassessed
    assert not charts(*figures, judged("with-caution", "a", "b")).charts[0].unassessed


def test_counts_of_overlapping_periods_and_of_other_units_or_meanings_are_kept_apart(charts: Charts) -> None:
    found = charts(
        counted("whole", "2020", "10"),
        counted("next", "2021", "10"),
        counted("half", "2020-01_2020-06", "4"),
        counted("cases", "2020", "30", unit="case"),
        counted("ever", "2018_2022", "50", "; coop:hasTimeNature tn:cumulative"),
    )
    assert sorted(map(drawn, found.charts)) == [
        ["2018 – 2022"],
        ["2020"],
        ["2020", "2021"],
        ["January 2020 – June 2020"],
    ]
    said = " ".join(map(str, found.reasons))
    assert "2020 and January 2020 – June 2020 overlap" in said
    assert "different units" in said


def test_of_several_values_the_preferred_is_drawn_and_the_others_stand_in_the_table(charts: Charts) -> None:
    (chart,) = charts(
        counted("good", "2020", "170697", "; coop:hasRank rank:preferred"),
        counted("bad", "2020", "176970", "; coop:hasRank rank:deprecated"),
    ).charts
    assert [(row.figure.value, row.drawn) for row in chart.rows] == [("170,697", True), ("176,970", False)]
    assert "170,697 ≠" in [label.text for label in chart.picture.labels]
    assert any("sources differ" in str(sign) for sign in chart.signs)


def test_the_best_figure_is_drawn_and_where_none_is_best_no_arbitrary_one(charts: Charts) -> None:
    rivals = (counted("one", "2020", "5"), counted("two", "2020", "7"))
    (chart,) = charts(*rivals, "ds:best-figures qb:observation fig:two .").charts
    assert [(row.figure.value, row.drawn) for row in chart.rows] == [("7", True), ("5", False)]
    (chart,) = charts(*rivals).charts
    assert not any(row.drawn for row in chart.rows)
    assert "sources differ" in [label.text for label in chart.picture.labels]


def test_a_rounded_figure_shows_its_sign_and_its_bounds(charts: Charts) -> None:
    (chart,) = charts(counted("r", "2020", "188000", "; coop:hasPrecision pr:rounded ; coop:roundedTo 1000")).charts
    assert "≈ 188,000" in [label.text for label in chart.picture.labels]
    assert any(shape.classes == "bounds" for shape in chart.picture.shapes)


def test_a_computed_figure_is_hollow_and_gives_way_to_a_published_one(charts: Charts) -> None:
    computed = counted("c", "2020", "5").replace("coop:Observation", "coop:DerivedObservation")
    (chart,) = charts(computed).charts
    assert any("computed" in shape.classes for shape in chart.picture.shapes)
    assert any("computed by us" in str(sign) for sign in chart.signs)
    (chart,) = charts(computed, counted("p", "2020", "6")).charts
    assert [(row.figure.value, row.drawn) for row in chart.rows] == [("6", True), ("5", False)]


def test_a_change_of_the_rule_of_counting_is_a_dashed_line_and_the_rules_stand_in_the_table(charts: Charts) -> None:
    years = [
        counted(
            f"y{year}", str(year), "5", f'; coop:countingRule "{rule}"@en ; coop:comparabilityNote "Mind {year}."@en'
        )
        for year, rule in ((2019, "Addresses."), (2020, "Addresses."), (2021, "Images."))
    ]
    (chart,) = charts(*years, judged("comparable", "y2019", "y2020", "y2021")).charts
    assert lines(chart) == ["solid", "dashed"]
    assert [note.text for note in chart.rows[2].cautions] == ["Images.", "Mind 2021."]


def test_a_share_is_drawn_in_its_whole_with_what_it_is_a_part_of(charts: Charts) -> None:
    base = "; coop:hasBase fig:all"
    found = charts(counted("s", "2020", "75.5", base, unit="percent"), counted("all", "2020", "4973"))
    (share,) = (chart for chart in found.charts if chart.rows[0].figure.percent)
    assert any(shape.classes == "track" for shape in share.picture.shapes)
    (note,) = (label.text for label in share.picture.labels if label.classes == "aside")
    assert note == "part of 4,973: Victims supported"
    assert "4,973" in share.rows[0].part_of


def test_growth_has_its_sign_and_single_values_are_bars_even_where_lines_are_wanted(charts: Charts) -> None:
    figures = [
        counted(body, "2020", value, body=body, unit="percent-change") for body, value in (("a", "20.5"), ("b", "-3"))
    ]
    (chart,) = charts(*figures, form="lines").charts
    assert [label.text for label in chart.picture.labels if label.classes == "value"] == ["+20.5 %", "-3 %"]


def test_a_figure_without_a_number_or_days_is_in_no_chart(charts: Charts) -> None:
    assert charts(counted("x", "unknown", "5")).charts == ()
    assert charts().charts == ()


def test_more_bodies_than_one_can_tell_apart_make_more_pictures(charts: Charts) -> None:
    figures = [
        counted(f"{body}{year}", str(year), "5", body=body) for body in "abcdefgh" for year in (2019, 2020, 2021)
    ]
    found = charts(*figures, form="lines")
    assert [len({row.name for row in chart.rows}) for chart in found.charts] == [6, 2]
    assert any("no more than 6 lines" in str(reason) for reason in found.reasons)


def test_the_order_in_which_figures_come_does_not_matter(charts: Charts) -> None:
    figures = [counted(f"{body}{year}", str(year), "5", body=body) for body in "ab" for year in (2019, 2020)]
    assert charts(*figures) == charts(*reversed(figures))


def test_figures_of_the_release_are_drawn_with_the_assessment_that_calls_for_caution(app_context: AppContext) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    nodes = tuple(
        NamedNode(f"https://w3id.org/coopgraph/id/figure/{name}.2020.victims-supported")
        for name in ("lantern", "open-window")
    )
    graph = Graph.of_n_triples(reading.n_triples("figure-records", figures=nodes))
    (chart,) = figure_charts(View(graph, read_vocabulary(reading), "ko"), nodes).charts
    assert {row.figure.value for row in chart.rows if row.drawn} == {"310", "24"}
    assert len(chart.cautions) == 1
    assert all(row.figure.backing.passages for row in chart.rows)
