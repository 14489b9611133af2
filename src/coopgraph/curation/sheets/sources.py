"""Sources of a spreadsheet's rows and their passages, and which passage holds what the row says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from coopgraph.curation.drafts import Draft, node
from coopgraph.curation.sheets.cells import CellReader, Codes, free_slug, is_language_tag, is_web_address, partial_date
from coopgraph.messages.message import Message
from coopgraph.model.same_words import words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Triple

DETAILS = frozenset({"source_url", "source_title", "source_language", "source_kind", "source_directness"})
"""Columns that a row need not fill in where its source is in the graph."""


@dataclass(slots=True)
class SourceDraft:
    """A source and its passages, gathered over all rows that name it; ``extends`` where its file is there already.

    ``passages`` are the citations by :func:`coopgraph.model.same_words.words_key` of what they quote.
    """

    slug: str
    address: str
    language: str
    triples: list[Triple]
    passages: dict[str, NamedNode] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    extends: bool = False

    def cite(self, quote: str) -> NamedNode:
        """Return the citation of a passage, made where it is new."""
        words = words_key(quote)
        if words not in self.passages:
            citation = node("citation", f"{self.slug}.p{self._next_number()}")
            self.passages[words] = citation
            self.triples += [
                Triple(citation, RDF.type, COOP.Citation),
                Triple(citation, COOP.isQuotedFrom, node("source", self.slug)),
                Triple(citation, COOP.quote, Literal(quote, language=self.language)),
            ]
        return self.passages[words]

    def draft(self) -> Draft:
        """Return the file of the source."""
        return Draft(path_of(self.slug), tuple(self.triples), tuple(self.rows), self.extends)

    def _next_number(self) -> int:
        numbers = (re.search(r"\.p([0-9]+)$", citation.value) for citation in self.passages.values())
        return 1 + max((int(number[1]) for number in numbers if number), default=0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages of one row, and how to find the one that holds some words."""

    source: SourceDraft
    quotes: tuple[str, ...]

    def citation(self, holds: Callable[[str], bool]) -> NamedNode | None:
        """Return the citation of the first passage that ``holds`` accepts, or None."""
        return next((self.source.cite(quote) for quote in self.quotes if holds(quote)), None)

    def first(self) -> NamedNode:
        """Return the citation of the row's first passage."""
        return self.source.cite(self.quotes[0])


def path_of(slug: str) -> str:
    """Return the path of the file of a source in the tree."""
    return f"data/source/{slug}.ttl"


def source_of(
    reader: CellReader, sources: dict[str, SourceDraft], stated: Iterable[Triple], taken: set[str], codes: Codes
) -> SourceDraft:
    """Return the source of a row: the one of ``sources`` that an earlier row named, the one of the graph, or a new one.

    ``stated`` is what the file of the source states, where there is one: the row then adds passages to it.
    """
    slug, language, address = (reader.text(name) for name in ("source_slug", "source_language", "source_url"))
    if language and not is_language_tag(language):
        reader.fault(
            "source_language", Message("“{value}” is no language tag, such as en, ko or zh-Hant.", value=language)
        )
        language = "und"
    held = list(stated)
    if held and slug not in sources:
        sources[slug] = _held(slug, held)
    if slug in sources:
        source = sources[slug]
        if source.extends:
            row = SourceDraft(slug, address, language or source.language, [])
            if not _wording(_described(reader, row, codes)) <= _wording(source.triples):
                reader.fault(
                    "source_slug",
                    Message(
                        "The graph describes the source “{value}” differently; leave its other columns empty.",
                        value=slug,
                    ),
                )
        elif (source.address, source.language) != (address, language):
            reader.fault("source_slug", Message("Another row describes the source “{value}” differently.", value=slug))
        source.rows.append(reader.row.number)
        return source
    slug = free_slug(reader, "source_slug", taken)
    source = SourceDraft(slug, address, language or "und", [], rows=[reader.row.number])
    source.triples += _described(reader, source, codes)
    sources[slug] = source
    return source


def _held(slug: str, triples: list[Triple]) -> SourceDraft:
    """Return a source of the graph with its passages."""
    index = Index(triples)
    document = node("source", slug)
    addresses = [address.value for address in index.objects(document, COOP.url)]
    languages = [language.value for language in index.objects(document, DCTERMS.language)]
    passages = {
        words_key(quote.value): citation
        for citation in index.instances(COOP.Citation)
        for quote in index.objects(citation, COOP.quote)
        if isinstance(citation, NamedNode)
    }
    return SourceDraft(slug, next(iter(addresses), ""), next(iter(languages), "und"), triples, passages, extends=True)


def _wording(triples: Iterable[Triple]) -> set[Triple]:
    """Return triples whose texts are reduced to their words: the same words are no other description."""
    return {
        Triple(triple.subject, triple.predicate, Literal(words_key(triple.object.value)))
        if isinstance(triple.object, Literal)
        else triple
        for triple in triples
    }


def _described(reader: CellReader, source: SourceDraft, codes: Codes) -> Iterator[Triple]:
    document = node("source", source.slug)
    yield Triple(document, RDF.type, COOP.SourceDocument)
    yield Triple(document, DCTERMS.identifier, Literal(source.slug))
    yield Triple(document, DCTERMS.language, Literal(source.language))
    if title := reader.text("source_title"):
        yield Triple(document, DCTERMS.term("title"), Literal(title, language=source.language))
    if source.address and is_web_address(reader, "source_url", source.address):
        yield Triple(document, COOP.url, Literal(source.address, datatype=XSD.anyURI))
    for column, predicate, scheme in (
        ("source_kind", COOP.hasSourceKind, "source-kind"),
        ("source_directness", COOP.hasDirectness, "directness"),
    ):
        for concept in codes.find(reader, column, scheme):
            yield Triple(document, predicate, concept)
    if issued := partial_date(reader, "source_date"):
        yield Triple(document, DCTERMS.issued, issued)
    if retrieved := partial_date(reader, "retrieved_on"):
        if retrieved.datatype != XSD.date:
            reader.fault("retrieved_on", Message("Give the day as well: 2024-05-19."))
        yield Triple(document, COOP.retrievedOn, retrieved)
