"""Services in the Human Services Data Specification (HSDS 3.0): what help directories and referral systems read.

https://docs.openreferral.org/en/v3.0.2/hsds/. A page of services as its API gives them, each with its organization
and all else inside it. Identifiers are UUIDs (version 5) of our IRIs, so they stay. What HSDS demands is made of what
is known: ``status`` is ``defunct`` where the graph says when the service ended, and otherwise ``active``; the
``description`` of an organization names its kinds and areas. What is not known is left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coopgraph.model.iris import BASE, local_name
from coopgraph.model.language import choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, FOAF, SCHEMA, SKOS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.vocabulary import Vocabulary

_DAYS = {
    SCHEMA.term(name): name[:2].upper()
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
}
_TAXONOMIES = (COOP.hasServiceType, COOP.coversConduct, COOP.coversTopic, COOP.isDirectedAt)
_Object = dict[str, Any]


def hsds_identifier(iri: str) -> str:
    """Return the UUID that stands for an IRI of the graph in HSDS, the same in every release."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, iri))


def hsds_page(services: Iterable[_Object]) -> _Object:
    """Return the answer of an HSDS API that holds all ``services`` on one page."""
    contents = list(services)
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def hsds_service(graph: Graph, service: NamedNode, words: Vocabulary, language: str) -> _Object:
    """Return one service. ``graph`` holds what ``service-slices.rq`` gives; texts are in ``language`` where there."""
    return _Service(graph, service, words, language).as_object()


class _Service:
    """A service on its way to HSDS."""

    def __init__(self, graph: Graph, service: NamedNode, words: Vocabulary, language: str) -> None:
        self._graph = graph
        self._service = service
        self._words = words
        self._language = language
        self._id = hsds_identifier(service.value)
        self._channels = graph.links(service, COOP.isAvailableThrough)

    def as_object(self) -> _Object:
        graph, service = self._graph, self._service
        names = self._names(service)
        return _known(
            {
                "id": self._id,
                "name": names[0],
                "alternate_name": "; ".join(names[1:]),
                "description": self._text(service, SKOS.definition),
                "url": self._first(COOP.url),
                "email": self._first(COOP.email),
                "status": "defunct" if self._ended() else "active",
                "fees_description": self._labels(COOP.hasCost),
                "eligibility_description": "; ".join(
                    filter(None, (self._labels(COOP.isDirectedAt), self._text(service, COOP.eligibilityNote)))
                ),
                "minimum_age": self._number(COOP.minimumAge),
                "maximum_age": self._number(COOP.maximumAge),
                "assured_date": max(
                    (graph.plain(node, COOP.lastVerified) for node in (service, *self._channels)), default=""
                ),
                "phones": list(self._phones()),
                "schedules": list(self._schedules()),
                "service_areas": [
                    {
                        "id": self._part("service_area", area),
                        "service_id": self._id,
                        "name": self._label(area),
                        "uri": area.value,
                    }
                    for area in graph.links(service, COOP.servesArea)
                ],
                "languages": [
                    {
                        "id": self._part("language", language),
                        "service_id": self._id,
                        "name": self._label(language),
                        "code": local_name(language.value),
                    }
                    for language in graph.links(service, COOP.hasAvailableLanguage)
                ],
                "organization": self._organization(),
                "attributes": list(self._attributes()),
            }
        )

    def _organization(self) -> _Object:
        provider = self._graph.link(self._service, COOP.isProvidedBy)
        if provider is None:
            return {}
        graph, names = self._graph, self._names(provider)
        kinds = (self._label(kind) for kind in graph.links(provider, COOP.hasOrganizationType))
        areas = (self._label(area) for area in graph.links(provider, COOP.isBasedIn))
        return _known(
            {
                "id": hsds_identifier(provider.value),
                "name": names[0],
                "alternate_name": "; ".join(names[1:]),
                "description": "; ".join((*kinds, *areas)) or names[0],
                "website": next((item.value for item in graph.links(provider, FOAF.homepage)), ""),
                "uri": provider.value,
            }
        )

    def _phones(self) -> Iterator[_Object]:
        for channel in self._channels:
            for number in self._graph.literals(channel, COOP.telephone):
                yield _known(
                    {
                        "id": hsds_identifier(f"{channel.value}#{number.value}"),
                        "service_id": self._id,
                        "number": number.value,
                        "description": self._labels(COOP.hasChannelType, channel),
                        "languages": [
                            {
                                "id": hsds_identifier(f"{channel.value}#{number.value}#{language.value}"),
                                "name": self._label(language),
                                "code": local_name(language.value),
                            }
                            for language in self._graph.links(channel, COOP.hasAvailableLanguage)
                        ],
                    }
                )

    def _schedules(self) -> Iterator[_Object]:
        graph = self._graph
        for owner in (self._service, *self._channels):
            structured = graph.links(owner, SCHEMA.hoursAvailable)
            told = {graph.plain(hours, SKOS.notation) for hours in structured}
            for hours in structured:
                days = graph.links(hours, SCHEMA.dayOfWeek)
                yield _known(
                    {
                        "id": hsds_identifier(hours.value),
                        "service_id": self._id,
                        "freq": "WEEKLY",
                        "byday": ",".join(short for day, short in _DAYS.items() if day in days),
                        "opens_at": graph.plain(hours, SCHEMA.opens)[:5],
                        "closes_at": graph.plain(hours, SCHEMA.closes)[:5],
                        "description": graph.plain(hours, SKOS.notation),
                        "notes": graph.plain(hours, COOP.timeZone),
                    }
                )
            for written in graph.literals(owner, COOP.openingHours):
                if written.value not in told:
                    yield {
                        "id": hsds_identifier(f"{owner.value}#{written.value}"),
                        "service_id": self._id,
                        "description": written.value,
                    }

    def _attributes(self) -> Iterator[_Object]:
        for predicate in _TAXONOMIES:
            for concept in self._graph.links(self._service, predicate):
                # A term without a description is none in HSDS.
                definition = self._text(concept, SKOS.definition)
                if not definition:
                    continue
                scheme = concept.value.rpartition("/")[0]
                yield {
                    "id": self._part(local_name(predicate.value), concept),
                    "link_id": self._id,
                    "link_entity": "service",
                    "taxonomy_term": {
                        "id": hsds_identifier(concept.value),
                        "code": local_name(concept.value),
                        "name": self._label(concept),
                        "description": definition,
                        "taxonomy": f"{BASE}id/scheme/{local_name(scheme)}",
                    },
                }

    def _ended(self) -> bool:
        return bool(self._graph.values(self._service, COOP.validTo))

    def _names(self, thing: NamedNode) -> Sequence[str]:
        """Return the names of a thing, that for the reader first; its last path part where it has none."""
        labels = self._graph.literals(thing, SKOS.prefLabel)
        chosen = choose(labels, self._language)
        first = chosen.text if chosen else local_name(thing.value)
        return list(dict.fromkeys((first, *(label.value for label in labels))))

    def _text(self, thing: NamedNode, predicate: NamedNode) -> str:
        chosen = choose(self._graph.literals(thing, predicate), self._language)
        return chosen.text if chosen else ""

    def _label(self, concept: NamedNode) -> str:
        return self._words.label(concept.value, self._language).text

    def _labels(self, predicate: NamedNode, thing: NamedNode | None = None) -> str:
        return "; ".join(self._label(concept) for concept in self._graph.links(thing or self._service, predicate))

    def _first(self, predicate: NamedNode) -> str:
        owners = (self._service, *self._channels)
        found = (value for owner in owners for value in self._graph.values(owner, predicate))
        return next((value.value for value in found if isinstance(value, Literal | NamedNode)), "")

    def _number(self, predicate: NamedNode) -> int | None:
        found = self._graph.plain(self._service, predicate)
        return int(found) if found else None

    def _part(self, role: str, value: NamedNode) -> str:
        return hsds_identifier(f"{self._service.value}#{role}#{value.value}")


def _known(values: Mapping[str, Any]) -> _Object:
    return {name: value for name, value in values.items() if value or value == 0}
