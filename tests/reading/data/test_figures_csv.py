from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from coopgraph.context import AppContext
from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.csv_rows import BYTE_ORDER_MARK
from coopgraph.reading.data.figures_csv import figures_csv
from coopgraph.reading.pages.figure_charts import FigureCharts
from coopgraph.reading.pages.figures_page import FigureChoice, figures_page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


@pytest.fixture(scope="module")
def charts(app_context: AppContext) -> dict[str, FigureCharts]:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)
    choice = FigureChoice("assistance-cases", part="")
    return {language: figures_page(reading, words, choice, language).charts for language in LANGUAGES}


def table(document: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(document.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_figure_is_a_row_with_its_number_and_its_source_in_the_readers_language(
    charts: dict[str, FigureCharts], language: str
) -> None:
    document = figures_csv(charts[language], language)
    assert document.startswith(BYTE_ORDER_MARK)
    head, *rows = table(document)
    assert {len(row) for row in rows} == {len(head)}
    assert {row[6] for row in rows} == {"1420", "1240", "1065"}
    assert all(row[17] or row[14] for row in rows)
    assert all(row[-1].startswith("https://") for row in rows)
    assert (head[6] == "Number") is (language == "en")


def test_a_formula_is_guarded_and_a_negative_number_stays_a_number(charts: dict[str, FigureCharts]) -> None:
    (chart, *_) = charts["en"].charts
    row = replace(
        chart.rows[0], amount=Decimal("-20.5"), figure=replace(chart.rows[0].figure, published="=HYPERLINK(1)")
    )
    (_, cells) = table(figures_csv(FigureCharts((replace(chart, rows=(row,)),)), "en"))
    assert cells[6] == "-20.5"
    assert cells[8] == "'=HYPERLINK(1)"
