"""Charts of figures: which are drawn together, which are not and why, each chart with the table of its figures.

Drawn together is what has one indicator, unit and meaning of the period, unless a curator assessed two figures as not
comparable, or two counts are of periods that overlap. Of several figures for one cell one is drawn: the preferred one,
else the best one (``ds:best-figures``), else the only one that is not deprecated; where that leaves several values,
none. The others stand in the table.

    charts = figure_charts(View(graph, words, language), nodes)

``graph`` holds the figures with their periods, passages, bases and assessments, as ``figure-records.rq`` gives them;
the description of an entity holds its own. ``figure_chart.html`` shows a :class:`FigureChart`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby, pairwise
from typing import NamedTuple

from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.model.iris import DATASET, local_name
from coopgraph.rdf.namespaces import COOP, QB, SDMX_DIMENSION, SDMX_MEASURE
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.charts import (
    MOST_LINES,
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
from coopgraph.reading.pages.figures import Assessment, Figure, assessment, figure

BEST_FIGURES = NamedNode(DATASET + "best-figures")

MOST_BARS = 60
"""How many bars one picture has at most."""

_NOT_COMPARABLE, _WITH_CAUTION, _COMPARABLE = "not-comparable", "with-caution", "comparable"
_SEVEREST = (_NOT_COMPARABLE, _WITH_CAUTION, _COMPARABLE)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """A figure with what decides where it is drawn."""

    node: NamedNode
    figure: Figure
    group: tuple[str, ...]
    series: tuple[str, ...]
    start: date
    end: date
    amount: Decimal
    low: Decimal | None
    high: Decimal | None
    best: bool

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def overlaps(self, other: _Counted) -> bool:
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """Figures for one cell; ``chosen`` stands for them, and its value is drawn where ``decided``."""

    rivals: tuple[_Counted, ...]
    chosen: _Counted
    decided: bool

    @property
    def contested(self) -> bool:
        return len({item.amount for item in self.rivals if not item.figure.derived}) > 1


class _Segment(NamedTuple):
    """Cells of one series that may be drawn in one picture; ``place`` counts the segments of the series."""

    place: int
    series: tuple[str, ...]
    cells: tuple[_Cell, ...]


_Verdicts = Mapping[frozenset[NamedNode], str]


def figure_charts(view: View, nodes: Iterable[NamedNode], form: ChartForm | None = None) -> FigureCharts:
    """Return the charts of the figures ``nodes``, as ``form`` or as fits them best.

    A figure without a number or a period of known days is in no chart.
    """
    counted = [item for node in sorted(set(nodes), key=str) if (item := _counted(view, node))]
    judged = _assessments(view, counted)
    verdicts = _verdicts(view, judged)
    groups: dict[tuple[str, ...], list[_Counted]] = defaultdict(list)
    for item in counted:
        groups[item.group].append(item)
    reasons: list[Message] = []
    if len(groups) > 1:
        reasons.append(
            Message("Numbers of different units, and counts of a period and running totals, are not drawn together.")
        )
    panels = []
    for group in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        cells = _cells(groups[group])
        chosen_form = form or _fitting_form(cells)
        segments = list(_segments(view, cells, verdicts, reasons))
        panels += [(chosen_form, panel) for panel in _panels(segments, verdicts, chosen_form, reasons)]
    return FigureCharts(
        charts=tuple(_chart(view, place, *panel, verdicts, judged) for place, panel in enumerate(panels, 1)),
        not_comparable=tuple(
            assessment(view, node) for node, (verdict, _) in judged.items() if verdict == _NOT_COMPARABLE
        ),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _counted(view: View, node: NamedNode) -> _Counted | None:
    graph, shown = view.graph, figure(view, node)
    period = graph.link(node, SDMX_DIMENSION.refPeriod)
    value = graph.plain(node, SDMX_MEASURE.obsValue)
    start, end = (graph.plain(period, term) if period else "" for term in (COOP.startDate, COOP.endDate))
    if not (value and start and end):
        return None
    amount = Decimal(value)
    low, high, rounded_to = (graph.plain(node, term) for term in (COOP.lowerBound, COOP.upperBound, COOP.roundedTo))
    half = Decimal(rounded_to) / 2 if rounded_to else None
    about, indicator, breakdown, unit, area, _ = shown.cell
    nature = graph.link(node, COOP.hasTimeNature)
    return _Counted(
        node=node,
        figure=shown,
        group=(indicator, unit, local_name(nature.value) if nature else "flow"),
        series=(about, area, breakdown),
        start=date.fromisoformat(start),
        end=date.fromisoformat(end),
        amount=amount,
        low=Decimal(low) if low else amount - half if half else None,
        high=Decimal(high) if high else amount + half if half else None,
        best=bool({BEST_FIGURES} & set(graph.subjects(QB.observation, node))),
    )


def _assessments(view: View, counted: Sequence[_Counted]) -> dict[NamedNode, tuple[str, frozenset[NamedNode]]]:
    """Return the assessments that compare two or more of the figures: the verdict, and which of them."""
    here = {item.node for item in counted}
    found = {node for item in here for node in view.graph.subjects(COOP.compares, item)}
    judged = {}
    for node in sorted(found, key=str):
        compared = frozenset(view.graph.links(node, COOP.compares)) & here
        verdict = view.graph.link(node, COOP.hasComparability)
        if len(compared) > 1 and verdict:
            judged[node] = (local_name(verdict.value), compared)
    return judged


def _verdicts(view: View, judged: Mapping[NamedNode, tuple[str, frozenset[NamedNode]]]) -> _Verdicts:
    """Return the severest verdict on each pair of figures."""
    verdicts: dict[frozenset[NamedNode], str] = {}
    for severest in reversed(_SEVEREST):
        for verdict, compared in judged.values():
            if verdict == severest:
                verdicts.update(dict.fromkeys(map(frozenset, combinations(compared, 2)), verdict))
    return verdicts


def _cells(counted: Iterable[_Counted]) -> tuple[_Cell, ...]:
    by_cell: dict[tuple[object, ...], list[_Counted]] = defaultdict(list)
    for item in counted:
        by_cell[item.series, item.start, item.end].append(item)
    return tuple(_cell(rivals) for rivals in by_cell.values())


def _cell(rivals: Sequence[_Counted]) -> _Cell:
    """Return a cell with the figure that stands for it: what a source publishes before what we computed."""
    usable = [item for item in rivals if item.figure.backing.rank != "deprecated"] or list(rivals)
    published = [item for item in usable if not item.figure.derived] or usable
    preferred = [item for item in published if item.figure.backing.rank == "preferred"]
    best = preferred or [item for item in published if item.best] or published
    return _Cell(tuple(rivals), best[0], len({item.amount for item in best}) == 1)


def _fitting_form(cells: Sequence[_Cell]) -> ChartForm:
    lengths = Counter(cell.chosen.series for cell in cells)
    percent = any(cell.chosen.figure.percent for cell in cells)
    return "lines" if not percent and lengths and max(lengths.values()) >= 3 and len(lengths) <= MOST_LINES else "bars"


def _segments(view: View, cells: Iterable[_Cell], verdicts: _Verdicts, reasons: list[Message]) -> Iterator[_Segment]:
    """Yield the cells of each series, divided where they overlap or are not comparable."""
    by_series: dict[tuple[str, ...], list[_Cell]] = defaultdict(list)
    for cell in cells:
        by_series[cell.chosen.series].append(cell)
    for series in sorted(by_series, key=lambda key: _series_order(view, by_series[key][0])):
        place, left = 0, by_series[series]
        while left:
            kept, left = _without_overlaps(left, verdicts, reasons)
            for stretch in _unbroken(kept, verdicts):
                yield _Segment(place, series, stretch)
                place += 1


def _series_order(view: View, cell: _Cell) -> tuple[object, ...]:
    about, area, breakdown = cell.chosen.figure.about, cell.chosen.figure.area, cell.chosen.figure.breakdown
    return (
        sort_key(about.text if about else "", view.language),
        sort_key(area.text if area else "", view.language),
        sort_key(breakdown.text if breakdown else "", view.language),
        cell.chosen.series,
    )


def _without_overlaps(
    cells: Sequence[_Cell], verdicts: _Verdicts, reasons: list[Message]
) -> tuple[list[_Cell], list[_Cell]]:
    """Return counts of periods that do not overlap, those of the commonest length first, and what is left.

    Running totals and levels overlap by their nature, and stay together. What an assessment says needs no other reason.
    """
    if cells[0].chosen.group[2] != "flow":
        return list(cells), []
    lengths = Counter(round(cell.chosen.days / 30) for cell in cells)
    order = sorted(
        cells,
        key=lambda cell: (-lengths[round(cell.chosen.days / 30)], -cell.chosen.days, cell.chosen.start),
    )
    kept: list[_Cell] = []
    left = []
    for cell in order:
        rival = next((other for other in kept if cell.chosen.overlaps(other.chosen)), None)
        if rival is None:
            kept.append(cell)
        else:
            left.append(cell)
            if _conflict(cell, rival, verdicts):
                continue
            reasons.append(
                Message(
                    "The periods {one} and {other} overlap: what was counted in both would be drawn twice.",
                    one=rival.chosen.figure.period,
                    other=cell.chosen.figure.period,
                )
            )
    return kept, left


def _unbroken(cells: Iterable[_Cell], verdicts: _Verdicts) -> Iterator[tuple[_Cell, ...]]:
    """Yield stretches of a series within which no two figures are assessed as not comparable."""
    stretch: list[_Cell] = []
    for cell in sorted(cells, key=lambda item: (item.chosen.end, item.chosen.start)):
        if any(_conflict(cell, other, verdicts) for other in stretch):
            yield tuple(stretch)
            stretch = []
        stretch.append(cell)
    if stretch:
        yield tuple(stretch)


def _conflict(one: _Cell, other: _Cell, verdicts: _Verdicts) -> bool:
    return verdicts.get(frozenset((one.chosen.node, other.chosen.node))) == _NOT_COMPARABLE


def _panels(
    segments: Iterable[_Segment], verdicts: _Verdicts, form: ChartForm, reasons: list[Message]
) -> list[list[_Segment]]:
    """Return the segments by picture: each in the first where nothing speaks against it."""
    panels: list[list[_Segment]] = []
    for segment in sorted(segments, key=lambda item: item.place):
        fitting = [
            panel
            for panel in panels
            if not any(
                other.series == segment.series
                or any(_conflict(one, two, verdicts) for one in segment.cells for two in other.cells)
                for other in panel
            )
        ]
        roomy = [panel for panel in fitting if _has_room(panel, segment, form)]
        if fitting and not roomy:
            reasons.append(
                Message(
                    "One picture has no more than {lines} lines or {bars} bars, so that it can be read.",
                    lines=MOST_LINES,
                    bars=MOST_BARS,
                )
            )
        if roomy:
            roomy[0].append(segment)
        else:
            panels.append([segment])
    return panels


def _has_room(panel: Sequence[_Segment], segment: _Segment, form: ChartForm) -> bool:
    if form == "lines":
        return len(panel) < MOST_LINES
    return sum(len(item.cells) for item in panel) + len(segment.cells) <= MOST_BARS


def _chart(
    view: View,
    place: int,
    form: ChartForm,
    panel: Sequence[_Segment],
    verdicts: _Verdicts,
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
            if verdict == _WITH_CAUTION and len(compared & drawn) > 1
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


def _at(one: _Counted, start: date, end: date) -> float:
    """Return where a period stands on an axis of years: its middle, of running totals and levels its end."""

    def years(day: date) -> float:
        return day.year + (day.timetuple().tm_yday - 1) / 366

    return (years(start) + years(end)) / 2 if one.group[2] in ("flow", "average") else years(end)


def _names(view: View, panel: Sequence[_Segment]) -> Mapping[tuple[str, ...], DisplayText]:
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
    view: View, cells: Iterable[_Cell], place_of: Mapping[tuple[date, date], int], verdicts: _Verdicts
) -> Iterator[ChartValue]:
    before: _Cell | None = None
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


def _join(view: View, one: _Counted, other: _Counted, verdicts: _Verdicts) -> ChartJoin:
    """Return how a line goes from one figure to the other: solid only where they compare and nothing says otherwise."""
    rules = counting_rule(view, one.node), counting_rule(view, other.node)
    comparable = verdicts.get(frozenset((one.node, other.node))) == _COMPARABLE
    return "solid" if comparable and (rules[0] == rules[1] or not all(rules)) else "dashed"


def _text(cell: _Cell) -> str:
    shown = cell.chosen.figure
    precision = local_name(shown.precision.path) if shown.precision else ""
    sign = _SIGNS.get(precision, "")
    value = f"{shown.value} %" if shown.percent or shown.change else shown.value
    value = f"+{value}" if shown.change and cell.chosen.amount > 0 else value
    return " ".join(filter(None, (sign, value, "≠" if cell.contested else "")))


def _base(view: View, one: _Counted) -> str:
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


def _signs(chart: Chart, cells: Iterable[_Cell]) -> Iterator[Message]:
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
