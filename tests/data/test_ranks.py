"""A claim or figure that is put before others, or behind them, says why."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF, SDMX_DIMENSION, SDMX_MEASURE
from coopgraph.rdf.terms import Term

from .figures import key, one

SLOT = {
    "claim": (RDF.subject, RDF.predicate),
    "figure": (
        COOP.refersTo,
        COOP.hasIndicator,
        COOP.hasBreakdown,
        COOP.hasUnit,
        SDMX_DIMENSION.refArea,
        SDMX_DIMENSION.refPeriod,
    ),
}
"""What two statements share when at most one of them can be preferred."""


def ranked(graph: Index, *ranks: str) -> Iterator[Term]:
    for kind in (COOP.Claim, COOP.Observation):
        for node in graph.instances(kind):
            if key(one(graph, node, COOP.hasRank)) in ranks:
                yield node


def slot(graph: Index, node: Term) -> tuple[Term, ...]:
    kind = "figure" if graph.objects(node, SDMX_MEASURE.obsValue) else "claim"
    return tuple(one(graph, node, predicate) for predicate in SLOT[kind])


def gives_a_reason(graph: Index, node: Term) -> bool:
    """Return whether a note explains the rank, or a defect of the source, whose rationale says it."""
    defects = graph.objects(node, COOP.isAffectedBy)
    return bool(
        graph.objects(node, COOP.curatorNote)
        or graph.objects(node, COOP.comparabilityNote)
        or any(graph.objects(defect, COOP.rationale) for defect in defects)
    )


def test_what_is_deprecated_says_why(graph: Index) -> None:
    behind = list(ranked(graph, "deprecated"))
    assert len(behind) > 5
    assert not [key(node) for node in behind if not gives_a_reason(graph, node)]


def test_what_is_preferred_says_why_or_its_rival_does(graph: Index) -> None:
    explained = {slot(graph, node) for node in ranked(graph, "deprecated") if gives_a_reason(graph, node)}
    ahead = list(ranked(graph, "preferred"))
    assert len(ahead) > 5
    assert not [key(node) for node in ahead if not gives_a_reason(graph, node) and slot(graph, node) not in explained]
