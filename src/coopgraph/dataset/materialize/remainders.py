"""Computed figures: what is left of a published whole beside its published parts, as a count and as a share.

Only exact counts have an exact remainder, and only parts that do not overlap. A division whose parts never do has a
concept for the rest: its key and “-rest” (``bd:by-help`` and ``bd:by-help-rest``). One person may still stand in
several parts, so people are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from coopgraph.dataset.materialize.claims import DEPRECATED
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import BASE, CONCEPT, entity_name
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, PROV, RDF, RDFS, SDMX_ATTRIBUTE, SDMX_DIMENSION, SDMX_MEASURE, SKOS, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

EXACT = NamedNode(CONCEPT + "precision/exact")
ROUNDED = NamedNode(CONCEPT + "precision/rounded")
PERCENT = NamedNode(CONCEPT + "unit/percent")
PERSON = NamedNode(CONCEPT + "unit/person")

_SHARED = (COOP.hasTimeNature, SDMX_DIMENSION.refArea, SDMX_DIMENSION.refPeriod)
"""What a remainder has in common with its whole, beside what both are about, indicator and unit."""


def remainders(records: Index, vocabulary: Index, schemes: Index) -> Iterator[Derivation]:
    """Yield the remainder of every exact whole of which two parts or more of one division are published exactly."""
    subjects = [COOP.refersTo, *vocabulary.subjects(RDFS.subPropertyOf, COOP.refersTo)]
    about = [term for term in subjects if isinstance(term, NamedNode)]
    wholes = {base for _, base in records.pairs(COOP.hasBase) if isinstance(base, NamedNode)}
    for whole in sorted(wholes, key=str):
        name, total = entity_name(whole.value), _count(whole, records)
        if name is None or total is None:
            continue
        for rest, parts in _divided(whole, about, records, schemes).items():
            left = total - sum(parts.values())
            if len(parts) >= 2 and left > 0:
                stem = f"{BASE}id/derived/{name.slug}.{rest.value.rpartition('/')[2]}"
                for node, statements in _figures(stem, whole, rest, total, parts, records, schemes):
                    for predicate in about:
                        statements += [(predicate, thing) for thing in records.objects(whole, predicate)]
                    statements += [(item, value) for item in _SHARED for value in records.objects(whole, item)]
                    for predicate, value in statements:
                        origin = Triple(min(parts, key=str), COOP.hasBase, whole)
                        yield Derivation(Triple(node, predicate, value), origin)


_Pair = tuple[NamedNode, Term]


def _figures(
    stem: str, whole: Node, rest: Term, total: int, parts: Mapping[Node, int], records: Index, schemes: Index
) -> Iterator[tuple[NamedNode, list[_Pair]]]:
    """Yield the count that is left, and its share where the indicator has one for shares."""
    (indicator,) = records.objects(whole, COOP.hasIndicator)
    (unit,) = records.objects(whole, COOP.hasUnit)
    values = sorted(parts.values(), reverse=True)
    common: list[_Pair] = [
        (RDF.type, COOP.DerivedObservation),
        (COOP.hasBreakdown, rest),
        (COOP.hasBase, whole),
        *((PROV.wasDerivedFrom, item) for item in (whole, *parts)),
    ]
    yield (
        NamedNode(stem),
        [
            *common,
            (COOP.hasIndicator, indicator),
            (COOP.hasUnit, unit),
            (COOP.hasPrecision, EXACT),
            (COOP.formula, Literal(" - ".join(map(str, (total, *values))))),
            (SDMX_MEASURE.obsValue, Literal(str(total - sum(values)), datatype=XSD.integer)),
        ],
    )
    share = NamedNode(f"{indicator.value}-share")
    if schemes.objects(share, SKOS.prefLabel):
        percent = (Decimal(100 * (total - sum(values))) / total).quantize(Decimal("0.1"), ROUND_HALF_UP)
        yield (
            NamedNode(f"{stem}.share"),
            [
                *common,
                (COOP.hasIndicator, share),
                (COOP.hasUnit, PERCENT),
                (COOP.hasPrecision, ROUNDED),
                (COOP.formula, Literal(f"(1 - ({' + '.join(map(str, values))}) / {total}) * 100")),
                (SDMX_ATTRIBUTE.decimals, Literal("1", datatype=XSD.integer)),
                (SDMX_MEASURE.obsValue, Literal(str(percent), datatype=XSD.decimal)),
            ],
        )


def _divided(
    whole: Node, about: Sequence[NamedNode], records: Index, schemes: Index
) -> dict[NamedNode, dict[Node, int]]:
    """Return the exact parts of ``whole`` with their values, by the concept for the rest of their division."""
    found: dict[NamedNode, dict[Node, int]] = defaultdict(dict)
    same = (*about, COOP.hasIndicator, COOP.hasUnit)
    for part in records.subjects(COOP.hasBase, whole):
        value = _count(part, records)
        if value is None or any(records.objects(part, item) != records.objects(whole, item) for item in same):
            continue
        for breakdown in records.objects(part, COOP.hasBreakdown):
            for division in schemes.objects(breakdown, SKOS.broader):
                rest = NamedNode(f"{division.value}-rest")
                if division in schemes.objects(rest, SKOS.broader):
                    found[rest][part] = value
    return found


def _count(figure: Node, records: Index) -> int | None:
    """Return the value of a published figure that is an exact count of other things than people."""
    values = records.objects(figure, SDMX_MEASURE.obsValue)
    usable = (
        COOP.Observation in records.objects(figure, RDF.type)
        and EXACT in records.objects(figure, COOP.hasPrecision)
        and DEPRECATED not in records.objects(figure, COOP.hasRank)
        and PERSON not in records.objects(figure, COOP.hasUnit)
        and all(len(records.objects(figure, item)) == 1 for item in (COOP.hasIndicator, COOP.hasUnit))
        and len(values) == 1
        and isinstance(values[0], Literal)
        and values[0].datatype == XSD.integer
    )
    return int(values[0].value) if usable else None
