"""Organizations of a spreadsheet: the organization, its service with its contacts. A contact that no passage holds is
refused."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.curation.drafts import node
from coopgraph.curation.sheets.cells import CellReader, Codes, host, is_web_address, partial_date
from coopgraph.curation.sheets.entities import (
    INFERRED,
    Claims,
    SheetKind,
    claimed_name,
    local_languages,
    several_names,
)
from coopgraph.curation.sheets.sources import Evidence
from coopgraph.curation.sheets.telephones import example_number, holds_number, normalized
from coopgraph.messages.message import Message
from coopgraph.model.iris import CONCEPT
from coopgraph.model.same_words import holds_words, words_key
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, FOAF, ORG, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple


def _organization(
    reader: CellReader, claims: Claims, evidence: Evidence, codes: Codes, known: Index
) -> Iterator[Triple]:
    areas, local = local_languages(reader, codes, known, claims.subject, "area", COOP.isBasedIn)
    reader.text("name@en")
    for column, predicate in (("name", SKOS.prefLabel), ("also_called", SKOS.altLabel)):
        for _, tag, text in reader.tagged(column):
            for name in several_names(predicate, text):
                yield from claimed_name(claims, predicate, name, tag, tag in local, evidence)
    for column, predicate, scheme in (
        ("type", COOP.hasOrganizationType, "organization-type"),
        ("topic", COOP.worksOn, "topic"),
    ):
        for concept in codes.find(reader, column, scheme):
            yield from claims.make(predicate, concept, evidence.first(), INFERRED)
    for area in areas:
        yield from claims.make(COOP.isBasedIn, area, evidence.first(), INFERRED)
    yield from _founding(reader, claims, evidence)
    yield from _homepage(reader, claims, evidence)
    if parent := reader.text("parent"):
        body = node("org", parent)
        if not known.objects(body, DCTERMS.identifier):
            reader.fault("parent", Message("There is no organization “{value}”.", value=parent))
        yield from claims.make(ORG.subOrganizationOf, body, evidence.first(), INFERRED)
    yield from _service(reader, claims.slug, areas, evidence, codes)


def _founding(reader: CellReader, claims: Claims, evidence: Evidence) -> Iterator[Triple]:
    if founded := partial_date(reader, "founded"):
        year = founded.value[:4]
        stated = evidence.citation(lambda quote: holds_words(quote, year))
        yield from claims.make(COOP.foundingDate, founded, stated or evidence.first(), None if stated else INFERRED)


def _homepage(reader: CellReader, claims: Claims, evidence: Evidence) -> Iterator[Triple]:
    address = reader.text("homepage")
    if not address or not is_web_address(reader, "homepage", address):
        return
    site = host(address)
    stated = evidence.citation(lambda quote: holds_words(quote, site, any_case=True))
    if not stated and host(evidence.source.address) != site:
        reader.fault("homepage", Message("No passage holds {value}, and the source is not on it.", value=site))
    yield from claims.make(FOAF.homepage, NamedNode(address), stated or evidence.first(), None if stated else INFERRED)


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
            yield from claims.make(predicate, value, evidence.first(), INFERRED)
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
        yield from Claims(channel, f"{key}.{kind}").make(COOP.openingHours, Literal(hours), citation, INFERRED)


ORGANIZATIONS = SheetKind(
    segment="org",
    of_class=COOP.Organization,
    required=("slug", "name@en", "type", "area", "topic"),
    optional=(
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
    ),
    tagged=("name", "also_called"),
    dates=("founded",),
    statements=_organization,
    properties={
        SKOS.prefLabel.value: "name",
        SKOS.altLabel.value: "also_called",
        COOP.hasOrganizationType.value: "type",
        COOP.worksOn.value: "topic",
        COOP.isBasedIn.value: "area",
        COOP.foundingDate.value: "founded",
        FOAF.homepage.value: "homepage",
        ORG.subOrganizationOf.value: "parent",
    },
    telephones=("telephone",),
)
"""Organizations, each with a service and its contacts."""
