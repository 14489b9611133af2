"""Charts of figures: each a picture with what its signs mean and the table of its figures, and why there are several.

What is drawn together, and which of several figures for one cell, :mod:`figure_panels` decides; the others stand in the
table.

    charts = figure_charts(View(graph, words, language), nodes)

``graph`` holds the figures with their periods, passages, bases and assessments, as ``figure-records.rq`` gives them;
the description of an entity holds its own. ``figure_chart.html`` shows a :class:`FigureChart`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby, pairwise

from coopgraph.messages.message import Message
from coopgraph.model.iris import local_name
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.charts import (
    Chart,
    ChartForm,
    ChartJoin,
    ChartPeriod,
    ChartPicture,
    ChartSeries,
    ChartValue,
    draw,
)
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import counting_rule
from coopgraph.reading.pages.figure_panels import (
    COMPARABLE,
    NOT_COMPARABLE,
    WITH_CAUTION,
    CountedFigure,
    FigureCell,
    FigureSegment,
    Verdicts,
    assessments_of,
    counted_figure,
    figure_panels,
    severest_verdicts,
)
from coopgraph.reading.pages.figures import Assessment, Figure, assessment, figure

_SIGNS = {"rounded": "≈", "approximate": "≈", "estimated": "≈", "at-least": "≥", "at-most": "≤"}
_WHOLE = Decimal(100)

_ABOUT, _AREA, _BREAKDOWN = range(3)
"""Places of what tells one series from another."""


@dataclass(frozen=True, slots=True)
class FigureChartRow:
    """A figure of a chart's table. ``name`` says whose it is and of which part; ``drawn``: it is in the picture.

    ``part_of`` is what a share or a nested count is a part of, as a sentence; empty where it is a whole.
    ``cautions`` are what its source counts, and what to know before comparing it.
    """

    iri: str
    name: DisplayText
    figure: Figure
    amount: Decimal
    part_of: str
    cautions: tuple[DisplayText, ...]
    drawn: bool


@dataclass(frozen=True, slots=True)
class FigureChart:
    """A picture, what its signs mean, the assessments that call for caution, and the table of its figures.

    ``number`` counts the charts of a page. ``unassessed``: it shows several bodies, and nobody has assessed whether
    they count in the same way.
    """

    number: int
    heading: str
    picture: ChartPicture
    signs: tuple[Message, ...]
    cautions: tuple[Assessment, ...]
    unassessed: bool
    rows: tuple[FigureChartRow, ...]

    @property
    def series(self) -> tuple[tuple[DisplayText, tuple[FigureChartRow, ...]], ...]:
        """The rows of each series, by its name."""
        return tuple((name, tuple(rows)) for name, rows in groupby(self.rows, key=lambda row: row.name))


@dataclass(frozen=True, slots=True)
class FigureCharts:
    """The charts, the assessments by which figures were kept apart, and other reasons for that as sentences."""

    charts: tuple[FigureChart, ...] = ()
    not_comparable: tuple[Assessment, ...] = ()
    reasons: tuple[Message, ...] = ()


def figure_charts(view: View, nodes: Iterable[NamedNode], form: ChartForm | None = None) -> FigureCharts:
    """Return the charts of the figures ``nodes``, as ``form`` or as fits them best.

    A figure without a number or a period of known days is in no chart.
    """
    counted = [item for node in sorted(set(nodes), key=str) if (item := counted_figure(view, node))]
    judged = assessments_of(view, counted)
    verdicts = severest_verdicts(view, judged)
    reasons: list[Message] = []
    panels = list(figure_panels(view, counted, verdicts, form, reasons))
    return FigureCharts(
        charts=tuple(_chart(view, place, *panel, verdicts, judged) for place, panel in enumerate(panels, 1)),
        not_comparable=tuple(
            assessment(view, node) for node, (verdict, _) in judged.items() if verdict == NOT_COMPARABLE
        ),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _chart(
    view: View,
    place: int,
    form: ChartForm,
    panel: Sequence[FigureSegment],
    verdicts: Verdicts,
    judged: Mapping[NamedNode, tuple[str, frozenset[NamedNode]]],
) -> FigureChart:
    cells = [cell for segment in panel for cell in segment.cells]
    names = _names(view, panel)
    first = cells[0].chosen.figure
    drawn = {cell.chosen.node for cell in cells if cell.decided}
    periods = sorted({(cell.chosen.end, cell.chosen.start, cell.chosen.figure.period) for cell in cells})
    place_of = {(start, end): place for place, (end, start, _) in enumerate(periods)}
    shares = first.percent and all(0 <= cell.chosen.amount <= _WHOLE for cell in cells)
    heading = " · ".join(
        filter(
            None,
            (
                first.indicator.text,
                first.unit.text if first.unit else "",
                first.nature.text if first.nature and not first.flow else "",
            ),
        )
    )
    chart = Chart(
        key=f"chart-{place}",
        title=heading,
        unit=first.unit.text if first.unit else "",
        # Single values make no line.
        form=form if any(len(segment.cells) > 1 for segment in panel) else "bars",
        periods=tuple(ChartPeriod(words, _at(cells[0].chosen, start, end)) for end, start, words in periods),
        series=tuple(
            ChartSeries(names[segment.series], tuple(_values(view, segment.cells, place_of, verdicts)))
            for segment in panel
        ),
        whole=_WHOLE if shares else None,
    )
    return FigureChart(
        number=place,
        heading=heading,
        picture=draw(chart, view.language),
        signs=tuple(_signs(chart, cells)),
        cautions=tuple(
            assessment(view, node)
            for node, (verdict, compared) in judged.items()
            if verdict == WITH_CAUTION and len(compared & drawn) > 1
        ),
        unassessed=any(
            one.series[_ABOUT] != two.series[_ABOUT] and frozenset((a.chosen.node, b.chosen.node)) not in verdicts
            for one, two in combinations(panel, 2)
            for a in one.cells
            for b in two.cells
        ),
        rows=tuple(
            FigureChartRow(
                iri=item.node.value,
                name=names[segment.series],
                figure=item.figure,
                amount=item.amount,
                part_of=_base(view, item),
                cautions=(*counting_rule(view, item.node), *_notes(view, item.node)),
                drawn=cell.decided and item is cell.chosen,
            )
            for segment in panel
            for cell in segment.cells
            for item in sorted(cell.rivals, key=lambda rival: rival is not cell.chosen)
        ),
    )


def _notes(view: View, node: NamedNode) -> tuple[DisplayText, ...]:
    return _in_own_language(tuple(view.text(note) for note in view.graph.literals(node, COOP.comparabilityNote)))


def _in_own_language(texts: tuple[DisplayText, ...]) -> tuple[DisplayText, ...]:
    """Return the texts in the reader's language, all where none is."""
    return tuple(text for text in texts if not text.tag) or texts


def _at(one: CountedFigure, start: date, end: date) -> float:
    """Return where a period stands on an axis of years: its middle, of running totals and levels its end."""

    def years(day: date) -> float:
        return day.year + (day.timetuple().tm_yday - 1) / 366

    return (years(start) + years(end)) / 2 if one.group[2] in ("flow", "average") else years(end)


def _names(view: View, panel: Sequence[FigureSegment]) -> Mapping[tuple[str, ...], DisplayText]:
    """Return how each series is called: by whose it is, and by part and area where that alone does not tell it."""
    series = [segment.series for segment in panel]
    told: list[int] = []
    for place in (_ABOUT, _BREAKDOWN, _AREA):
        if len({tuple(key[at] for at in told) for key in series}) < len(series):
            told += [place] if len({key[place] for key in series}) > 1 else []
    told = told or [_ABOUT]
    names = {}
    for segment in panel:
        shown = segment.cells[0].chosen.figure
        whole = DisplayText(Message("all").in_language(view.language))
        labels = {_ABOUT: shown.about, _BREAKDOWN: shown.breakdown or whole, _AREA: shown.area}
        parts = [label for place in told if (label := labels[place])]
        names[segment.series] = parts[0] if len(parts) == 1 else DisplayText(" · ".join(part.text for part in parts))
    return names


def _values(
    view: View, cells: Iterable[FigureCell], place_of: Mapping[tuple[date, date], int], verdicts: Verdicts
) -> Iterator[ChartValue]:
    before: FigureCell | None = None
    for cell in cells:
        one, shown = cell.chosen, cell.chosen.figure
        yield ChartValue(
            period=place_of[one.start, one.end],
            amount=one.amount if cell.decided else None,
            text=_text(cell) if cell.decided else Message("sources differ").in_language(view.language),
            low=one.low,
            high=one.high,
            computed=shown.derived,
            note=_base(view, one),
            join="" if before is None else _join(view, before.chosen, one, verdicts),
        )
        if cell.decided:
            before = cell


def _join(view: View, one: CountedFigure, other: CountedFigure, verdicts: Verdicts) -> ChartJoin:
    """Return how a line goes from one figure to the other: solid only where they compare and nothing says otherwise."""
    rules = counting_rule(view, one.node), counting_rule(view, other.node)
    comparable = verdicts.get(frozenset((one.node, other.node))) == COMPARABLE
    return "solid" if comparable and (rules[0] == rules[1] or not all(rules)) else "dashed"


def _text(cell: FigureCell) -> str:
    shown = cell.chosen.figure
    precision = local_name(shown.precision.path) if shown.precision else ""
    sign = _SIGNS.get(precision, "")
    value = f"{shown.value} %" if shown.percent or shown.change else shown.value
    value = f"+{value}" if shown.change and cell.chosen.amount > 0 else value
    return " ".join(filter(None, (sign, value, "≠" if cell.contested else "")))


def _base(view: View, one: CountedFigure) -> str:
    """Return what a share or a nested count is a part of: how many, of what, and whose and when where that differs."""
    shown, base = one.figure, view.graph.link(one.node, COOP.hasBase)
    if shown.change:
        return ""
    if base:
        whole = figure(view, base)
        if not whole.value:
            return Message("part of: {whole}", whole=view.name(base).text).in_language(view.language)
        said = [whole.indicator.text, whole.breakdown.text if whole.breakdown else ""]
        said += [whole.about.text] if whole.about and whole.about != shown.about else []
        said += [whole.period] if whole.period != shown.period else []
        separator = Message(", ").in_language(view.language)
        return Message(
            "part of {number}: {whole}", number=whole.value, whole=separator.join(filter(None, said))
        ).in_language(view.language)
    if shown.base_text:
        return Message("part of: {whole}", whole=_in_own_language(shown.base_text)[0].text).in_language(view.language)
    if shown.possible_bases:
        return Message("it is not clear what this is a part of").in_language(view.language)
    return ""


def _signs(chart: Chart, cells: Iterable[FigureCell]) -> Iterator[Message]:
    """Yield what the signs of the picture mean, those that occur."""
    texts = [value.text for item in chart.series for value in item.values]
    values = [value for item in chart.series for value in item.values]
    for sign, meaning in (
        ("≈", Message("≈ rounded or estimated")),
        ("≥", Message("≥ at least")),
        ("≤", Message("≤ at most")),
        ("≠", Message("≠ sources differ; the table has the other values")),
    ):
        if any(text.startswith(sign) or text.endswith(sign) for text in texts):
            yield meaning
    if any(value.amount is not None and value.low is not None and value.low != value.high for value in values):
        yield Message("a line across: between which bounds the true value lies")
    if any(value.computed for value in values):
        yield Message("hollow: computed by us from published figures")
    if chart.form == "lines" and any(
        later.join == "dashed" for item in chart.series for _, later in pairwise(item.values)
    ):
        yield Message("a dashed line: to compare with caution, not assessed, or counted by another rule")
