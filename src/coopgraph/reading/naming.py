"""Names of things on a page: label, title, words, or a name composed from what the thing is about."""

from __future__ import annotations

from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SDMX_DIMENSION, SDMX_MEASURE, SKOS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.values import in_words, number
from coopgraph.reading.vocabulary import Vocabulary, local_name

_OWN_WORDS = (SKOS.prefLabel, DCTERMS.term("title"), COOP.quote, COOP.text, COOP.verbatim)
_LONGEST = 120


class LabelMemo:
    """The names of the things of one graph for a reader of one language; each is put together once."""

    def __init__(self, graph: Graph, words: Vocabulary, language: str) -> None:
        self._graph = graph
        self._words = words
        self._language = language
        self._known: dict[tuple[NamedNode, str], Wording] = {}

    def of(self, node: NamedNode, page: str = "") -> Wording:
        """Return what the reader sees as the name of ``node``; never empty.

        A figure's name says whose it is, but not on the page about that organization, whose IRI is ``page``.
        """
        found = self._known.get((node, page))
        if found is None:
            found = self._known[node, page] = self._made(node, page)
        return found

    def _made(self, node: NamedNode, page: str) -> Wording:
        said = self._graph.about(node)
        for predicate in _OWN_WORDS:
            texts = (value for value in said.get(predicate, ()) if isinstance(value, Literal))
            if found := choose(texts, self._language):
                return Wording(_short(found.text), found.tag, found.exact)
        if node.value in self._words.labels:
            return self._words.label(node.value, self._language)
        if composed := self._figure(node, page) or self._claim(node):
            return composed
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
        value = self._value(node)
        text = ", ".join(part.text for part in parts) + (f": {value}" if value else "")
        return Wording(text, parts[0].tag, parts[0].exact)

    def _value(self, node: NamedNode) -> str:
        """Return the value in the reader's digits: “33만 2천” and “587.852” say nothing, or else, elsewhere."""
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

    def _claim(self, node: NamedNode) -> Wording | None:
        subject, predicate = self._graph.link(node, RDF.subject), self._graph.link(node, RDF.predicate)
        if subject is None or predicate is None:
            return None
        about, property_label = self.of(subject), self._words.label(predicate.value, self._language)
        return Wording(f"{about.text}: {property_label.text}", about.tag, about.exact and property_label.exact)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
