from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.language import LANGUAGES
from coopgraph.reading.pages.charts import (
    CHART_WIDTH,
    MOST_LINES,
    Chart,
    ChartForm,
    ChartPeriod,
    ChartPicture,
    ChartSeries,
    ChartValue,
    draw,
    tick_values,
)
from coopgraph.reading.pages.display_text import DisplayText

AMOUNTS = st.decimals(-(10**9), 10**9, places=1)


def chart(form: ChartForm, *series: tuple[str, ...], whole: Decimal | None = None) -> Chart:
    """A chart of one series a row of numbers, a year each from 2018; the empty text is no number."""
    years = max(len(row) for row in series)
    return Chart(
        key="c1",
        title="People supported",
        unit="person",
        form=form,
        periods=tuple(ChartPeriod(str(2018 + year), 2018.5 + year) for year in range(years)),
        series=tuple(
            ChartSeries(
                DisplayText(f"Body {place}"),
                tuple(
                    ChartValue(year, Decimal(digits) if digits else None, digits or "sources differ", join="solid")
                    for year, digits in enumerate(row)
                ),
            )
            for place, row in enumerate(series)
        ),
        whole=whole,
    )


def lengths(picture: ChartPicture) -> list[float]:
    return [
        float(found[1]) for shape in picture.shapes if "bar" in shape.classes if (found := _length(shape.path_data))
    ]


def _length(path_data: str) -> re.Match[str] | None:
    return re.search(r"h([\d.]+)v", path_data)


def numbers(path_data: str) -> list[float]:
    return [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", path_data)]


@given(AMOUNTS, AMOUNTS)
@settings(max_examples=50)
def test_ticks_are_round_evenly_apart_and_reach_beyond_what_is_drawn(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    ticks = tick_values(low, high)
    steps = {after - before for before, after in pairwise(ticks)}
    assert len(steps) == 1
    assert str(steps.pop().normalize().as_tuple().digits[0]) in "125"
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 2 <= len(ticks) <= 7
    assert low > 0 or high < 0 or 0 in ticks


def test_bars_are_as_long_as_their_numbers_are_great() -> None:
    assert lengths(draw(chart("bars", ("100", "50", "0.1")), "en")) == [400.0, 200.0, 1.0]


def test_bars_of_shares_stand_in_the_whole_that_they_are_shares_of() -> None:
    picture = draw(chart("bars", ("75", "30"), whole=Decimal(100)), "en")
    assert lengths(picture) == [300.0, 120.0]
    assert [shape.path_data for shape in picture.shapes if shape.classes == "track"] == [
        f"M0.0 {top}h400.0v11h-400.0z" for top in ("17.0", "54.0")
    ]


def test_less_than_nothing_is_drawn_to_the_left_of_an_axis() -> None:
    picture = draw(chart("bars", ("-20", "60")), "en")
    starts = [numbers(shape.path_data)[0] for shape in picture.shapes if "bar" in shape.classes]
    assert starts == [0.0, 100.0]
    assert picture.shapes[-1].classes == "axis"


def test_a_value_without_an_amount_has_words_and_no_shape() -> None:
    for form in ("bars", "lines"):
        picture = draw(chart(form, ("5", "", "7")), "en")
        assert (
            len([shape for shape in picture.shapes if shape.classes.startswith(("bar", "point")) and shape.words]) == 2
        )
    assert "sources differ" in [label.text for label in draw(chart("bars", ("5", "")), "en").labels]


def test_a_line_joins_only_what_is_said_to_hang_together() -> None:
    values = (
        ChartValue(0, Decimal(1), "1"),
        ChartValue(1, Decimal(2), "2", join="solid"),
        ChartValue(2, Decimal(3), "3", join="dashed"),
        ChartValue(3, Decimal(4), "4"),
    )
    periods = tuple(ChartPeriod(str(year), year + 0.5) for year in range(2018, 2022))
    picture = draw(Chart("c", "t", "u", "lines", periods, (ChartSeries(DisplayText("A"), values),)), "en")
    assert [item.classes for item in picture.shapes if "line" in item.classes] == ["line s0 solid", "line s0 dashed"]


def test_computed_and_rounded_values_look_otherwise_than_published_exact_ones() -> None:
    value = ChartValue(0, Decimal(1065), "1,065", low=Decimal(1000), high=Decimal(1100), computed=True)
    for form in ("bars", "lines"):
        one = Chart("c", "t", "u", form, (ChartPeriod("2020", 2020.5),), (ChartSeries(DisplayText("A"), (value,)),))
        classes = [shape.classes.split() for shape in draw(one, "en").shapes]
        assert any("computed" in item for item in classes)
        assert any("bounds" in item for item in classes)


def test_lines_that_nobody_could_tell_apart_are_refused() -> None:
    draw(chart("lines", *[("1", "2")] * MOST_LINES), "en")
    with pytest.raises(ValueError, match="lines in one picture"):
        draw(chart("lines", *[("1", "2")] * (MOST_LINES + 1)), "en")


@given(
    st.sampled_from(("bars", "lines")),
    st.lists(st.lists(AMOUNTS.map(str) | st.just(""), min_size=1, max_size=4).map(tuple), min_size=1, max_size=4),
    st.sampled_from(LANGUAGES),
)
@settings(max_examples=50)
def test_nothing_is_drawn_beside_the_picture(form: ChartForm, rows: list[tuple[str, ...]], language: str) -> None:
    picture = draw(chart(form, *rows), language)
    assert picture.height > 0
    for label in picture.labels:
        assert 0 <= label.x <= CHART_WIDTH
        assert 0 <= label.y <= picture.height
    for shape in picture.shapes:
        x, y, *_ = numbers(shape.path_data)
        assert -6 <= x <= CHART_WIDTH + 6
        assert -6 <= y <= picture.height
    assert picture.description


def test_no_number_stands_on_another_or_on_the_years() -> None:
    picture = draw(chart("lines", ("900", "950", "1000"), ("2", "1", "3"), ("3", "3", "3")), "en")
    shown = [label for label in picture.labels if label.classes in ("value", "tick")]
    years = min(label.y for label in shown if label.text == "2019")
    assert all(label.y <= years - 12 for label in shown if label.classes == "value")
    places = [(label.x, label.y) for label in shown]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "name",
    ["Digital Sex Crime Victim Support Center of the Republic of Korea, head office", "디지털성범죄피해자지원센터" * 4],
)
def test_a_name_that_is_too_long_ends_in_dots_before_the_number(name: str) -> None:
    values = (ChartValue(0, Decimal(10), "1,234,567"),)
    both = (ChartSeries(DisplayText(name), values), ChartSeries(DisplayText("B"), values))
    labels = draw(Chart("c", "t", "u", "bars", (ChartPeriod("2020", 2020.5),), both), "en").labels
    assert labels[0].text.endswith("…")
    assert name.startswith(labels[0].text.rstrip("…"))


def test_the_picture_says_in_words_how_much_the_least_and_the_greatest_are() -> None:
    words = draw(chart("lines", ("5", "12"), ("7",)), "en").description
    assert "Values: 3" in words
    assert "5 (Body 0, 2018)" in words
    assert "12 (Body 0, 2019)" in words
