"""Public services in CPSV-AP, the European Commission's application profile of the Core Public Service Vocabulary.

https://semiceu.github.io/CPSV-AP/releases/3.2.0/. Given are the services of public bodies alone, since nothing else is
a public service there. CPSV-AP demands a description of each, which the graph does not hold; it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, CPSV, DCTERMS, FOAF, RDF, SKOS, Namespace
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

CV = Namespace("http://data.europa.eu/m8g/")
"""Core vocabularies of the European Commission."""

_OF_SERVICE = (
    (SKOS.prefLabel, DCTERMS.term("title")),
    (COOP.hasServiceType, DCTERMS.type),
    (COOP.servesArea, DCTERMS.spatial),
    (COOP.hasAvailableLanguage, DCTERMS.language),
    (COOP.hasLegalBasis, CV.hasLegalResource),
    (COOP.coversTopic, CV.thematicArea),
    (COOP.coversConduct, CV.thematicArea),
    (COOP.isAvailableThrough, CV.hasChannel),
    (COOP.isProvidedBy, CV.hasCompetentAuthority),
)
_OF_PROVIDER = (
    (SKOS.prefLabel, SKOS.prefLabel),
    (COOP.isBasedIn, DCTERMS.spatial),
    (FOAF.homepage, FOAF.homepage),
)
_OF_CONTACT = ((COOP.telephone, CV.telephone), (COOP.email, CV.email), (COOP.openingHours, CV.openingHours))


CPSV_PREFIXES = {"cpsv": str(CPSV), "cv": str(CV)}


def cpsv_services(graph: Graph, services: Iterable[NamedNode]) -> Iterator[Triple]:
    """Yield the public ones of ``services`` with all they name; ``graph`` holds what ``service-slices.rq`` gives."""
    for service in services:
        if graph.is_a(service, CPSV.PublicService):
            yield from _service(graph, service)


def _service(graph: Graph, service: NamedNode) -> Iterator[Triple]:
    yield Triple(service, RDF.type, CPSV.PublicService)
    yield Triple(service, DCTERMS.identifier, Literal(service.value))
    for ours, theirs in _OF_SERVICE:
        yield from (Triple(service, theirs, value) for value in graph.values(service, ours))
    for provider in graph.links(service, COOP.isProvidedBy):
        yield Triple(provider, RDF.type, CV.PublicOrganisation)
        yield Triple(provider, DCTERMS.identifier, Literal(provider.value))
        for ours, theirs in _OF_PROVIDER:
            yield from (Triple(provider, theirs, value) for value in graph.values(provider, ours))
    for kind in graph.links(service, COOP.hasCost):
        cost = NamedNode(f"{service.value}#cost")
        yield Triple(service, CV.hasCost, cost)
        yield Triple(cost, RDF.type, CV.Cost)
        yield Triple(cost, DCTERMS.identifier, Literal(cost.value))
        yield Triple(cost, DCTERMS.type, kind)
    for channel in graph.links(service, COOP.isAvailableThrough):
        yield from _channel(graph, service, channel)


def _channel(graph: Graph, service: NamedNode, channel: NamedNode) -> Iterator[Triple]:
    yield Triple(channel, RDF.type, CV.Channel)
    yield Triple(channel, DCTERMS.identifier, Literal(channel.value))
    yield from (Triple(channel, DCTERMS.type, kind) for kind in graph.values(channel, COOP.hasChannelType))
    yield from (Triple(channel, CV.ownedBy, body) for body in graph.values(service, COOP.isProvidedBy))
    contacts = [
        *((theirs, value) for ours, theirs in _OF_CONTACT for value in graph.values(channel, ours)),
        *((CV.contactPage, _as_link(value)) for value in graph.values(channel, COOP.url)),
    ]
    if not contacts:
        return
    contact = NamedNode(f"{channel.value}#contact")
    yield Triple(service, CV.contactPoint, contact)
    yield Triple(contact, RDF.type, CV.ContactPoint)
    yield from (Triple(contact, theirs, value) for theirs, value in contacts)


def _as_link(value: Term) -> Term:
    return NamedNode(value.value) if isinstance(value, Literal) else value
