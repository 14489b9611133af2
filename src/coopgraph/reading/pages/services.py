"""Service cards: how to reach services and activities first, then what they are, for whom and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers
from phonenumbers import PhoneNumberFormat

from coopgraph.model.freshness import is_overdue
from coopgraph.model.iris import entity_name
from coopgraph.model.opening_hours import OpeningHours, parse_opening_hours
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, SCHEMA, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, safe_url
from coopgraph.reading.pages.evidence import Backing, SourcedEvidence, backing, evidence
from coopgraph.reading.pages.property_values import STANDING_PROPERTIES, Fact, facts
from coopgraph.reading.source import Source
from coopgraph.reading.values import hours

_ON_THE_CARD = STANDING_PROPERTIES | {
    SKOS.prefLabel,
    COOP.composedName,
    COOP.isProvidedBy,
    COOP.hasServiceType,
    COOP.isAvailableThrough,
    COOP.isStatedAsCurrent,
    SCHEMA.hoursAvailable,
}


_EXTENSION = re.compile(r"(?<=\d)\s*[,;]?\s*(?:ext|x|#|内線|내선|轉|转)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number as it is dialled within its country, and as a ``tel:`` address (RFC 3966), in international form."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a service. ``opening`` are its hours, in the IANA time zone ``time_zone`` (empty: not known).

    ``overdue``: it is due to be checked again.
    """

    page: DisplayText
    types: tuple[DisplayText, ...]
    telephones: tuple[Telephone, ...]
    emails: tuple[str, ...]
    urls: tuple[str, ...]
    hours: tuple[str, ...]
    languages: tuple[str, ...]
    backing: Backing
    overdue: bool
    opening: tuple[OpeningHours, ...] = ()
    time_zone: str = ""

    @property
    def order(self) -> tuple[bool, bool, str]:
        """Telephone first, then mail, then the rest."""
        return not self.telephones, not self.emails, self.page.text


@dataclass(frozen=True, slots=True)
class Service:
    """A service or an activity. ``overdue``: it, or a way to reach it, is due to be checked again."""

    page: DisplayText
    types: tuple[DisplayText, ...]
    provider: DisplayText | None
    channels: tuple[Channel, ...]
    facts: tuple[Fact, ...]
    current: bool
    backing: Backing
    evidence: SourcedEvidence
    part_of: str
    overdue: bool

    @property
    def checked(self) -> bool:
        """Whether someone checked this entry at its source or beyond."""
        return self.backing.verification != "unchecked"


def services(view: View, nodes: Iterable[NamedNode]) -> tuple[Service, ...]:
    """Return the services ``nodes``: those with a telephone first, then by type and name; parts after their whole."""
    found = [service(view, node) for node in set(nodes)]
    return tuple(
        sorted(
            found,
            key=lambda item: (
                not any(channel.telephones for channel in item.channels),
                not item.channels,
                item.types[0].text if item.types else "",
                item.page.path,
            ),
        )
    )


def service(view: View, node: NamedNode) -> Service:
    """Return one service or activity."""
    graph = view.graph
    provider, whole = graph.link(node, COOP.isProvidedBy), graph.link(node, COOP.isPartOfService)
    channels = sorted(
        (channel(view, item) for item in graph.links(node, COOP.isAvailableThrough)), key=lambda item: item.order
    )
    known, own = facts(view, node, without=_ON_THE_CARD), backing(view, node)
    said = [item.backing for fact in known for item in fact.statements if item.backing]
    return Service(
        page=view.name(node),
        types=tuple(view.label(item) for item in graph.links(node, COOP.hasServiceType)),
        provider=view.name(provider) if provider else None,
        channels=tuple(channels),
        facts=known,
        current=graph.plain(node, COOP.isStatedAsCurrent) in ("true", "1"),
        backing=own,
        evidence=evidence((own, *(item.backing for item in channels), *said)),
        part_of=whole.value if whole else "",
        overdue=is_service_overdue(graph, node),
    )


def channel(view: View, node: NamedNode) -> Channel:
    """Return one channel of a service."""
    graph = view.graph

    def texts(predicate: NamedNode) -> tuple[str, ...]:
        return tuple(item.value for item in graph.literals(node, predicate))

    return Channel(
        page=view.name(node),
        types=tuple(view.label(item) for item in graph.links(node, COOP.hasChannelType)),
        telephones=tuple(telephone(item) for item in texts(COOP.telephone)),
        emails=texts(COOP.email),
        urls=tuple(url for url in map(safe_url, texts(COOP.url)) if url),
        hours=tuple(hours(item, view.language) for item in texts(COOP.openingHours)),
        languages=tuple(view.label(item).text for item in graph.links(node, COOP.hasAvailableLanguage)),
        backing=backing(view, node),
        overdue=_is_due(graph, node),
        opening=tuple(stretch for text in texts(COOP.openingHours) if (stretch := parse_opening_hours(text))),
        time_zone=next((graph.plain(item, COOP.timeZone) for item in graph.links(node, SCHEMA.hoursAvailable)), ""),
    )


def is_service_overdue(graph: Graph, node: NamedNode) -> bool:
    """Return whether a service or an activity, or a way to reach it, is due to be checked again today."""
    return any(_is_due(graph, item) for item in (node, *graph.links(node, COOP.isAvailableThrough)))


def overdue_services(reading: Source, iris: Iterable[str]) -> frozenset[str]:
    """Return those of the things with these IRIs that are services due to be checked again today."""
    known = tuple(NamedNode(iri) for iri in sorted(iris) if (name := entity_name(iri)) and name.segment == "service")
    if not known:
        return frozenset()
    graph = Graph.of_n_triples(reading.n_triples("list", things=known))
    return frozenset(node.value for node in known if is_service_overdue(graph, node))


def _is_due(graph: Graph, node: NamedNode) -> bool:
    verified, told = ([item.value for item in graph.literals(node, name)] for name in (COOP.lastVerified, COOP.asOf))
    return is_overdue(verified, told, datetime.now(UTC).date())


def telephone(written: str) -> Telephone:
    """Return a number of the graph for readers; one that is no valid international number stays as written."""
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return Telephone(written, telephone_address(written))
    return Telephone(
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        phonenumbers.format_number(number, PhoneNumberFormat.RFC3966).replace("-", ""),
    )


def telephone_address(written: str) -> str:
    """Return the ``tel:`` address of a number as written, or the empty text where it holds no number.

    Visual separators go, and so does the ``(0)`` of numbers at home; a leading ``+`` or ``#`` stays (RFC 3966, 3 and
    5.1.1); what follows an extension mark is dropped.
    """
    main = _EXTENSION.split(written.strip(), maxsplit=1)[0]
    main = main.replace("(0)", "") if main.startswith("+") else main
    digits = re.sub(r"[^\d+*#]", "", main)
    return f"tel:{digits.replace('#', '%23')}" if re.fullmatch(r"[+#]?[0-9*]{2,20}", digits) else ""
