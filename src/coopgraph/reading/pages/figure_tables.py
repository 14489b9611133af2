"""Figures as tables, part by period, each in short; and where figures for the same cell differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from coopgraph.model.iris import local_name
from coopgraph.rdf.namespaces import COOP, RDF, SDMX_ATTRIBUTE, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, page_path
from coopgraph.reading.pages.evidence import Standing, backing, standing
from coopgraph.reading.pages.property_values import RANKS, Disagreement, PropertyValue, disagreement
from coopgraph.reading.values import in_words, number

FigureKind = OneOf["count", "share", "growth"]
"""What a number is: of things, a part of others in per cent, or a change in per cent."""

_KINDS: tuple[FigureKind, ...] = ("count", "share", "growth")


@dataclass(frozen=True, slots=True)
class FigureInTable:
    """One figure as a table has it: the number, how exact it is, and how it stands; its own page tells the rest.

    ``iri`` is its own, ``path`` that of its page. ``published`` is the number as its source prints it (empty for a
    computed one), ``value`` the same in the reader's digits, ``amount`` as the graph holds it. ``precision`` and
    ``nature`` are empty where it is exact, and of a stretch of time. ``notation`` is that of its period.
    """

    iri: str
    path: str
    about: str
    indicator: DisplayText
    breakdown: str
    period: str
    area: str
    unit: DisplayText | None
    kind: FigureKind
    value: str
    amount: str
    published: str
    precision: str
    rounded_to: str
    nature: str
    bounds: str
    derived: bool
    standing: Standing
    cell: tuple[str, ...]
    notation: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures of one part of what was counted: for each period of the table, best first, none where none is known."""

    part: str
    cells: tuple[tuple[FigureInTable, ...], ...]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures of one indicator in one unit, part by period, the newest period first.

    ``area`` is that of all figures; where they differ it is empty, and is in each part's name, as is whose they are.
    """

    kind: FigureKind
    unit: DisplayText | None
    area: str
    periods: tuple[str, ...]
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures of one indicator: a table for each unit; ``newest`` is the best total of the newest period with one.

    Tables of counts come first, then those of shares, then those of growth.
    """

    indicator: DisplayText
    count: int
    newest: FigureInTable | None
    tables: tuple[FigureTable, ...]


def figures_in_tables(view: View, nodes: Iterable[NamedNode]) -> tuple[FigureInTable, ...]:
    """Return the figures ``nodes`` as a table has them: by indicator, newest period first, total before its parts."""
    rows = [figure_in_table(view, node) for node in sorted(set(nodes), key=str)]
    rows.sort(key=lambda row: (row.breakdown, RANKS.get(row.standing.rank, 1)))
    rows.sort(key=lambda row: row.notation, reverse=True)
    rows.sort(key=lambda row: row.indicator.text)
    return tuple(rows)


def figure_groups(rows: Iterable[FigureInTable]) -> tuple[FigureGroup, ...]:
    """Return ``rows``, which are in the order of :func:`figures_in_tables`, as tables by indicator and unit."""
    by_indicator: dict[str, list[FigureInTable]] = defaultdict(list)
    for row in rows:
        by_indicator[row.indicator.text].append(row)
    return tuple(
        FigureGroup(
            indicator=items[0].indicator,
            count=len(items),
            newest=next((item for item in items if not item.breakdown), None),
            tables=tuple(sorted(_tables(items), key=lambda table: _KINDS.index(table.kind))),
        )
        for items in by_indicator.values()
    )


def _tables(rows: Iterable[FigureInTable]) -> Iterator[FigureTable]:
    by_unit: dict[str, list[FigureInTable]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit.path if row.unit else ""].append(row)
    for items in by_unit.values():
        periods = tuple(dict.fromkeys(item.period for item in items))
        several_bodies = len({item.about for item in items if item.about}) > 1
        areas = tuple(dict.fromkeys(item.area for item in items if item.area))
        cells: dict[tuple[str, ...], dict[str, list[FigureInTable]]] = defaultdict(lambda: defaultdict(list))
        for item in items:
            subject = item.about if several_bodies else ""
            cells[subject, item.area if len(areas) > 1 else "", item.breakdown][item.period].append(item)
        yield FigureTable(
            kind=items[0].kind,
            unit=items[0].unit,
            area=areas[0] if len(areas) == 1 else "",
            periods=periods,
            rows=tuple(
                FigureRow(" · ".join(filter(None, key)), tuple(tuple(found.get(period, ())) for period in periods))
                for key, found in sorted(cells.items())
            ),
        )


def figure_in_table(view: View, node: NamedNode) -> FigureInTable:
    """Return the figure (observation) ``node`` as a table has it."""
    said, language = view.graph.about(node), view.language

    def link(predicate: NamedNode) -> NamedNode | None:
        return next((value for value in said.get(predicate, ()) if isinstance(value, NamedNode)), None)

    def label(concept: NamedNode | None) -> str:
        return view.label(concept).text if concept else ""

    def plain(predicate: NamedNode) -> str:
        return next((value.value for value in said.get(predicate, ()) if isinstance(value, Literal)), "")

    indicator, breakdown, unit = link(COOP.hasIndicator), link(COOP.hasBreakdown), link(COOP.hasUnit)
    period, area = link(SDMX_DIMENSION.refPeriod), link(SDMX_DIMENSION.refArea)
    precision, nature = link(COOP.hasPrecision), link(COOP.hasTimeNature)
    about = link(COOP.refersToOrganization) or link(COOP.refersToLaw) or link(COOP.refersToEvent)
    notation = (view.graph.plain(period, SKOS.notation) or local_name(period.value)) if period else ""
    lower, upper = plain(COOP.lowerBound), plain(COOP.upperBound)
    kind, published, decimals = _kind(unit), plain(COOP.valueAsPublished), plain(SDMX_ATTRIBUTE.decimals)
    value = number(plain(SDMX_MEASURE.obsValue), language, int(decimals) if decimals else None)
    if kind != "count":
        value = view.names.value_of(node) if published else f"{value}%"
    return FigureInTable(
        iri=node.value,
        path=page_path(node.value),
        about=view.name(about).text if about else "",
        indicator=view.label(indicator) if indicator else DisplayText(""),
        breakdown="" if breakdown and local_name(breakdown.value) == "total" else label(breakdown),
        period=in_words(notation, language),
        area=label(area),
        unit=view.label(unit) if unit else None,
        kind=kind,
        value=value,
        amount=plain(SDMX_MEASURE.obsValue),
        published=published,
        precision="" if precision and local_name(precision.value) == "exact" else label(precision),
        rounded_to=number(plain(COOP.roundedTo), language),
        nature="" if nature and local_name(nature.value) == "flow" else label(nature),
        bounds=f"{number(lower, language)} – {number(upper, language)}" if lower and upper else "",
        derived=COOP.DerivedObservation in said.get(RDF.type, ()),
        standing=standing(view, node),
        cell=tuple(item.value if item else "" for item in (about, indicator, breakdown, unit, area, period)),
        notation=notation,
    )


def _kind(unit: NamedNode | None) -> FigureKind:
    name = local_name(unit.value) if unit else ""
    if name.startswith("percent-change"):
        return "growth"
    return "share" if name == "percent" else "count"


def differing(view: View, rows: Iterable[FigureInTable]) -> tuple[Disagreement, ...]:
    """Return the cells for which sources publish different numbers, with the reasons for preferring one."""
    cells: dict[tuple[str, ...], list[FigureInTable]] = defaultdict(list)
    for row in rows:
        if not row.derived:
            cells[row.cell].append(row)
    return tuple(
        disagreement(
            view,
            DisplayText(_cell_name(items[0])),
            [
                PropertyValue(DisplayText(item.value, path=item.path), "", backing(view, NamedNode(item.iri)))
                for item in items
            ],
        )
        for items in cells.values()
        if len({item.amount for item in items}) > 1
    )


def _cell_name(item: FigureInTable) -> str:
    return ", ".join(filter(None, (item.indicator.text, item.breakdown, item.period)))
