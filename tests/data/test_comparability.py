"""Whether figures that a page draws together may be compared is always said.

A line joins the best figures of one series in the order of their periods; whether two that are not neighbours may be
compared follows from the weakest link between them. Bars stand side by side for the bodies of one area, or of an area
inside it, in one period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from itertools import combinations, pairwise

import pytest

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, SKOS
from coopgraph.rdf.terms import Term

from .figures import Figure, best_figures, key, one

pytestmark = pytest.mark.slow


def assessed(graph: Index) -> dict[frozenset[Term], set[str]]:
    """Return the verdicts on each pair of figures."""
    verdicts: dict[frozenset[Term], set[str]] = defaultdict(set)
    for assessment in graph.instances(COOP.ComparabilityAssessment):
        verdict = key(one(graph, assessment, COOP.hasComparability))
        for pair in combinations(graph.objects(assessment, COOP.compares), 2):
            verdicts[frozenset(pair)].add(verdict)
    return verdicts


def grouped(figures: list[Figure], by: Callable[[Figure], Hashable]) -> Iterator[list[Figure]]:
    groups: dict[Hashable, list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[by(figure)].append(figure)
    return iter(groups.values())


def drawn_as_a_line(figures: list[Figure]) -> Iterator[tuple[Figure, Figure]]:
    for series in grouped(figures, lambda it: (it.about, it.indicator, it.breakdown, it.unit, it.area, it.nature)):
        yield from pairwise(sorted(series, key=lambda it: (it.first_day, it.last_day)))


def drawn_as_bars(graph: Index, figures: list[Figure]) -> Iterator[tuple[Figure, Figure]]:
    for rivals in grouped(
        figures, lambda it: (it.indicator, it.breakdown, it.unit, it.nature, it.first_day, it.last_day)
    ):
        for one_body, other in combinations(rivals, 2):
            if one_body.about != other.about and overlap(graph, one_body.area, other.area):
                yield one_body, other


def overlap(graph: Index, area: Term, other: Term) -> bool:
    return area == other or area in graph.ancestors(other, SKOS.broader) or other in graph.ancestors(area, SKOS.broader)


def unsaid(pairs: Iterator[tuple[Figure, Figure]], verdicts: dict[frozenset[Term], set[str]]) -> list[tuple[str, str]]:
    return [(a.name, b.name) for a, b in pairs if frozenset((a.node, b.node)) not in verdicts]


def test_neighbours_in_a_series_of_one_body_are_assessed(graph: Index) -> None:
    pairs = list(drawn_as_a_line(best_figures(graph)))
    assert len(pairs) > 50
    assert not unsaid(iter(pairs), assessed(graph))


def test_bodies_side_by_side_for_one_area_and_period_are_assessed(graph: Index) -> None:
    pairs = list(drawn_as_bars(graph, best_figures(graph)))
    assert len(pairs) > 5
    assert not unsaid(iter(pairs), assessed(graph))


def test_no_two_assessments_of_a_pair_contradict_each_other(graph: Index) -> None:
    assert not [[key(figure) for figure in pair] for pair, verdicts in assessed(graph).items() if len(verdicts) > 1]
