"""Figures, published and computed, as rows of a table, and where figures for the same cell differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coopgraph.rdf.namespaces import COOP, PROV, SDMX_ATTRIBUTE, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import Backing, backing
from coopgraph.reading.pages.property_values import RANKS, Disagreement, PropertyValue, reasons
from coopgraph.reading.values import in_words, number
from coopgraph.reading.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was counted, where and when, the number, how exact it is, and what it rests on.

    ``published`` is the number as its source prints it (empty for a computed one); ``value`` the number itself.
    The base of a ``change`` is what it is compared with, any other base what the figure is a part of.
    """

    page: DisplayText
    about: DisplayText | None
    indicator: DisplayText
    breakdown: DisplayText | None
    period: str
    area: DisplayText | None
    value: str
    published: str
    unit: DisplayText | None
    percent: bool
    change: bool
    precision: DisplayText | None
    precise: bool
    rounded_to: str
    nature: DisplayText | None
    flow: bool
    base: DisplayText | None
    base_text: tuple[DisplayText, ...]
    possible_bases: tuple[DisplayText, ...]
    derived: bool
    formula: str
    bounds: str
    inputs: tuple[DisplayText, ...]
    backing: Backing
    cell: tuple[str, ...]
    notation: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures of one part of what was counted: for each period of the table, best first, none where none is known."""

    part: str
    cells: tuple[tuple[Figure, ...], ...]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures of one indicator in one unit, part by period, the newest period first.

    ``area`` is that of all figures; where they differ it is empty, and is in each part's name, as is whose they are.
    """

    unit: DisplayText | None
    area: str
    periods: tuple[str, ...]
    rows: tuple[FigureRow, ...]

    @property
    def computed(self) -> tuple[Figure, ...]:
        """The figures that were computed."""
        return tuple(item for row in self.rows for cell in row.cells for item in cell if item.derived)


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures of one indicator: a table for each unit; ``newest`` is the best total of the newest period with one."""

    indicator: DisplayText
    count: int
    newest: Figure | None
    tables: tuple[FigureTable, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A curator's judgement on whether figures may be compared."""

    page: DisplayText
    verdict: DisplayText | None
    rationale: tuple[DisplayText, ...]
    compares: tuple[DisplayText, ...]


def figures(view: View, nodes: Iterable[NamedNode]) -> tuple[Figure, ...]:
    """Return the figures ``nodes`` as a table has them: by indicator, newest period first, total before its parts."""
    rows = [figure(view, node) for node in sorted(set(nodes), key=str)]
    rows.sort(key=lambda row: (row.breakdown.text if row.breakdown else "", RANKS.get(row.backing.rank, 1)))
    rows.sort(key=lambda row: row.notation, reverse=True)
    rows.sort(key=lambda row: row.indicator.text)
    return tuple(rows)


def figure_groups(rows: Iterable[Figure]) -> tuple[FigureGroup, ...]:
    """Return ``rows``, which are in the order of :func:`figures`, as tables by indicator and unit."""
    by_indicator: dict[DisplayText, list[Figure]] = defaultdict(list)
    for row in rows:
        by_indicator[row.indicator].append(row)
    return tuple(
        FigureGroup(
            indicator=indicator,
            count=len(items),
            newest=next((item for item in items if item.breakdown is None), None),
            tables=tuple(_tables(items)),
        )
        for indicator, items in by_indicator.items()
    )


def _tables(rows: Iterable[Figure]) -> Iterator[FigureTable]:
    by_unit: dict[DisplayText | None, list[Figure]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit].append(row)
    for unit, items in by_unit.items():
        periods = tuple(dict.fromkeys(item.period for item in items))
        subjects = tuple(dict.fromkeys(item.about.text for item in items if item.about))
        areas = tuple(dict.fromkeys(item.area.text for item in items if item.area))
        cells: dict[tuple[str, ...], dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
        for item in items:
            subject = item.about.text if item.about and len(subjects) > 1 else ""
            area = item.area.text if item.area and len(areas) > 1 else ""
            part = item.breakdown.text if item.breakdown else ""
            cells[subject, area, part][item.period].append(item)
        yield FigureTable(
            unit=unit,
            area=areas[0] if len(areas) == 1 else "",
            periods=periods,
            rows=tuple(
                FigureRow(" · ".join(filter(None, key)), tuple(tuple(found.get(period, ())) for period in periods))
                for key, found in sorted(cells.items())
            ),
        )


def figure(view: View, node: NamedNode) -> Figure:
    """Return one figure."""
    graph = view.graph
    indicator, breakdown = graph.link(node, COOP.hasIndicator), graph.link(node, COOP.hasBreakdown)
    period, area, unit = (
        graph.link(node, SDMX_DIMENSION.refPeriod),
        graph.link(node, SDMX_DIMENSION.refArea),
        graph.link(node, COOP.hasUnit),
    )
    precision, nature = graph.link(node, COOP.hasPrecision), graph.link(node, COOP.hasTimeNature)
    about, base = graph.link(node, COOP.refersTo) or _subject(view, node), graph.link(node, COOP.hasBase)
    decimals = graph.plain(node, SDMX_ATTRIBUTE.decimals)
    standing = backing(view, node)
    notation = (graph.plain(period, SKOS.notation) or local_name(period.value)) if period else ""
    shown_breakdown = view.label(breakdown) if breakdown and local_name(breakdown.value) != "total" else None
    shown_indicator = view.label(indicator) if indicator else DisplayText("")
    lower, upper = (graph.plain(node, term) for term in (COOP.lowerBound, COOP.upperBound))
    return Figure(
        page=view.name(node),
        about=view.name(about) if about else None,
        indicator=shown_indicator,
        breakdown=shown_breakdown,
        period=in_words(notation, view.language),
        area=view.label(area) if area else None,
        value=number(graph.plain(node, SDMX_MEASURE.obsValue), view.language, int(decimals) if decimals else None),
        published=graph.plain(node, COOP.valueAsPublished),
        unit=view.label(unit) if unit else None,
        percent=unit is not None and local_name(unit.value) == "percent",
        change=unit is not None and local_name(unit.value).startswith("percent-change"),
        precision=view.label(precision) if precision else None,
        precise=precision is None or local_name(precision.value) == "exact",
        rounded_to=number(graph.plain(node, COOP.roundedTo), view.language),
        nature=view.label(nature) if nature else None,
        flow=nature is None or local_name(nature.value) == "flow",
        base=view.name(base) if base else None,
        base_text=tuple(view.text(item) for item in graph.literals(node, COOP.baseDescription)),
        possible_bases=tuple(view.name(item) for item in graph.links(node, COOP.hasPossibleBase)),
        derived=graph.is_a(node, COOP.DerivedObservation),
        formula=graph.plain(node, COOP.formula),
        bounds=f"{number(lower, view.language)} – {number(upper, view.language)}" if lower and upper else "",
        inputs=tuple(view.name(item) for item in graph.links(node, PROV.wasDerivedFrom)),
        backing=standing,
        cell=tuple(item.value if item else "" for item in (about, indicator, breakdown, unit, area, period)),
        notation=notation,
    )


def differing(view: View, rows: Iterable[Figure]) -> tuple[Disagreement, ...]:
    """Return the cells for which sources publish different numbers, with the reasons for preferring one."""
    cells: dict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for row in rows:
        if not row.derived:
            cells[row.cell].append(row)
    return tuple(
        Disagreement(
            about=DisplayText(items[0].page.text, items[0].page.tag),
            statements=tuple(
                PropertyValue(DisplayText(item.published or item.value, path=item.page.path), "", item.backing)
                for item in items
            ),
            reasons=reasons(item.backing for item in items),
        )
        for items in cells.values()
        if len({item.value for item in items}) > 1
    )


def assessments(view: View, nodes: Iterable[NamedNode]) -> tuple[Assessment, ...]:
    """Return the judgements that compare any of ``nodes``."""
    found = sorted({item.value for node in nodes for item in view.graph.subjects(COOP.compares, node)})
    return tuple(assessment(view, NamedNode(iri)) for iri in found)


def assessment(view: View, node: NamedNode) -> Assessment:
    """Return one judgement."""
    verdict = view.graph.link(node, COOP.hasComparability)
    return Assessment(
        page=view.name(node),
        verdict=view.label(verdict) if verdict else None,
        rationale=tuple(view.text(item) for item in view.graph.literals(node, COOP.rationale)),
        compares=tuple(view.name(item) for item in view.graph.links(node, COOP.compares)),
    )


def _subject(view: View, node: NamedNode) -> NamedNode | None:
    links = (view.graph.link(node, term) for term in (COOP.refersToOrganization, COOP.refersToLaw, COOP.refersToEvent))
    return next((link for link in links if link), None)
