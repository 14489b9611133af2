"""Figures, published and computed, with all that is told of each; judgements on what may be compared."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.model.iris import local_name
from coopgraph.rdf.namespaces import COOP, PROV, SDMX_ATTRIBUTE, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import Backing, backing
from coopgraph.reading.values import in_words, number


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
class Assessment:
    """A curator's judgement on whether figures may be compared."""

    page: DisplayText
    verdict: DisplayText | None
    rationale: tuple[DisplayText, ...]
    compares: tuple[DisplayText, ...]


def figure(view: View, node: NamedNode) -> Figure:
    """Return the figure (observation) ``node`` with all that is told of it."""
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


def assessment(view: View, node: NamedNode) -> Assessment:
    """Return the judgement on comparability ``node``."""
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
