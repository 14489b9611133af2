"""Pages of the vocabulary: all of it, one term, one rule, one scheme. Their addresses are those of resources."""

from __future__ import annotations

from typing import Any

from flask import Response

from coopgraph.model.iris import DEFINITION, SHAPE
from coopgraph.model.language import choose
from coopgraph.rdf.namespaces import SKOS
from coopgraph.reading.description import Description
from coopgraph.reading.pages.figures_page import figures_path
from coopgraph.reading.pages.rule_page import rule_page
from coopgraph.reading.pages.vocabulary_pages import CONCEPT_SCHEME, concept_tree, term_page, vocabulary_page
from coopgraph.reading.source import ReleaseSource
from coopgraph.web.common.language import language
from coopgraph.web.pages.layout import Pages


def page_of_vocabulary(
    description: Description, reading: ReleaseSource, pages: Pages, links: tuple[str, ...], **shared: Any
) -> Response | None:
    """Return the page about the vocabulary, a term, a rule or a scheme; None where it is about anything else.

    ``shared`` are values that every page about a resource is given.
    """
    words, chosen, iri = pages.words(reading), language(), description.iri
    if iri == DEFINITION:
        shown = vocabulary_page(reading, words, chosen)
        return pages.give("vocabulary.html", reading, links=links, vocabulary=shown, **shared)
    if iri.startswith(CONCEPT_SCHEME):
        tree = concept_tree(reading, words, chosen, iri)
        meaning = choose(description.graph.literals(description.node, SKOS.definition), chosen)
        name = words.label(iri, chosen)
        figures = figures_path(description.graph, description.node)
        return pages.give(
            "scheme.html",
            reading,
            links=links,
            tree=tree,
            scheme=name,
            meaning=meaning,
            figures_path=figures,
            **shared,
        )
    if iri.startswith(SHAPE) and (rule := rule_page(description, words, chosen)):
        return pages.give("rule.html", reading, links=links, rule=rule, **shared)
    if iri.startswith(DEFINITION) and (term := term_page(reading, words, chosen, iri)):
        figures = figures_path(description.graph, description.node)
        return pages.give("term.html", reading, links=links, term=term, figures_path=figures, **shared)
    return None
