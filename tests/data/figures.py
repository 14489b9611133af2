"""Figures as plain values, for tests that reckon with them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from coopgraph.model.iris import DATASET
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, QB, SDMX_DIMENSION, SDMX_MEASURE, Namespace
from coopgraph.rdf.terms import NamedNode, Term

ATTRIBUTE = Namespace("http://purl.org/linked-data/sdmx/2009/attribute#")
BEST = NamedNode(DATASET + "best-figures")


@dataclass(frozen=True)
class Figure:
    """One figure: what makes up its cell, how its period is to be read, first and last day, value."""

    node: Term
    about: Term
    indicator: Term
    breakdown: Term
    unit: Term
    area: Term
    nature: Term
    first_day: str
    last_day: str
    value: Fraction

    @property
    def name(self) -> str:
        return key(self.node)


def key(term: Term) -> str:
    """Return the last part of an IRI."""
    return str(term).rstrip(">").rpartition("/")[2]


def one(graph: Index, subject: Term, predicate: NamedNode) -> Term:
    """Return the only value there is."""
    (value,) = graph.objects(subject, predicate)
    return value


def best_figures(graph: Index) -> list[Figure]:
    """Return what a page shows: the best figure of each cell."""
    return [figure(graph, node) for node in graph.objects(BEST, QB.observation)]


def figure(graph: Index, node: Term) -> Figure:
    """Return one figure, published or computed."""
    period = one(graph, node, SDMX_DIMENSION.refPeriod)
    return Figure(
        node,
        one(graph, node, COOP.refersTo),
        one(graph, node, COOP.hasIndicator),
        one(graph, node, COOP.hasBreakdown),
        one(graph, node, COOP.hasUnit),
        one(graph, node, SDMX_DIMENSION.refArea),
        one(graph, node, COOP.hasTimeNature),
        one(graph, period, COOP.startDate).value,
        one(graph, period, COOP.endDate).value,
        Fraction(one(graph, node, SDMX_MEASURE.obsValue).value),
    )
