"""The source of a row and its passages, and which passage holds what the row says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from coopgraph.curate.cells import LANGUAGE_TAG, Codes, Reader, free_slug, is_web_address, partial_date
from coopgraph.curate.drafts import Draft, node
from coopgraph.rdf.terms import COOP, DCTERMS, RDF, XSD, Literal, NamedNode, Triple


@dataclass(slots=True)
class Source:
    """A source and its passages, gathered over all rows that name it."""

    slug: str
    address: str
    language: str
    triples: list[Triple]
    passages: dict[str, NamedNode] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)

    def cite(self, quote: str) -> NamedNode:
        """Return the citation of a passage, made where it is new."""
        if quote not in self.passages:
            citation = node("citation", f"{self.slug}.p{len(self.passages) + 1}")
            self.passages[quote] = citation
            self.triples += [
                Triple(citation, RDF.type, COOP.Citation),
                Triple(citation, COOP.isQuotedFrom, node("source", self.slug)),
                Triple(citation, COOP.quote, Literal(quote, language=self.language)),
            ]
        return self.passages[quote]

    def draft(self) -> Draft:
        """Return the file of the source."""
        return Draft(f"data/source/{self.slug}.ttl", tuple(self.triples), tuple(self.rows))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages of one row, and how to find the one that holds some words."""

    source: Source
    quotes: tuple[str, ...]

    def citation(self, holds: Callable[[str], bool]) -> NamedNode | None:
        """Return the citation of the first passage that ``holds`` accepts, or None."""
        return next((self.source.cite(quote) for quote in self.quotes if holds(quote)), None)

    def first(self) -> NamedNode:
        """Return the citation of the row's first passage."""
        return self.source.cite(self.quotes[0])


def source_of(reader: Reader, sources: dict[str, Source], taken: set[str], codes: Codes) -> Source:
    """Return the source of a row: the one of ``sources`` that an earlier row named, else a new one."""
    slug, language, address = (reader.text(name) for name in ("source_slug", "source_language", "source_url"))
    if slug in sources:
        source = sources[slug]
        if (source.address, source.language) != (address, language):
            reader.fault("source_slug", "Another row describes the source “{value}” differently.", value=slug)
        source.rows.append(reader.row.number)
        return source
    if language and not LANGUAGE_TAG.fullmatch(language):
        reader.fault("source_language", "“{value}” is no language tag, such as en, ko or zh-Hant.", value=language)
        language = "und"
    slug = free_slug(reader, "source_slug", taken)
    source = Source(slug, address, language or "und", [], rows=[reader.row.number])
    source.triples += _described(reader, source, codes)
    sources[slug] = source
    return source


def _described(reader: Reader, source: Source, codes: Codes) -> Iterator[Triple]:
    document = node("source", source.slug)
    title = Literal(reader.text("source_title"), language=source.language)
    yield Triple(document, RDF.type, COOP.SourceDocument)
    yield Triple(document, DCTERMS.identifier, Literal(source.slug))
    yield Triple(document, DCTERMS.language, Literal(source.language))
    yield Triple(document, DCTERMS.term("title"), title)
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
            reader.fault("retrieved_on", "Give the day as well: 2024-05-19.")
        yield Triple(document, COOP.retrievedOn, retrieved)
