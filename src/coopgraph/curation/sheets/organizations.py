"""Organizations of a spreadsheet as drafts of entity files: the organization, its service, its source.

One row is one organization with the passages that speak of it. What the passages say in these words is *stated*; what a
curator reads out of them (a type, a topic, a country) is *inferred*; a name that no passage holds is the curators' own
and says so. A contact that no passage holds is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coopgraph.curation.drafts import Draft, node
from coopgraph.curation.sheets.cells import (
    CellReader,
    Codes,
    free_slug,
    host,
    is_language_tag,
    is_web_address,
    partial_date,
)
from coopgraph.curation.sheets.sources import DETAILS, Evidence, SourceDraft, path_of, source_of
from coopgraph.curation.sheets.table import CellError, Columns, Sheet
from coopgraph.curation.sheets.telephones import example_number, holds_number, normalized
from coopgraph.messages.message import Message
from coopgraph.model.iris import CONCEPT, entity_name
from coopgraph.model.same_words import holds_words, words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, FOAF, ORG, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

PASSAGES = ("quote", "quote2", "quote3")
REQUIRED = (
    "slug",
    "name@en",
    "type",
    "area",
    "topic",
    "source_slug",
    "source_url",
    "source_title",
    "source_language",
    "source_kind",
    "source_directness",
    "quote",
)
"""Columns that every row fills in; those about the source only where it is new."""

OPTIONAL = (
    "also_called@en",
    "founded",
    "homepage",
    "parent",
    "service",
    "service_type",
    "service_for",
    "service_cost",
    "telephone",
    "email",
    "hours",
    "source_date",
    "retrieved_on",
    "quote2",
    "quote3",
)
"""Columns that may be empty or missing. Names and further names may have a column for any language tag."""

ORGANIZATION_COLUMNS = Columns(
    frozenset(REQUIRED), frozenset({"founded", "source_date", "retrieved_on"}), frozenset({"telephone"})
)
"""What tells a sheet of organizations from others, and what a spreadsheet program may have made of its cells."""

_EAST_ASIAN_TAGS = ("ko", "ja", "zh")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]"
)
_OFFICIAL = NamedNode(CONCEPT + "label-origin/original")
_TRANSLATED = NamedNode(CONCEPT + "label-origin/editorial-translation")
_INFERRED = NamedNode(CONCEPT + "basis/inferred")
_EDITORIAL = NamedNode(CONCEPT + "basis/editorial")


def template() -> str:
    """Return the heading of a sheet as CSV: what is asked of every row first."""
    return ",".join((*REQUIRED, "name@ko", *OPTIONAL)) + "\r\n"


def drafts(
    sheet: Sheet, known: Index, stated: Mapping[str, Sequence[Triple]]
) -> tuple[tuple[Draft, ...], tuple[CellError, ...]]:
    """Return the files that a sheet asks for, and what is wrong with it; where anything is, the files mean nothing.

    ``known`` is what the tree states, with its schemes: it says which codes there are and which slugs are taken.
    ``stated`` is what each file of the tree states, by path: passages of a source that is there are added to its file.
    """
    faults = [*sheet.faults, *_headings(sheet)]
    codes = Codes(known)
    organizations: list[Draft] = []
    sources: dict[str, SourceDraft] = {}
    entities = (entity_name(entity.value) for entity, _ in known.pairs(DCTERMS.identifier))
    taken = {name.slug for name in entities if name}
    spoiled = frozenset((fault.row, fault.column) for fault in sheet.faults)
    for row in sheet.rows:
        of_source = stated.get(path_of(row.cells.get("source_slug", "")), ())
        required = frozenset(REQUIRED) - (DETAILS if of_source else frozenset())
        reader = CellReader(row, sheet.letters, required, faults, spoiled)
        slug = free_slug(reader, "slug", taken)
        source = source_of(reader, sources, of_source, taken, codes)
        if sheet.encoding != "utf-8":
            _look_at_letters(reader, source.language)
        triples = tuple(_organization(reader, slug, source, codes, known))
        organizations.append(Draft(f"data/org/{slug}.ttl", triples, (row.number,)))
    files = [*organizations, *(source.draft() for source in sources.values())]
    return tuple(files), tuple(sorted(faults, key=lambda fault: (fault.row, len(fault.column), fault.column)))


def _look_at_letters(reader: CellReader, language: str) -> None:
    """Note texts in East Asian languages without one of their letters: the bytes were read in a wrong encoding."""
    quotes = ((column, language, reader.text(column)) for column in PASSAGES)
    for column, tag, text in (*reader.tagged("name"), *reader.tagged("also_called"), *quotes):
        if tag.startswith(_EAST_ASIAN_TAGS) and not text.isascii() and not _EAST_ASIAN.search(text):
            reader.fault(
                column, Message("“{value}” has no letter of its language; --lang names the wrong encoding.", value=text)
            )


def _headings(sheet: Sheet) -> Iterator[CellError]:
    for name in REQUIRED:
        if name not in sheet.letters:
            yield CellError(1, "", Message("The column “{name}” is missing.", name=name))
    for name, letter in sheet.letters.items():
        base, _, tag = name.partition("@")
        if name not in REQUIRED + OPTIONAL and not (base in ("name", "also_called") and is_language_tag(tag)):
            yield CellError(1, letter, Message("There is no column “{name}”; see the template.", name=name))


def _organization(reader: CellReader, slug: str, source: SourceDraft, codes: Codes, known: Index) -> Iterator[Triple]:
    quotes = tuple(text for column in PASSAGES if (text := reader.text(column)))
    evidence = Evidence(source, quotes or ("missing",))
    claims = Claims(node("org", slug), slug)
    yield Triple(claims.subject, RDF.type, COOP.Organization)
    yield Triple(claims.subject, DCTERMS.identifier, Literal(slug))
    areas = codes.find(reader, "area", "area")
    local = {tag.value for area in areas for tag in known.objects(area, DCTERMS.language)}
    reader.text("name@en")
    for column, predicate in (("name", SKOS.prefLabel), ("also_called", SKOS.altLabel)):
        for _, tag, text in reader.tagged(column):
            yield from _name(claims, predicate, text, tag, tag in local, evidence)
    for column, predicate, scheme in (
        ("type", COOP.hasOrganizationType, "organization-type"),
        ("topic", COOP.worksOn, "topic"),
    ):
        for concept in codes.find(reader, column, scheme):
            yield from claims.make(predicate, concept, evidence.first(), _INFERRED)
    for area in areas:
        yield from claims.make(COOP.isBasedIn, area, evidence.first(), _INFERRED)
    yield from _founding(reader, claims, evidence)
    yield from _homepage(reader, claims, evidence)
    if parent := reader.text("parent"):
        body = node("org", parent)
        if not known.objects(body, DCTERMS.identifier):
            reader.fault("parent", Message("There is no organization “{value}”.", value=parent))
        yield from claims.make(ORG.subOrganizationOf, body, evidence.first(), _INFERRED)
    yield from _service(reader, slug, areas, evidence, codes)


@dataclass(slots=True)
class Claims:
    """Claims about one subject, numbered by property."""

    subject: NamedNode
    slug: str
    _numbers: dict[NamedNode, int] = field(default_factory=dict)

    def make(
        self, predicate: NamedNode, value: Term, citation: NamedNode | None, basis: NamedNode | None, *more: Triple
    ) -> Iterator[Triple]:
        """Yield a new claim; ``more`` are triples about it, whose subject is put right."""
        self._numbers[predicate] = number = self._numbers.get(predicate, 0) + 1
        local = re.split(r"[#/]", predicate.value)[-1]
        claim = node("claim", f"{self.slug}.{local}.{number}")
        yield Triple(claim, RDF.type, COOP.Claim)
        yield Triple(claim, RDF.subject, self.subject)
        yield Triple(claim, RDF.predicate, predicate)
        yield Triple(claim, RDF.object, value)
        if citation:
            yield Triple(claim, COOP.hasEvidence, citation)
        if basis:
            yield Triple(claim, COOP.hasBasis, basis)
        for triple in more:
            yield Triple(claim, triple.predicate, triple.object)


def _name(
    claims: Claims, predicate: NamedNode, text: str, tag: str, is_local: bool, evidence: Evidence
) -> Iterator[Triple]:
    """Yield a name: as the passage has it, else as the curators' own wording, which is said of it."""
    citation = evidence.citation(lambda quote: holds_words(quote, text, any_case=True))
    origin = Triple(claims.subject, COOP.hasLabelOrigin, _OFFICIAL if citation and is_local else _TRANSLATED)
    note = Literal("Worded by the curators; the passages do not hold this name.", language="en")
    more = () if citation else (Triple(claims.subject, COOP.curatorNote, note),)
    origins = (origin,) if is_local or not citation else ()
    yield from claims.make(
        predicate, Literal(text, language=tag), citation, None if citation else _EDITORIAL, *origins, *more
    )


def _founding(reader: CellReader, claims: Claims, evidence: Evidence) -> Iterator[Triple]:
    if founded := partial_date(reader, "founded"):
        year = founded.value[:4]
        stated = evidence.citation(lambda quote: holds_words(quote, year))
        yield from claims.make(COOP.foundingDate, founded, stated or evidence.first(), None if stated else _INFERRED)


def _homepage(reader: CellReader, claims: Claims, evidence: Evidence) -> Iterator[Triple]:
    address = reader.text("homepage")
    if not address or not is_web_address(reader, "homepage", address):
        return
    site = host(address)
    stated = evidence.citation(lambda quote: holds_words(quote, site, any_case=True))
    if not stated and host(evidence.source.address) != site:
        reader.fault("homepage", Message("No passage holds {value}, and the source is not on it.", value=site))
    yield from claims.make(FOAF.homepage, NamedNode(address), stated or evidence.first(), None if stated else _INFERRED)


def _service(reader: CellReader, slug: str, areas: list[Term], evidence: Evidence, codes: Codes) -> Iterator[Triple]:
    name = reader.text("service")
    types = codes.find(reader, "service_type", "service-type")
    audience = codes.find(reader, "service_for", "target-group")
    if not name:
        for column in ("service_type", "service_for", "telephone", "email", "hours"):
            if reader.text(column):
                reader.fault(column, Message("Name the service that this belongs to, in the column “service”."))
        return
    for column in ("service_type", "service_for"):
        if not reader.text(column):
            reader.fault(column, Message("Fill this in."))
    key = f"{slug}.{types[0].value.rpartition('/')[2] if types else 'service'}"
    service = node("service", key)
    yield Triple(service, RDF.type, COOP.Service)
    yield Triple(service, SKOS.prefLabel, Literal(name, language="en"))
    yield Triple(service, COOP.isProvidedBy, node("org", slug))
    yield Triple(service, COOP.hasEvidence, evidence.first())
    for kind in types:
        yield Triple(service, COOP.hasServiceType, kind)
    claims = Claims(service, key)
    for predicate, values in (
        (COOP.isDirectedAt, audience),
        (COOP.servesArea, areas),
        (COOP.hasCost, codes.find(reader, "service_cost", "cost")),
    ):
        for value in values:
            yield from claims.make(predicate, value, evidence.first(), _INFERRED)
    if number := _telephone(reader, areas):
        citation = evidence.citation(lambda quote: holds_number(quote, number))
        yield from _channel(reader, service, key, "telephone", number, citation)
    if box := words_key(reader.text("email")):
        citation = evidence.citation(lambda quote: holds_words(quote, box, any_case=True))
        yield from _channel(reader, service, key, "email", box, citation)


def _telephone(reader: CellReader, areas: list[Term]) -> str:
    """Return the number in international form; one that has lost its leading zero, or a wrong one, is a fault."""
    text = reader.text("telephone")
    countries = [area.value.rpartition("/")[2].partition("-")[0].upper() for area in areas]
    number = normalized(text, countries)
    if text and not number:
        is_spoiled = text.isdecimal() and not text.startswith("0")
        example = example_number(countries)
        reader.fault(
            "telephone",
            Message(
                "“{value}” may have lost its leading zero; write it in international form, such as {example}, in a "
                "cell of text.",
                value=text,
                example=example,
            )
            if is_spoiled
            else Message(
                "“{value}” is no telephone number that is known; write one number in international form, such as "
                "{example}, or a short code.",
                value=text,
                example=example,
            ),
        )
    return number


CHANNELS = {"telephone": (COOP.telephone, "phone"), "email": (COOP.email, "email")}
"""Columns that hold a contact: the property, and the type of the channel."""


def _channel(
    reader: CellReader, service: NamedNode, key: str, column: str, contact: str, citation: NamedNode | None
) -> Iterator[Triple]:
    predicate, kind = CHANNELS[column]
    if citation is None:
        reader.fault(column, Message("No passage holds {value}; quote the words that give it.", value=contact))
        return
    channel, channel_type = node("channel", f"{key}.{kind}"), NamedNode(f"{CONCEPT}channel-type/{kind}")
    yield Triple(service, COOP.isAvailableThrough, channel)
    yield Triple(service, COOP.hasChannelType, channel_type)
    yield Triple(channel, RDF.type, COOP.ServiceChannel)
    yield Triple(channel, COOP.hasChannelType, channel_type)
    yield Triple(channel, predicate, Literal(contact))
    yield Triple(channel, COOP.hasEvidence, citation)
    if column == "telephone" and (hours := reader.text("hours")):
        yield from Claims(channel, f"{key}.{kind}").make(COOP.openingHours, Literal(hours), citation, _INFERRED)
