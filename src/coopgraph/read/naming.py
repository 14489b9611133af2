"""What to call a thing on a page: its label, its title, its words, or a name put together from what it is about."""

from __future__ import annotations

from coopgraph.model.language import Wording, choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.terms import COOP, DCTERMS, RDF, SKOS, NamedNode, Namespace
from coopgraph.read.values import in_words, number
from coopgraph.read.vocabulary import Vocabulary, local_name

DIMENSION = Namespace("http://purl.org/linked-data/sdmx/2009/dimension#")
MEASURE = Namespace("http://purl.org/linked-data/sdmx/2009/measure#")

_OWN_WORDS = (SKOS.prefLabel, DCTERMS.term("title"), COOP.quote, COOP.text, COOP.verbatim)
_LONGEST = 120


def name_of(node: NamedNode, graph: Graph, words: Vocabulary, language: str, page: str = "") -> Wording:
    """Return what a reader of ``language`` sees as the name of ``node``; never empty.

    A figure's name says whose it is, but not on the page about that organization, whose IRI is ``page``.
    """
    for predicate in _OWN_WORDS:
        if found := choose(graph.literals(node, predicate), language):
            return Wording(_short(found.text), found.tag, found.exact)
    if node.value in words.labels:
        return words.label(node.value, language)
    if composed := _figure(node, graph, words, language, page) or _claim(node, graph, words, language):
        return composed
    if notation := graph.plain(node, SKOS.notation):
        return Wording(in_words(notation, language), "", exact=True)
    return Wording(local_name(node.value), "", exact=True)


def _figure(node: NamedNode, graph: Graph, words: Vocabulary, language: str, page: str) -> Wording | None:
    indicator = graph.link(node, COOP.hasIndicator)
    if indicator is None:
        return None
    parts = [words.label(indicator.value, language)]
    parts += [
        name_of(whose, graph, words, language)
        for whose in graph.links(node, COOP.refersToOrganization)
        if whose.value != page and graph.literals(whose, SKOS.prefLabel)
    ]
    breakdown = graph.link(node, COOP.hasBreakdown)
    if breakdown and local_name(breakdown.value) != "total":
        parts.append(words.label(breakdown.value, language))
    period = graph.link(node, DIMENSION.refPeriod)
    if period:
        parts.append(Wording(in_words(local_name(period.value), language), "", exact=True))
    value = _value(node, graph, words, language)
    text = ", ".join(part.text for part in parts) + (f": {value}" if value else "")
    return Wording(text, parts[0].tag, parts[0].exact)


def _value(node: NamedNode, graph: Graph, words: Vocabulary, language: str) -> str:
    """Return the value with the reader's digits: “33만 2천” and “587.852” say nothing, or something else, elsewhere."""
    published, value = graph.plain(node, COOP.valueAsPublished), graph.plain(node, MEASURE.obsValue)
    unit = graph.link(node, COOP.hasUnit)
    if not value or published.rstrip("% ").startswith(f"{value}."):
        # The store drops the zeros of “93.0%”, which tell how exact it is.
        return published
    if unit and local_name(unit.value) == "percent":
        return f"{number(value, language)}%"
    computed = f" {words.label(unit.value, language).text}" if unit and not published else ""
    return number(value, language) + computed


def _claim(node: NamedNode, graph: Graph, words: Vocabulary, language: str) -> Wording | None:
    subject, predicate = graph.link(node, RDF.subject), graph.link(node, RDF.predicate)
    if subject is None or predicate is None:
        return None
    about, property_label = name_of(subject, graph, words, language), words.label(predicate.value, language)
    return Wording(f"{about.text}: {property_label.text}", about.tag, about.exact and property_label.exact)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
