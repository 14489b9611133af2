"""Every computed figure, computed again from the figures that it names, and its bounds from how exact those are."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, PROV, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import Term

from .figures import ATTRIBUTE, Figure, best_figures, figure, key, one
from .test_comparability import assessed, drawn_as_a_line

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Interval:
    """What a number may be: the number itself, the lowest and the highest it stands for."""

    value: Fraction
    low: Fraction
    high: Fraction


def interval(graph: Index, node: Term) -> Interval:
    """Return how far a published figure may lie from what was counted: half a step either way, nothing if exact."""
    value = Fraction(one(graph, node, SDMX_MEASURE.obsValue).value)
    precision = key(one(graph, node, COOP.hasPrecision))
    assert precision in ("exact", "rounded"), f"{key(node)} is {precision}: no bound follows from it"
    half = Fraction(0)
    if key(one(graph, node, COOP.hasUnit)) == "percent":
        half = Fraction(1, 2 * 10 ** int(one(graph, node, ATTRIBUTE.decimals).value))
    elif precision == "rounded":
        half = Fraction(one(graph, node, COOP.roundedTo).value) / 2
    return Interval(value, value - half, value + half)


def outcome_of(formula: str, inputs: list[Interval]) -> Interval:
    """Return the outcome of a formula that names each input once, by value: so the bounds are tight."""
    waiting = list(inputs)

    def evaluate(node: ast.expr) -> Interval:
        if isinstance(node, ast.Constant):
            number = Fraction(str(node.value))
            for item in waiting:
                if item.value == number:
                    waiting.remove(item)
                    return item
            assert number in (1, 100), f"{number} is neither an input nor 1 nor 100"
            return Interval(number, number, number)
        assert isinstance(node, ast.BinOp)
        left, right = evaluate(node.left), evaluate(node.right)
        return combine(OPERATIONS[type(node.op)], left, right)

    outcome = evaluate(ast.parse(formula.partition(";")[0], mode="eval").body)
    assert not waiting, "an input is not in the formula"
    return outcome


def combine(operation: Callable[[Fraction, Fraction], Fraction], left: Interval, right: Interval) -> Interval:
    corners = [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Interval(operation(left.value, right.value), min(corners), max(corners))


OPERATIONS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


@pytest.fixture(scope="module")
def computed_figures(graph: Index) -> list[Term]:
    return list(graph.instances(COOP.DerivedObservation))


def decimals(graph: Index, node: Term) -> int:
    return int(next((places.value for places in graph.objects(node, ATTRIBUTE.decimals)), "0"))


def outcome(graph: Index, node: Term) -> Interval:
    inputs = [interval(graph, published) for published in graph.objects(node, PROV.wasDerivedFrom)]
    return outcome_of(one(graph, node, COOP.formula).value, inputs)


def test_each_value_is_what_its_formula_gives(graph: Index, computed_figures: list[Term]) -> None:
    assert len(computed_figures) > 50
    wrong = {}
    for node in computed_figures:
        step = Fraction(1, 10 ** decimals(graph, node))
        stated = Fraction(one(graph, node, SDMX_MEASURE.obsValue).value)
        if abs(stated - outcome(graph, node).value) > step / 2:
            wrong[key(node)] = float(outcome(graph, node).value)
    assert not wrong


def test_each_figure_from_rounded_inputs_carries_the_bounds_that_follow(
    graph: Index, computed_figures: list[Term]
) -> None:
    wrong = {}
    for node in computed_figures:
        result, scale = outcome(graph, node), 10 ** decimals(graph, node)
        follows = (Fraction(math.floor(result.low * scale), scale), Fraction(math.ceil(result.high * scale), scale))
        stated = tuple(
            Fraction(bound.value) for term in (COOP.lowerBound, COOP.upperBound) for bound in graph.objects(node, term)
        )
        if stated != (follows if result.low != result.high else ()):
            wrong[key(node)] = [float(bound) for bound in follows]
    assert not wrong


def test_bounds_that_say_estimated_come_with_bounds(graph: Index, computed_figures: list[Term]) -> None:
    for node in computed_figures:
        bounded = bool(graph.objects(node, COOP.lowerBound))
        assert (key(one(graph, node, COOP.hasPrecision)) == "estimated") == bounded, key(node)


def test_a_computed_figure_rests_on_figures_of_its_own_subject_or_of_its_parts(
    graph: Index, computed_figures: list[Term]
) -> None:
    for node in computed_figures:
        about = one(graph, node, COOP.refersTo)
        inputs = {one(graph, item, COOP.refersTo) for item in graph.objects(node, PROV.wasDerivedFrom)}
        assert inputs <= {about, *counted_in(graph, about)}, key(node)


def counted_in(graph: Index, about: Term) -> set[Term]:
    """Return the bodies whose figures are said to be part of the figures of ``about``."""
    wholes = graph.subjects(COOP.refersTo, about)
    return {one(graph, part, COOP.refersTo) for whole in wholes for part in graph.subjects(COOP.hasBase, whole)}


def test_every_count_that_is_part_of_a_published_total_has_a_share(graph: Index) -> None:
    """Published by the source, or computed; unless one of the two is only known to be at least or at most so much."""
    shares = {
        (it.about, counted(graph, it), it.breakdown, it.first_day, it.last_day)
        for it in (*computed(graph), *best_figures(graph))
        if key(it.unit) == "percent"
    }
    parts = [
        it
        for it in best_figures(graph)
        if key(it.unit) != "percent"
        and all(bounded(graph, node) for node in (it.node, *graph.objects(it.node, COOP.hasBase)))
        and graph.objects(it.node, COOP.hasBase)
    ]
    assert len(parts) > 30
    assert not [
        it.name for it in parts if (it.about, it.indicator, it.breakdown, it.first_day, it.last_day) not in shares
    ]


def test_a_computed_share_is_the_percentage_printed_beside_the_count(graph: Index) -> None:
    """To one unit of its last place, since a source may round otherwise: so the share is of what the source means."""
    printed = [
        (share, Decimal(beside[1]))
        for share in computed(graph)
        if key(share.unit) == "percent"
        for part in graph.objects(share.node, PROV.wasDerivedFrom)
        for beside in [re.search(PERCENTAGE_BESIDE % re.escape(published(graph, part)), words(graph, part))]
        if beside and one(graph, part, COOP.hasBreakdown) == share.breakdown
    ]
    assert len(printed) > 25
    assert not [
        (share.name, str(stated))
        for share, stated in printed
        if abs(share.value - Fraction(stated)) > Fraction(10) ** int(stated.as_tuple().exponent)
    ]


PERCENTAGE_BESIDE = r"(?<!\d)%s(?:건|명|件|人| cases)? ?[(（](?:약 ?)?(\d+\.\d+) ?[%%％]"
"""A count and, in brackets behind it, its percentage."""


def published(graph: Index, node: Term) -> str:
    return one(graph, node, COOP.valueAsPublished).value


def words(graph: Index, node: Term) -> str:
    """Return the passages that a figure rests on."""
    passages = graph.objects(node, COOP.hasEvidence)
    return " ".join(quote.value for passage in passages for quote in graph.objects(passage, COOP.quote))


def test_a_part_is_a_part_of_the_nearest_whole_that_is_published(graph: Index) -> None:
    """A whole lies nearer than the total where its breakdown is broader than that of the part."""
    figures = [figure(graph, node) for node in graph.instances(COOP.Observation)]
    wholes = {(it.about, it.indicator, it.breakdown, it.unit, it.area, it.first_day, it.last_day) for it in figures}
    parts = [it for it in figures if graph.objects(it.node, COOP.hasBase)]
    assert len(parts) > 50
    for part in parts:
        base = figure(graph, one(graph, part.node, COOP.hasBase))
        nearer = [
            key(broader)
            for broader in graph.objects(part.breakdown, SKOS.broader)
            if broader != base.breakdown
            and (part.about, part.indicator, broader, base.unit, part.area, part.first_day, part.last_day) in wholes
        ]
        assert not nearer, f"{part.name} is a part of {nearer}"


def test_every_two_comparable_years_of_a_series_have_their_growth(graph: Index) -> None:
    """Of counts, where the years follow each other."""
    growth = {
        (it.about, counted(graph, it), it.breakdown, it.first_day)
        for it in computed(graph)
        if key(it.unit) == "percent-change"
    }
    verdicts = assessed(graph)
    years = [
        later
        for earlier, later in drawn_as_a_line(best_figures(graph))
        if verdicts.get(frozenset((earlier.node, later.node))) == {"comparable"}
        and follows(earlier, later)
        and key(one(graph, later.node, COOP.hasTimeNature)) == "flow"
        and not key(later.unit).startswith("percent")
        and bounded(graph, earlier.node)
        and bounded(graph, later.node)
    ]
    assert len(years) > 20
    assert not [it.name for it in years if (it.about, it.indicator, it.breakdown, it.first_day) not in growth]


def counted(graph: Index, it: Figure) -> Term:
    """Return the indicator of the count that a share or a change is about."""
    return next(iter(graph.objects(it.indicator, SKOS.related)), it.indicator)


def test_a_share_rests_on_its_whole_and_a_change_on_the_figure_it_starts_from(graph: Index) -> None:
    """What the formula divides by is the base, and the base counts what the indicator says."""
    figures = [it for it in computed(graph) if key(it.unit).startswith("percent")]
    assert len(figures) > 200
    for it in figures:
        base = one(graph, it.node, COOP.hasBase)
        assert base in graph.objects(it.node, PROV.wasDerivedFrom)
        divisor = re.search(r"/ ([\d.]+)", one(graph, it.node, COOP.formula).value)
        assert divisor, it.name
        assert Fraction(divisor[1]) == figure(graph, base).value, it.name


def test_what_neither_removal_nor_consultation_makes_up_is_computed_exactly(graph: Index) -> None:
    rest = [it for it in computed(graph) if key(it.breakdown) == "neither-removal-nor-consultation"]
    assert {key(it.unit): it.value for it in rest} == {"case": 485, "percent": Fraction("0.3")}


def computed(graph: Index) -> list[Figure]:
    return [figure(graph, node) for node in graph.instances(COOP.DerivedObservation)]


def bounded(graph: Index, node: Term) -> bool:
    return key(one(graph, node, COOP.hasPrecision)) in ("exact", "rounded")


def follows(earlier: Figure, later: Figure) -> bool:
    """Return whether one year of twelve months ends on the day before the other begins."""
    first, last = date.fromisoformat(earlier.first_day), date.fromisoformat(earlier.last_day)
    start, end = date.fromisoformat(later.first_day), date.fromisoformat(later.last_day)
    return start - last == timedelta(1) and all(364 <= (b - a).days <= 365 for a, b in ((first, last), (start, end)))
