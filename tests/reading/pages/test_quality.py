from __future__ import annotations

from decimal import Decimal

import pytest

from coopgraph.context import AppContext
from coopgraph.messages.message import translated
from coopgraph.model.iris import DATASET
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.pages.quality import METRICS, MeasurementCell, Quality, Table, quality
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary


@pytest.fixture(scope="module")
def reading(app_context: AppContext) -> ReleaseSource:
    return ReleaseSource.of(app_context.query_service)


@pytest.fixture(scope="module")
def words(reading: ReleaseSource) -> Vocabulary:
    return read_vocabulary(reading)


@pytest.fixture(scope="module")
def english(reading: ReleaseSource, words: Vocabulary) -> Quality:
    return quality(reading, words, "en")


def table(shown: Quality, key: str) -> Table:
    (found,) = [table for group in shown.groups for table in group.tables if table.key == key]
    return found


def cells(shown: Table) -> dict[tuple[str, ...], MeasurementCell]:
    """The cells of a table by the names of their line, and of their column where there are several."""
    columns: list[tuple[str, ...]] = [(column.text,) for column in shown.columns] or [()]
    return {
        (*(name.text for name in line.names), *column): cell
        for line in shown.lines
        for column, cell in zip(columns, line.cells, strict=True)
        if cell is not None
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measurement_stands_in_one_cell_with_its_value(
    reading: ReleaseSource, words: Vocabulary, language: str
) -> None:
    shown = quality(reading, words, language)
    found = [cell for group in shown.groups for item in group.tables for cell in cells(item).values()]
    values = {row["measurement"].value: Decimal(row["value"].value) for row in reading.rows("quality")}
    assert values
    assert sorted(cell.path for cell in found) == sorted("/dataset/" + iri.removeprefix(DATASET) for iri in values)
    for cell in found:
        number = cell.value.replace(",", "").removesuffix("%")
        assert Decimal(number) == values[DATASET + cell.path.removeprefix("/dataset/")]


def test_metrics_stand_under_their_dimensions_in_the_order_of_the_page(english: Quality) -> None:
    keys = {group.key: [item.key for item in group.tables] for group in english.groups}
    assert list(keys) == ["completeness", "languages", "sourcing", "age", "verification"]
    assert sorted(key for of_group in keys.values() for key in of_group) == sorted(METRICS)
    assert keys["completeness"] == ["things", "things-in-area", "filled"]


def test_kinds_are_named_in_the_plural_and_counted_without_a_share(english: Quality) -> None:
    things = table(english, "things")
    assert cells(things)[("Organizations",)].value == "3"
    assert things.heads == ("Kind",)
    assert not things.shares
    assert not things.percent


def test_areas_stand_down_and_kinds_across(english: Quality) -> None:
    areas = table(english, "things-in-area")
    assert areas.heads == ("Area",)
    assert [column.text for column in areas.columns] == ["Organizations", "Laws", "Events"]
    assert [column.path for column in areas.columns] == ["/list/org", "/list/law", "/list/event"]
    assert ("South Korea", "Organizations") in cells(areas)


def test_what_was_not_measured_is_an_empty_cell(english: Quality) -> None:
    areas = table(english, "things-in-area")
    assert len(cells(areas)) < len(areas.lines) * len(areas.columns)


def test_shares_of_a_whole_add_up_to_it(english: Quality) -> None:
    for key in ("sources-by-directness", "sources-by-year", "statements-by-basis", "statements-by-verification"):
        shares = [cell.share for cell in cells(table(english, key)).values()]
        assert sum(share for share in shares if share is not None) == pytest.approx(1)


def test_a_percentage_is_its_own_share(english: Quality) -> None:
    for key in ("filled", "named"):
        assert table(english, key).percent
        for cell in cells(table(english, key)).values():
            assert cell.share == pytest.approx(float(cell.value.removesuffix("%")) / 100)


def test_years_go_backwards_and_other_lines_from_the_greatest_down(english: Quality) -> None:
    years = [line.names[0].text for line in table(english, "sources-by-year").lines]
    assert years == sorted(years, reverse=True)
    numbers = [int(cell.value) for cell in cells(table(english, "statements-by-basis")).values()]
    assert numbers == sorted(numbers, reverse=True)


def test_properties_of_a_class_stand_together(english: Quality) -> None:
    kinds = [line.names[0].text for line in table(english, "filled").lines]
    assert kinds == sorted(kinds)
    assert len(set(kinds)) < len(kinds)


def test_names_are_in_the_readers_language(reading: ReleaseSource, words: Vocabulary) -> None:
    shown = quality(reading, words, "ko")
    assert shown.groups[0].dimension.text == "완전성"
    assert ("한국어", "단체") in cells(table(shown, "named"))
    assert table(shown, "sources-by-directness").heads == ("출처의 직접성",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gaps_are_what_the_measurements_leave(reading: ReleaseSource, words: Vocabulary, language: str) -> None:
    shown = quality(reading, words, language)
    filled = {cell.path: cell for cell in cells(table(shown, "filled")).values()}
    dated = filled["/dataset/quality.filled.sourcedocument.issued"].share
    reached = filled["/dataset/quality.filled.service.isavailablethrough"].share
    assert dated is not None
    assert reached is not None
    for message, present in (
        ("Sources without a date of issue: {share}", dated),
        ("Services without a telephone number, an address or another way to reach them: {share}", reached),
    ):
        sentence = translated(message, language, share=f"{100 - 100 * present:.1f}%")
        assert (sentence in shown.gaps) is (present < 1)


def test_statements_that_nobody_compared_are_a_gap(english: Quality) -> None:
    numbers = {names: int(cell.value) for names, cell in cells(table(english, "statements-by-verification")).items()}
    unchecked, total = numbers[("Not yet checked",)], sum(numbers.values())
    assert any(gap.endswith(f": {unchecked} of {total}") for gap in english.gaps)


def test_a_language_in_which_every_organization_is_named_is_no_gap(english: Quality) -> None:
    shares = {names: cell.share for names, cell in cells(table(english, "named")).items()}
    (names,) = [gap for gap in english.gaps if gap.startswith("Organizations")]
    for language in ("English", "Korean", "Japanese"):
        assert (language in names) is (shares[(language, "Organizations")] != 1)
