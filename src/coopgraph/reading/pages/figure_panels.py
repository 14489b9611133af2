"""Panels of figures: what is drawn together in one picture of a page of charts, what is not, and why.

Drawn together is what has one indicator, unit and meaning of the period, unless a curator assessed two figures as not
comparable, or two counts are of periods that overlap. Of several figures for one cell one is drawn: the preferred one,
else the best one (``ds:best-figures``), else the only one that is not deprecated; where that leaves several values,
none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.model.iris import DATASET, local_name
from coopgraph.rdf.namespaces import COOP, QB, SDMX_DIMENSION, SDMX_MEASURE
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.charts import MOST_LINES, ChartForm
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.pages.figures import Figure, figure

BEST_FIGURES = NamedNode(DATASET + "best-figures")

MOST_BARS = 60
"""How many bars one picture has at most."""

NOT_COMPARABLE, WITH_CAUTION, COMPARABLE = "not-comparable", "with-caution", "comparable"
_SEVEREST = (NOT_COMPARABLE, WITH_CAUTION, COMPARABLE)


@dataclass(frozen=True, slots=True, eq=False)
class CountedFigure:
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
        """How many days the period has, its first and last included."""
        return (self.end - self.start).days + 1

    def overlaps(self, other: CountedFigure) -> bool:
        """Return whether the periods of two figures have a day in common."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True, eq=False)
class FigureCell:
    """Figures for one cell; ``chosen`` stands for them, and its value is drawn where ``decided``."""

    rivals: tuple[CountedFigure, ...]
    chosen: CountedFigure
    decided: bool

    @property
    def contested(self) -> bool:
        """Whether published figures for the cell differ."""
        return len({item.amount for item in self.rivals if not item.figure.derived}) > 1


class FigureSegment(NamedTuple):
    """Cells of one series that may be drawn in one picture; ``place`` counts the segments of the series."""

    place: int
    series: tuple[str, ...]
    cells: tuple[FigureCell, ...]


class FigurePanel(NamedTuple):
    """What one picture shows, and how."""

    form: ChartForm
    segments: tuple[FigureSegment, ...]


Verdicts = Mapping[frozenset[NamedNode], str]
"""The severest verdict of curators on each pair of figures."""


def figure_panels(
    view: View, counted: Iterable[CountedFigure], verdicts: Verdicts, form: ChartForm | None, reasons: list[Message]
) -> Iterator[FigurePanel]:
    """Yield what each picture shows, as ``form`` or as fits it best; add to ``reasons`` why not all is in one."""
    groups: dict[tuple[str, ...], list[CountedFigure]] = defaultdict(list)
    for item in counted:
        groups[item.group].append(item)
    if len(groups) > 1:
        reasons.append(
            Message("Numbers of different units, and counts of a period and running totals, are not drawn together.")
        )
    for group in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        cells = _cells(groups[group])
        chosen_form = form or _fitting_form(cells)
        segments = list(_segments(view, cells, verdicts, reasons))
        for panel in _panels(segments, verdicts, chosen_form, reasons):
            yield FigurePanel(chosen_form, tuple(panel))


def counted_figure(view: View, node: NamedNode) -> CountedFigure | None:
    """Return a figure with what decides where it is drawn; None without a number or a period of known days."""
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
    return CountedFigure(
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


def assessments_of(view: View, counted: Sequence[CountedFigure]) -> dict[NamedNode, tuple[str, frozenset[NamedNode]]]:
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


def severest_verdicts(view: View, judged: Mapping[NamedNode, tuple[str, frozenset[NamedNode]]]) -> Verdicts:
    """Return the severest verdict on each pair of figures."""
    verdicts: dict[frozenset[NamedNode], str] = {}
    for severest in reversed(_SEVEREST):
        for verdict, compared in judged.values():
            if verdict == severest:
                verdicts.update(dict.fromkeys(map(frozenset, combinations(compared, 2)), verdict))
    return verdicts


def _cells(counted: Iterable[CountedFigure]) -> tuple[FigureCell, ...]:
    by_cell: dict[tuple[object, ...], list[CountedFigure]] = defaultdict(list)
    for item in counted:
        by_cell[item.series, item.start, item.end].append(item)
    return tuple(_cell(rivals) for rivals in by_cell.values())


def _cell(rivals: Sequence[CountedFigure]) -> FigureCell:
    """Return a cell with the figure that stands for it: what a source publishes before what we computed."""
    usable = [item for item in rivals if item.figure.backing.rank != "deprecated"] or list(rivals)
    published = [item for item in usable if not item.figure.derived] or usable
    preferred = [item for item in published if item.figure.backing.rank == "preferred"]
    best = preferred or [item for item in published if item.best] or published
    return FigureCell(tuple(rivals), best[0], len({item.amount for item in best}) == 1)


def _fitting_form(cells: Sequence[FigureCell]) -> ChartForm:
    lengths = Counter(cell.chosen.series for cell in cells)
    percent = any(cell.chosen.figure.percent for cell in cells)
    return "lines" if not percent and lengths and max(lengths.values()) >= 3 and len(lengths) <= MOST_LINES else "bars"


def _segments(
    view: View, cells: Iterable[FigureCell], verdicts: Verdicts, reasons: list[Message]
) -> Iterator[FigureSegment]:
    """Yield the cells of each series, divided where they overlap or are not comparable."""
    by_series: dict[tuple[str, ...], list[FigureCell]] = defaultdict(list)
    for cell in cells:
        by_series[cell.chosen.series].append(cell)
    for series in sorted(by_series, key=lambda key: _series_order(view, by_series[key][0])):
        place, left = 0, by_series[series]
        while left:
            kept, left = _without_overlaps(left, verdicts, reasons)
            for stretch in _unbroken(kept, verdicts):
                yield FigureSegment(place, series, stretch)
                place += 1


def _series_order(view: View, cell: FigureCell) -> tuple[object, ...]:
    about, area, breakdown = cell.chosen.figure.about, cell.chosen.figure.area, cell.chosen.figure.breakdown
    return (
        sort_key(about.text if about else "", view.language),
        sort_key(area.text if area else "", view.language),
        sort_key(breakdown.text if breakdown else "", view.language),
        cell.chosen.series,
    )


def _without_overlaps(
    cells: Sequence[FigureCell], verdicts: Verdicts, reasons: list[Message]
) -> tuple[list[FigureCell], list[FigureCell]]:
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
    kept: list[FigureCell] = []
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


def _unbroken(cells: Iterable[FigureCell], verdicts: Verdicts) -> Iterator[tuple[FigureCell, ...]]:
    """Yield stretches of a series within which no two figures are assessed as not comparable."""
    stretch: list[FigureCell] = []
    for cell in sorted(cells, key=lambda item: (item.chosen.end, item.chosen.start)):
        if any(_conflict(cell, other, verdicts) for other in stretch):
            yield tuple(stretch)
            stretch = []
        stretch.append(cell)
    if stretch:
        yield tuple(stretch)


def _conflict(one: FigureCell, other: FigureCell, verdicts: Verdicts) -> bool:
    return verdicts.get(frozenset((one.chosen.node, other.chosen.node))) == NOT_COMPARABLE


def _panels(
    segments: Iterable[FigureSegment], verdicts: Verdicts, form: ChartForm, reasons: list[Message]
) -> list[list[FigureSegment]]:
    """Return the segments by picture: each in the first where nothing speaks against it."""
    panels: list[list[FigureSegment]] = []
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


def _has_room(panel: Sequence[FigureSegment], segment: FigureSegment, form: ChartForm) -> bool:
    if form == "lines":
        return len(panel) < MOST_LINES
    return sum(len(item.cells) for item in panel) + len(segment.cells) <= MOST_BARS
