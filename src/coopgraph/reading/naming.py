"""Names of things on a page: label, title, or a name composed from what the thing is about.

Words that a thing quotes are never its name: a name stands in the title of a page, which browsers remember.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coopgraph.messages.message import Message
from coopgraph.model.characters import isolated
from coopgraph.model.iris import local_name
from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SCHEMA, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.source import Source
from coopgraph.reading.values import hours, in_words, number
from coopgraph.reading.vocabulary import Vocabulary

_OWN_NAMES = (SKOS.prefLabel, DCTERMS.term("title"))
_LONGEST = 120
_PASSAGE = re.compile(r"\.[a-z]*(\d+)$")
"""The end of a citation's IRI, with the number of the passage in its source."""


def names_of(reading: Source, words: Vocabulary, iris: Iterable[str], language: str) -> dict[str, str]:
    """Return the names of things, by IRI; what the release does not hold is called by the end of its IRI."""
    nodes = tuple(NamedNode(iri) for iri in sorted(iris))
    graph = Graph.of_n_triples(reading.n_triples("list", things=nodes) if nodes else b"")
    memo = LabelMemo(graph, words, language)
    return {node.value: memo.of(node).text for node in nodes}


class LabelMemo:
    """The names of the things of one graph for a reader of one language; each is put together once."""

    def __init__(self, graph: Graph, words: Vocabulary, language: str) -> None:
        self._graph = graph
        self._words = words
        self._language = language
        self._known: dict[tuple[NamedNode, str], Wording] = {}

    def of(self, node: NamedNode, page: str = "") -> Wording:
        """Return what the reader sees as the name of ``node``; never empty.

        A figure's name says whose it is, and a claim's what it is about, but not on the page about that, whose IRI is
        ``page``.
        """
        found = self._known.get((node, page))
        if found is None:
            found = self._known[node, page] = self._made(node, page)
        return found

    def _made(self, node: NamedNode, page: str) -> Wording:
        said = self._graph.about(node)
        for predicate in _OWN_NAMES:
            texts = (value for value in said.get(predicate, ()) if isinstance(value, Literal))
            if found := choose(texts, self._language):
                return Wording(_short(found.text), found.tag, found.exact)
        if node.value in self._words.labels:
            return self._words.label(node.value, self._language)
        for predicate, composed in _COMPOSED.items():
            if predicate in said and (found := composed(self, node, page)):
                return found
        if notation := self._graph.plain(node, SKOS.notation):
            return Wording(in_words(notation, self._language), "", exact=True)
        return Wording(local_name(node.value), "", exact=True)

    def _figure(self, node: NamedNode, page: str) -> Wording | None:
        graph, words, language = self._graph, self._words, self._language
        indicator = graph.link(node, COOP.hasIndicator)
        if indicator is None:
            return None
        parts = [words.label(indicator.value, language)]
        parts += [
            self.of(whose)
            for whose in graph.links(node, COOP.refersToOrganization)
            if whose.value != page and graph.literals(whose, SKOS.prefLabel)
        ]
        breakdown = graph.link(node, COOP.hasBreakdown)
        if breakdown and local_name(breakdown.value) != "total":
            parts.append(words.label(breakdown.value, language))
        period = graph.link(node, SDMX_DIMENSION.refPeriod)
        if period:
            parts.append(Wording(in_words(local_name(period.value), language), "", exact=True))
        value = self.value_of(node)
        text = ", ".join(part.text for part in parts) + (f": {value}" if value else "")
        return Wording(text, parts[0].tag, parts[0].exact)

    def value_of(self, node: NamedNode) -> str:
        """Return a figure's value in the reader's digits: “33만 2천” and “587.852” say nothing, or else, elsewhere."""
        graph = self._graph
        published, value = graph.plain(node, COOP.valueAsPublished), graph.plain(node, SDMX_MEASURE.obsValue)
        unit = graph.link(node, COOP.hasUnit)
        if not value or published.rstrip("% ").startswith(f"{value}."):
            # The store drops the zeros of “93.0%”, which tell how exact it is.
            return published
        if unit and local_name(unit.value) == "percent":
            return f"{number(value, self._language)}%"
        computed = f" {self._words.label(unit.value, self._language).text}" if unit and not published else ""
        return number(value, self._language) + computed

    def _claim(self, node: NamedNode, page: str) -> Wording | None:
        subject, predicate = self._graph.link(node, RDF.subject), self._graph.link(node, RDF.predicate)
        if predicate is None:
            return None
        label = self._words.label(predicate.value, self._language)
        return label if subject and subject.value == page else self._of_whose(subject, label.text)

    def _citation(self, node: NamedNode, page: str) -> Wording | None:
        source = self._graph.link(node, COOP.isQuotedFrom)
        if source is None:
            return None
        number, name = _PASSAGE.search(node.value), isolated(self.of(source).text)
        title = (
            Message("Passage {number} of “{source}”", number=number[1].lstrip("0"), source=name)
            if number
            else Message("Passage of “{source}”", source=name)
        )
        return Wording(title.in_language(self._language), "", exact=True)

    def _defect(self, node: NamedNode, page: str) -> Wording | None:
        citation = self._graph.link(node, COOP.isDefectIn)
        source = self._graph.link(citation, COOP.isQuotedFrom) if citation else None
        return self._of_whose(source, self._kind(node, COOP.hasDefectKind))

    def _quotation(self, node: NamedNode, page: str) -> Wording | None:
        whose = self._graph.link(node, COOP.isAbout) or self._graph.link(node, COOP.isMadeBy)
        return self._of_whose(whose, self._kind(node, COOP.hasQuotationKind))

    def _channel(self, node: NamedNode, page: str) -> Wording | None:
        services = self._graph.subjects(COOP.isAvailableThrough, node)
        return self._of_whose(services[0] if services else None, self._kind(node, COOP.hasChannelType))

    def _hours(self, node: NamedNode, page: str) -> Wording | None:
        notation = self._graph.plain(node, SKOS.notation)
        return Wording(hours(notation, self._language), "", exact=True) if notation else None

    def _participation(self, node: NamedNode, page: str) -> Wording | None:
        event, who = self._graph.link(node, COOP.isParticipationIn), self._graph.link(node, COOP.hasParticipant)
        return self._of_whose(event, self.of(who).text if who else "")

    def _comparison(self, node: NamedNode, page: str) -> Wording | None:
        """Return what is compared, whose, and of which periods: each once."""
        graph, language = self._graph, self._language
        figures = graph.links(node, COOP.compares)
        parts = (
            [self._words.label(item.value, language).text for item in self._all(figures, COOP.hasIndicator)],
            [self.of(item).text for item in self._all(figures, COOP.refersToOrganization) if item.value != page],
            [in_words(local_name(item.value), language) for item in self._all(figures, SDMX_DIMENSION.refPeriod)],
        )
        text = "; ".join(", ".join(sorted(part)) for part in parts if part)
        return Wording(_short(text), "", exact=True) if text else None

    def _all(self, nodes: list[NamedNode], predicate: NamedNode) -> dict[NamedNode, None]:
        return dict.fromkeys(link for node in nodes for link in self._graph.links(node, predicate))

    def _kind(self, node: NamedNode, predicate: NamedNode) -> str:
        """Return the label of what kind ``node`` is by ``predicate``; that of its class where it is of none."""
        kinds = self._graph.links(node, predicate) or self._graph.links(node, RDF.type)
        return self._words.label(kinds[0].value, self._language).text if kinds else ""

    def _of_whose(self, whose: NamedNode | None, what: str) -> Wording | None:
        """Return the name of a record: the name of the thing it belongs to, and what of it it is."""
        if whose is None or not what:
            return None
        return Wording(f"{isolated(self.of(whose).text)}: {what}", "", exact=True)


_COMPOSED = {
    COOP.hasIndicator: LabelMemo._figure,
    RDF.predicate: LabelMemo._claim,
    COOP.isQuotedFrom: LabelMemo._citation,
    COOP.isDefectIn: LabelMemo._defect,
    COOP.hasQuotationKind: LabelMemo._quotation,
    COOP.hasChannelType: LabelMemo._channel,
    COOP.compares: LabelMemo._comparison,
    COOP.isParticipationIn: LabelMemo._participation,
    SCHEMA.opens: LabelMemo._hours,
}
"""How a thing without a name of its own is named, by a property that only things named so have."""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
