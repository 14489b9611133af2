"""Display text of a value: words, their language, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from coopgraph.model.iris import BASE, web_path
from coopgraph.model.language import Wording
from coopgraph.model.language_names import language_name
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP, DCTERMS, SCHEMA, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term
from coopgraph.reading.naming import LabelMemo
from coopgraph.reading.values import hours, literal_in_words, weekday
from coopgraph.reading.vocabulary import Vocabulary

_T = TypeVar("_T")

_HOURS = frozenset({COOP.openingHours, SCHEMA.hoursAvailable})
"""Properties whose values are opening hours, or are called by them."""


@dataclass(frozen=True, slots=True)
class DisplayText:
    """Words with their language tag (empty: the page's own language or none) and an address (empty: none).

    ``path`` is an address of this service without a language in front; ``url`` one elsewhere.
    """

    text: str
    tag: str = ""
    path: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What every part of a page is made from: the slice, the graph's words, the reader's language, what it is about."""

    graph: Graph
    words: Vocabulary
    language: str
    page: str = ""
    names: LabelMemo = field(init=False, repr=False, compare=False)
    _labels: dict[str, DisplayText] = field(default_factory=dict, init=False, repr=False, compare=False)
    _named: dict[tuple[NamedNode, str], DisplayText] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _made: dict[tuple[object, NamedNode], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", LabelMemo(self.graph, self.words, self.language))

    def label(self, term: NamedNode | str) -> DisplayText:
        """Return a class, property or concept by its label, leading to its own page."""
        iri = term if isinstance(term, str) else term.value
        found = self._labels.get(iri)
        if found is None:
            found = self._labels[iri] = self._shown(self.words.label(iri, self.language), iri)
        return found

    def name(self, node: NamedNode, beside: str = "") -> DisplayText:
        """Return a thing by its name, leading to its page.

        Beside the name of the thing with the IRI ``beside`` (else: of the page's), a figure's or a claim's need not say
        whose it is.
        """
        page = beside or self.page
        found = self._named.get((node, page))
        if found is None:
            found = self._named[node, page] = self._shown(self.names.of(node, page), node.value)
        return found

    def once(self, make: Callable[[View, NamedNode], _T], node: NamedNode) -> _T:
        """Return ``make`` of this view and ``node``, made once: what several parts of a page show."""
        if (make, node) not in self._made:
            self._made[make, node] = make(self, node)
        found: _T = self._made[make, node]
        return found

    def value(self, predicate: NamedNode, term: Term) -> DisplayText:
        """Return the object of a statement as it is shown under ``predicate``."""
        if isinstance(term, NamedNode):
            if predicate == SCHEMA.dayOfWeek:
                return DisplayText(weekday(term.value.rpartition("/")[2], self.language))
            named = self.name(term)
            return replace(named, text=hours(named.text, self.language)) if predicate in _HOURS else named
        if isinstance(term, BlankNode):
            return DisplayText("[…]")
        if predicate == DCTERMS.language:
            return DisplayText(language_name(term.value, self.language))
        if predicate in _HOURS:
            return DisplayText(hours(term.value, self.language))
        if term.datatype == XSD.anyURI:
            return DisplayText(term.value, url=safe_url(term.value))
        return DisplayText(literal_in_words(term, self.language), self._tag(term.language or ""))

    def text(self, literal: Literal) -> DisplayText:
        """Return a text verbatim, with its language."""
        return DisplayText(literal.value, self._tag(literal.language or ""))

    def _shown(self, wording: Wording, iri: str) -> DisplayText:
        if iri.startswith(BASE):
            return DisplayText(wording.text, self._tag(wording.tag), path=page_path(iri))
        text = wording.text if iri in self.words.labels else iri
        return DisplayText(text, self._tag(wording.tag), url=safe_url(iri))

    def _tag(self, tag: str) -> str:
        usual = conventional(tag) if tag else ""
        return "" if usual == self.language else usual


def page_path(iri: str) -> str:
    """Return the path of the page about ``iri`` (``/doc/org/paps``), or the empty text for a foreign IRI."""
    path = web_path(iri)
    if path is None:
        return ""
    return "/doc/" + path.removeprefix("/id/") if path.startswith("/id/") else path.rstrip("/")


def safe_url(url: str) -> str:
    """Return ``url`` where a browser may follow it (http, https), else the empty text."""
    return url if url.startswith(("https://", "http://")) else ""
