"""Contested figure: two numbers for the same, who says each, which one is used, and why; from the records."""

from __future__ import annotations

from dataclasses import dataclass

from coopgraph.model.iris import local_name
from coopgraph.model.language import choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, SDMX_DIMENSION, SDMX_MEASURE
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.description import describe_resource
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import Defect, Passage, backing
from coopgraph.reading.source import Source
from coopgraph.reading.values import in_words, number
from coopgraph.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ContestedValue:
    """One of the numbers in the reader's digits, its page, and the passages that print it."""

    value: str
    path: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ContestedFigure:
    """Two numbers of one body for one period. ``reason`` is a curator's, where it is in the reader's language."""

    organization: DisplayText
    indicator: DisplayText
    period: str
    used: ContestedValue
    other: ContestedValue
    defects: tuple[Defect, ...]
    reason: str


def contested_figure(reading: Source, words: Vocabulary, language: str) -> ContestedFigure | None:
    """Return the most weighty figure that is preferred to another for the same; None where the graph has none."""
    rows = reading.rows("contested-figure")
    if not rows:
        return None
    used, other = (NamedNode(rows[0][name].value) for name in ("used", "other"))
    described = [describe_resource(reading, node.value).graph.triples for node in (used, other)]
    view = View(Graph([triple for triples in described for triple in triples]), words, language)
    graph = view.graph
    organization, indicator, period = (
        graph.link(used, predicate)
        for predicate in (COOP.refersToOrganization, COOP.hasIndicator, SDMX_DIMENSION.refPeriod)
    )
    if organization is None or indicator is None or period is None:
        return None
    reasons = [text for item in graph.links(other, COOP.isAffectedBy) for text in graph.literals(item, COOP.rationale)]
    reason = choose(reasons, language)
    return ContestedFigure(
        organization=view.name(organization),
        indicator=view.label(indicator),
        period=in_words(local_name(period.value), language),
        used=_value(view, used),
        other=_value(view, other),
        defects=backing(view, other).defects,
        reason=reason.text if reason and reason.exact else "",
    )


def _value(view: View, node: NamedNode) -> ContestedValue:
    value = number(view.graph.plain(node, SDMX_MEASURE.obsValue), view.language)
    return ContestedValue(value, view.name(node).path, backing(view, node).passages)
