"""Slices (Data Cube) of the figures: one for each series, all dimensions fixed but the period.

A slice holds the best figure of each of its cells, so it gives one value a period and unites the data sets of several
sources. It is therefore no ``qb:slice`` of any one of them, but a part of the group of best figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.dataset.materialize.figures import BEST, DIMENSIONS
from coopgraph.model.iris import CONCEPT, DATASET
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, QB, RDF, SDMX_DIMENSION, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

SLICE_KEY = NamedNode(DATASET + "series-key")
FIXED = tuple(dimension for dimension in DIMENSIONS if dimension != SDMX_DIMENSION.refPeriod)
_TOTAL = NamedNode(CONCEPT + "breakdown/total")

_LABELS = {
    "en": "{} by period",
    "ja": "{}（期間別）",
    "ko": "{}(기간별)",
    "zh-Hans": "{}（按时期）",
    "zh-Hant": "{}（按時期）",
}


def series(best: Iterable[Node], records: Index, schemes: Index) -> Iterator[Derivation]:
    """Yield the slice of every series that has best figures for two periods or more.

    ``records`` already holds ``coop:refersTo``.
    """
    members: dict[tuple[Term, ...], list[Node]] = defaultdict(list)
    for figure in best:
        members[tuple(records.objects(figure, dimension)[0] for dimension in FIXED)].append(figure)
    for values, figures in members.items():
        if len(figures) < 2:
            continue
        slice_ = NamedNode(f"{DATASET}series.{'.'.join(map(_key, values))}")
        origin = Triple(figures[0], RDF.type, COOP.Observation)
        for predicate, value in (
            (RDF.type, QB.Slice),
            (QB.sliceStructure, SLICE_KEY),
            (DCTERMS.isPartOf, BEST),
            *zip(FIXED, values, strict=True),
            *((SKOS.prefLabel, label) for label in _labels(values, schemes)),
        ):
            yield Derivation(Triple(slice_, predicate, value), origin)
        for figure in figures:
            yield Derivation(Triple(slice_, QB.observation, figure), Triple(figure, RDF.type, COOP.Observation))


def _key(term: Term) -> str:
    return term.value.rpartition("/")[2]


def _labels(values: tuple[Term, ...], schemes: Index) -> Iterator[Literal]:
    """Yield the name of a series in every language in which what it counts has one."""
    cell = dict(zip(FIXED, values, strict=True))
    counted = [cell[COOP.hasIndicator]]
    if cell[COOP.hasBreakdown] != _TOTAL:
        counted.append(cell[COOP.hasBreakdown])
    for tag, pattern in _LABELS.items():
        names = [
            label.value
            for concept in counted
            for label in schemes.objects(concept, SKOS.prefLabel)
            if isinstance(label, Literal) and label.language == tag
        ]
        if len(names) == len(counted):
            separator = ", " if tag in ("en", "ko") else "、"
            yield Literal(pattern.format(separator.join(names)), language=tag)
