"""Resource page: what a page about a thing shows, from its description, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, DCTERMS, ELI, RDF, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.description import Description
from coopgraph.reading.pages.display_text import DisplayText, View, page_path
from coopgraph.reading.pages.evidence import Backing, Defect, Passage, backing, defect, passage
from coopgraph.reading.pages.figure_charts import FigureChart, figure_charts
from coopgraph.reading.pages.figure_tables import (
    FigureGroup,
    FigureInTable,
    differing,
    figure_groups,
    figures_in_tables,
)
from coopgraph.reading.pages.figures_page import figures_path
from coopgraph.reading.pages.property_values import (
    NAMING,
    STANDING_PROPERTIES,
    Disagreement,
    Fact,
    disagreements,
    facts,
)
from coopgraph.reading.pages.relations import Relation, RelationPicture, incoming, relation_picture
from coopgraph.reading.pages.services import Channel, Service, channel, services
from coopgraph.reading.pages.timeline import TimelineEntry, timeline
from coopgraph.reading.vocabulary import EntityKind, Vocabulary

_RECORDS = frozenset(
    {
        RDF.subject,
        COOP.isProvidedBy,
        COOP.isAbout,
        COOP.isMadeBy,
        COOP.refersTo,
        COOP.refersToOrganization,
        COOP.refersToLaw,
        COOP.refersToEvent,
        ELI.is_part_of,
        COOP.isQuotedFrom,
        COOP.isDefectIn,
        COOP.compares,
        DCTERMS.source,
    }
)
"""Properties by which a thing's own records point at it: those have sections of their own."""


FEWEST_PERIODS = 3
"""Periods that a count must be known for to be drawn on the page of a thing."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words published by or about the thing."""

    page: DisplayText
    text: DisplayText
    kind: DisplayText | None
    made_by: DisplayText | None
    about: tuple[DisplayText, ...]
    backing: Backing


@dataclass(frozen=True, slots=True)
class Part:
    """A provision of a law, with its own statements."""

    page: DisplayText
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judgements on comparability that say the same: by each reason, their pages."""

    name: DisplayText
    count: int
    reasons: tuple[tuple[tuple[DisplayText, ...], tuple[DisplayText, ...]], ...]


@dataclass(frozen=True, slots=True)
class Supported:
    """A passage of a source and the statements that rest on it."""

    passage: Passage
    sentence: int
    supports: tuple[DisplayText, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page about one thing. Empty sections are empty tuples.

    ``missing_name``: the thing has names of its own, but none in the reader's language. ``chart`` is of the total that
    was counted most often, where it was counted in :data:`FEWEST_PERIODS` periods. ``figures_path`` is that of the page
    that compares such figures; empty for none.
    """

    iri: str
    path: str
    title: Wording
    missing_name: bool
    kind: EntityKind | None
    kind_name: DisplayText
    types: tuple[DisplayText, ...]
    definition: Wording | None
    names: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    backing: Backing | None
    channel: Channel | None
    services: tuple[Service, ...]
    activities: tuple[Service, ...]
    quotations: tuple[Quotation, ...]
    provisions: tuple[Part, ...]
    figures: tuple[FigureGroup, ...]
    chart: FigureChart | None
    verdicts: tuple[Verdict, ...]
    disagreements: tuple[Disagreement, ...]
    defects: tuple[Defect, ...]
    passages: tuple[Supported, ...]
    timeline: tuple[TimelineEntry, ...]
    relations: tuple[Relation, ...]
    picture: RelationPicture | None
    sources: tuple[Passage, ...]
    figures_path: str


def page(description: Description, words: Vocabulary, language: str) -> Page:
    """Return the page about ``description`` for a reader of ``language``."""
    node, graph = description.node, description.graph
    view = View(graph, words, language, description.iri)
    kind = words.kind_of(description.iri)
    records = _records(graph, node)
    is_source = graph.is_a(node, COOP.SourceDocument)
    rows = figures_in_tables(view, records.figures)
    standing = graph.link(node, COOP.hasRank) is not None or bool(graph.values(node, COOP.hasEvidence))
    title = view.names.of(node)
    return Page(
        iri=description.iri,
        path=page_path(description.iri),
        title=title,
        missing_name=not title.exact and bool(graph.literals(node, SKOS.prefLabel)),
        kind=kind,
        kind_name=_kind_name(view, node, kind),
        types=tuple(
            view.label(item)
            for predicate in (COOP.hasOrganizationType, COOP.hasEventKind, ELI.type_document, COOP.hasServiceType)
            for item in graph.links(node, predicate)
        ),
        definition=choose(graph.literals(node, SKOS.definition), language),
        names=tuple(fact for fact in facts(view, node) if fact.key in {_local(predicate) for predicate in NAMING}),
        facts=facts(view, node, without=_not_facts(standing)),
        backing=backing(view, node) if standing else None,
        channel=channel(view, node) if graph.is_a(node, COOP.ServiceChannel) else None,
        services=services(view, records.services),
        activities=services(view, records.activities),
        quotations=tuple(_quotation(view, item) for item in records.quotations),
        provisions=tuple(
            Part(view.name(item), facts(view, item, without={SKOS.prefLabel, ELI.is_part_of}))
            for item in sorted(records.provisions, key=lambda item: (graph.plain(item, ELI.number), item.value))
        ),
        figures=() if records.figures == (node,) else figure_groups(rows),
        chart=None if records.figures == (node,) else _chart(view, rows),
        verdicts=_verdicts(view, (*records.figures, node)),
        disagreements=_all_disagreements(view, node, records, rows),
        defects=_defects(view, node, is_source=is_source),
        passages=_passages(view, node) if is_source else (),
        timeline=timeline(view, node),
        relations=incoming(view, node, without=_RECORDS | {RDF.object, RDF.predicate}),
        picture=relation_picture(view, node),
        sources=() if is_source else _sources(view, node),
        figures_path=figures_path(graph, node),
    )


@dataclass(frozen=True, slots=True)
class _Records:
    services: tuple[NamedNode, ...]
    activities: tuple[NamedNode, ...]
    quotations: tuple[NamedNode, ...]
    provisions: tuple[NamedNode, ...]
    figures: tuple[NamedNode, ...]


def _records(graph: Graph, node: NamedNode) -> _Records:
    provided = graph.subjects(COOP.isProvidedBy, node)
    if graph.is_a(node, COOP.Service):
        provided = [node, *graph.subjects(COOP.isPartOfService, node)]
    elif graph.is_a(node, COOP.Activity):
        provided = [node]
    elif graph.is_a(node, COOP.ServiceChannel):
        provided = graph.subjects(COOP.isAvailableThrough, node)
    said = [*graph.subjects(COOP.isAbout, node), *graph.subjects(COOP.isMadeBy, node)]
    counted = [
        item
        for predicate in (COOP.refersToOrganization, COOP.refersToLaw, COOP.refersToEvent)
        for item in graph.subjects(predicate, node)
    ]
    if graph.link(node, COOP.hasIndicator):
        counted = [node]
    return _Records(
        services=tuple(item for item in provided if graph.is_a(item, COOP.Service)),
        activities=tuple(item for item in provided if not graph.is_a(item, COOP.Service)),
        quotations=tuple(dict.fromkeys(said)),
        provisions=tuple(graph.subjects(ELI.is_part_of, node)),
        figures=tuple(counted),
    )


def _kind_name(view: View, node: NamedNode, kind: EntityKind | None) -> DisplayText:
    if kind:
        return view.label(kind.iri)
    classes = view.graph.links(node, RDF.type)
    ours = [item for item in classes if item.value.startswith(str(COOP))]
    return view.label((ours or classes)[0]) if classes else DisplayText("")


def _local(predicate: NamedNode) -> str:
    return predicate.value.replace("#", "/").rpartition("/")[2]


def _not_facts(standing: bool) -> frozenset[NamedNode]:
    hidden = frozenset({*NAMING, SKOS.definition, COOP.isAvailableThrough, COOP.refersTo})
    return hidden | STANDING_PROPERTIES if standing else hidden


def _quotation(view: View, node: NamedNode) -> Quotation:
    kind, author = view.graph.link(node, COOP.hasQuotationKind), view.graph.link(node, COOP.isMadeBy)
    return Quotation(
        page=view.name(node),
        text=next((view.text(item) for item in view.graph.literals(node, COOP.text)), DisplayText("")),
        kind=view.label(kind) if kind else None,
        made_by=view.name(author) if author else None,
        about=tuple(view.name(item) for item in view.graph.links(node, COOP.isAbout)),
        backing=backing(view, node),
    )


def _all_disagreements(
    view: View, node: NamedNode, records: _Records, rows: tuple[FigureInTable, ...]
) -> tuple[Disagreement, ...]:
    subjects = (node, *records.provisions)
    return (*(item for subject in subjects for item in disagreements(view, subject)), *differing(view, rows))


def _defects(view: View, node: NamedNode, *, is_source: bool) -> tuple[Defect, ...]:
    graph = view.graph
    if graph.is_a(node, COOP.SourceDefect):
        found: Iterable[NamedNode] = (node,)
    elif is_source or graph.is_a(node, COOP.Citation):
        citations = graph.subjects(COOP.isQuotedFrom, node) if is_source else [node]
        found = [item for citation in citations for item in graph.subjects(COOP.isDefectIn, citation)]
    else:
        found = {
            item for record in (node, *_own_records(graph, node)) for item in graph.links(record, COOP.isAffectedBy)
        }
    return tuple(defect(view, item) for item in sorted(found, key=str))


def _chart(view: View, rows: Iterable[FigureInTable]) -> FigureChart | None:
    counted: dict[tuple[str, ...], list[FigureInTable]] = {}
    for row in rows:
        if row.kind == "count" and not row.breakdown:
            counted.setdefault((row.indicator.path, row.unit.path if row.unit else "", row.about, row.area), []).append(
                row
            )
    longest = max(counted.values(), key=lambda items: len({item.notation for item in items}), default=[])
    charts = figure_charts(view, (NamedNode(item.iri) for item in longest)).charts
    drawn = max(charts, key=lambda chart: len({row.figure.period for row in chart.rows}), default=None)
    return drawn if drawn and len({row.figure.period for row in drawn.rows}) >= FEWEST_PERIODS else None


def _own_records(graph: Graph, node: NamedNode) -> set[NamedNode]:
    own = {item for predicate in _RECORDS for item in graph.subjects(predicate, node)}
    return own | {claim for item in own for claim in graph.subjects(RDF.subject, item)}


def _passages(view: View, node: NamedNode) -> tuple[Supported, ...]:
    found = [
        Supported(
            passage=passage(view, citation),
            sentence=int(view.graph.plain(citation, COOP.sentence) or 0),
            supports=tuple(view.name(item) for item in view.graph.subjects(COOP.hasEvidence, citation)),
        )
        for citation in view.graph.subjects(COOP.isQuotedFrom, node)
    ]
    return tuple(sorted(found, key=lambda item: (item.sentence, item.passage.citation.path)))


def _verdicts(view: View, nodes: Iterable[NamedNode]) -> tuple[Verdict, ...]:
    """Return the judgements that compare any of ``nodes``."""
    graph = view.graph
    by_name: dict[DisplayText, dict[tuple[DisplayText, ...], list[DisplayText]]] = {}
    for item in sorted({item for node in nodes for item in graph.subjects(COOP.compares, node)}, key=str):
        verdict = graph.link(item, COOP.hasComparability)
        name = view.label(verdict) if verdict else DisplayText("")
        why = tuple(view.text(text) for text in graph.literals(item, COOP.rationale))
        by_name.setdefault(name, {}).setdefault(why, []).append(view.name(item))
    return tuple(
        Verdict(name, sum(map(len, reasons.values())), tuple((why, tuple(pages)) for why, pages in reasons.items()))
        for name, reasons in sorted(by_name.items(), key=lambda item: item[0].text)
    )


def _sources(view: View, node: NamedNode) -> tuple[Passage, ...]:
    """Return one passage for each document that the thing's statements rest on."""
    graph = view.graph
    citations = {
        citation for record in (node, *_own_records(graph, node)) for citation in graph.links(record, COOP.hasEvidence)
    }
    by_document: dict[NamedNode, NamedNode] = {}
    for citation in sorted(citations, key=str):
        if source := graph.link(citation, COOP.isQuotedFrom):
            by_document[source] = citation
    found = (passage(view, citation) for citation in by_document.values())
    return tuple(sorted(found, key=lambda item: item.source.text))
