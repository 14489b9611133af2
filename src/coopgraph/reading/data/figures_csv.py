"""CSV table of figures that a page shows, for a spreadsheet in the reader's language."""

from __future__ import annotations

import csv
import io

from coopgraph.messages.message import translated
from coopgraph.rdf.csv_rows import BYTE_ORDER_MARK, guarded
from coopgraph.reading.pages.figure_charts import FigureChartRow, FigureCharts


def figures_csv(charts: FigureCharts, language: str) -> bytes:
    """Return the figures as CSV (RFC 4180, UTF-8 with the mark by which Excel knows it), one row a figure.

    Numbers stand as such. A text that a spreadsheet would run as a formula begins with an apostrophe. The first column
    tells in which of the page's pictures, by their number, a figure belongs.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(
        [
            translated("Picture", language),
            translated("Indicator", language),
            translated("Whose", language),
            translated("Area", language),
            translated("Part", language),
            translated("Period", language),
            translated("Number", language),
            translated("Unit", language),
            translated("As published", language),
            translated("Precision", language),
            translated("Rounded to", language),
            translated("Meaning of the period", language),
            translated("Rank", language),
            translated("Part of", language),
            translated("Computed", language),
            translated("To know before comparing", language),
            translated("In the picture", language),
            translated("Source", language),
            translated("Address of the source", language),
            translated("Words of the source", language),
            translated("Address", language),
        ]
    )
    for chart in charts.charts:
        for row in chart.rows:
            # A negative number is none of the texts that a spreadsheet would take for a formula.
            numbers = {0: str(chart.number), 6: format(row.amount, "f")}
            writer.writerow([numbers.get(at, guarded(cell)) for at, cell in enumerate(_cells(row, language))])
    return BYTE_ORDER_MARK + stream.getvalue().encode()


def _cells(row: FigureChartRow, language: str) -> tuple[str, ...]:
    shown = row.figure
    labels = (shown.about, shown.area, shown.breakdown, shown.unit, shown.precision, shown.nature)
    about, area, part, unit, precision, nature = (label.text if label else "" for label in labels)
    rank, passages = shown.backing.rank_label, shown.backing.passages
    return (
        "",
        shown.indicator.text,
        about,
        area,
        part or translated("all", language),
        shown.period,
        "",
        unit,
        shown.published,
        precision,
        shown.rounded_to,
        nature,
        rank.text if rank else "",
        row.part_of,
        shown.formula,
        "; ".join(note.text for note in row.cautions),
        translated("yes", language) if row.drawn else translated("no", language),
        "; ".join(dict.fromkeys(passage.source.text for passage in passages)),
        " ".join(dict.fromkeys(passage.url for passage in passages if passage.url)),
        "; ".join(dict.fromkeys(passage.quote.text for passage in passages)),
        row.iri,
    )
