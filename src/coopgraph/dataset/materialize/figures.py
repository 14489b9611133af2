"""Data Cube of the figures: one data set a source, and the best figure of each cell.

Two sources may give the same cell. Since each has its own data set, no set holds a cell twice, and each keeps its own
source and licence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from coopgraph.dataset.materialize.claims import DEPRECATED, PREFERRED
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import BASE, CONCEPT, DATASET, entity_name
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, QB, RDF, RDFS, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Node, Term, Triple

STRUCTURE = NamedNode(DATASET + "structure")
DERIVED = NamedNode(DATASET + "derived")
BEST = NamedNode(DATASET + "best-figures")
PRIMARY = NamedNode(CONCEPT + "directness/primary")

DIMENSIONS = (
    COOP.refersTo,
    COOP.hasIndicator,
    COOP.hasBreakdown,
    COOP.hasUnit,
    SDMX_DIMENSION.refArea,
    SDMX_DIMENSION.refPeriod,
)
"""What makes up a cell."""

_LABELS = {
    "en": "Figures published in “{}”",
    "ja": "「{}」に掲載された数値",
    "ko": "「{}」에 실린 수치",
    "zh-Hans": "《{}》刊载的数字",
    "zh-Hant": "《{}》刊載的數字",
}

_DEFINITIONS = {
    "en": "What this graph holds of the figures that the source publishes, each with the source's words.",
    "ja": "この出典が公表する数値のうち本グラフが収めるもの。それぞれに出典の原文を付けています。",
    "ko": "출처가 공표한 수치 가운데 이 그래프가 담은 것. 각각 출처의 원문이 붙어 있습니다.",
    "zh-Hans": "本图谱收录的该来源公布的数字，每个都附有来源原文。",
    "zh-Hant": "本圖譜收錄的該來源公布的數字，每個都附有來源原文。",
}
_PUBLISHER = NamedNode(BASE)
_LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
"""Of a data set whose source states no licence: the licence of this selection; the words remain the source's."""


def subjects_of_figures(records: Index, vocabulary: Index) -> Iterator[Triple]:
    """Yield ``coop:refersTo``, a dimension of each cell, from the narrower property that curators write."""
    for narrower in vocabulary.subjects(RDFS.subPropertyOf, COOP.refersTo):
        if isinstance(narrower, NamedNode):
            for figure, counted in records.pairs(narrower):
                yield Triple(figure, COOP.refersTo, counted)


def memberships(records: Index) -> Iterator[Derivation]:
    """Yield the data set of each figure that names none.

    A published figure belongs to the set of the source of its first citation, a computed one to the set of those.
    """
    for figure in records.instances(COOP.Observation):
        sources = _sources(figure, records)
        if sources and not records.objects(figure, QB.dataSet):
            citation, source = sources[0]
            name = entity_name(source.value) if isinstance(source, NamedNode) else None
            if name:
                data_set = NamedNode(f"{DATASET}figures.{name.slug}")
                yield Derivation(Triple(figure, QB.dataSet, data_set), Triple(figure, COOP.hasEvidence, citation))
    for figure in records.instances(COOP.DerivedObservation):
        if not records.objects(figure, QB.dataSet):
            yield Derivation(Triple(figure, QB.dataSet, DERIVED), Triple(figure, RDF.type, COOP.DerivedObservation))


def data_sets(records: Index, asserted: Index) -> Iterator[Derivation]:
    """Yield the node of each source's data set: its structure, source, name, publisher and licence.

    ``records`` already holds the memberships.
    """
    for source in records.instances(COOP.SourceDocument):
        name = entity_name(source.value) if isinstance(source, NamedNode) else None
        data_set = NamedNode(f"{DATASET}figures.{name.slug}") if name else None
        if name is None or data_set is None or not records.subjects(QB.dataSet, data_set):
            continue
        titles = (*records.objects(source, DCTERMS.term("title")), *asserted.objects(source, DCTERMS.term("title")))
        title, language = next(
            ((title.value, title.language or "und") for title in titles if isinstance(title, Literal)),
            (name.slug, "und"),
        )
        origin = Triple(source, RDF.type, COOP.SourceDocument)
        yield Derivation(Triple(data_set, RDF.type, QB.DataSet), origin)
        yield Derivation(Triple(data_set, QB.structure, STRUCTURE), origin)
        yield Derivation(Triple(data_set, DCTERMS.source, source), origin)
        yield Derivation(Triple(data_set, DCTERMS.publisher, _PUBLISHER), origin)
        yield Derivation(Triple(data_set, DCTERMS.term("title"), Literal(title, language=language)), origin)
        for tag, definition in _DEFINITIONS.items():
            yield Derivation(Triple(data_set, SKOS.definition, Literal(definition, language=tag)), origin)
        stated = records.objects(source, DCTERMS.license)
        for licence in stated:
            yield Derivation(Triple(data_set, DCTERMS.license, licence), Triple(source, DCTERMS.license, licence))
        if not stated:
            yield Derivation(Triple(data_set, DCTERMS.license, _LICENCE), origin)
        for tag, label in _LABELS.items():
            yield Derivation(Triple(data_set, SKOS.prefLabel, Literal(label.format(title), language=tag)), origin)


def group_of_best(best: Iterable[Node]) -> Iterator[Derivation]:
    """Yield the membership of each best figure in their group."""
    for figure in best:
        yield Derivation(Triple(BEST, QB.observation, figure), Triple(figure, RDF.type, COOP.Observation))


def best_figures(records: Index) -> list[Node]:
    """Return the best figures: at most one for each cell.

    That is the preferred one, else the one from the newest primary source, else the only one. Where rivals are left
    that give different values, none is best: an arbitrary one would pass for a finding. ``records`` already holds
    ranks and ``coop:refersTo``.
    """
    cells: dict[tuple[Term, ...], list[Node]] = defaultdict(list)
    for figure in records.instances(COOP.Observation):
        values = [records.objects(figure, dimension) for dimension in DIMENSIONS]
        if all(len(value) == 1 for value in values) and DEPRECATED not in records.objects(figure, COOP.hasRank):
            cells[tuple(value[0] for value in values)].append(figure)
    return sorted((chosen for rivals in cells.values() if (chosen := _best(rivals, records))), key=str)


def _best(rivals: Sequence[Node], records: Index) -> Node | None:
    preferred = [figure for figure in rivals if PREFERRED in records.objects(figure, COOP.hasRank)]
    if preferred:
        return _agreed(preferred, records)
    dated = [(_newest_primary(figure, records), figure) for figure in rivals]
    newest = max(date for date, _ in dated)
    return _agreed([figure for date, figure in dated if date == newest], records)


def _agreed(figures: Sequence[Node], records: Index) -> Node | None:
    values = {records.objects(figure, SDMX_MEASURE.obsValue) for figure in figures}
    return min(figures, key=str) if len(values) == 1 else None


def _newest_primary(figure: Term, records: Index) -> tuple[bool, str]:
    """Return whether a primary source gives the figure, and the newest date of such a source, as far as known."""
    primary = [
        source for _, source in _sources(figure, records) if PRIMARY in records.objects(source, COOP.hasDirectness)
    ]
    dates = [
        date.value
        for source in primary
        for date in records.objects(source, DCTERMS.issued) or records.objects(source, COOP.retrievedOn)
        if isinstance(date, Literal)
    ]
    return bool(primary), max(dates, default="")


def _sources(figure: Term, records: Index) -> tuple[tuple[Term, Term], ...]:
    return tuple(
        (citation, source)
        for citation in records.objects(figure, COOP.hasEvidence)
        for source in records.objects(citation, COOP.isQuotedFrom)
    )
