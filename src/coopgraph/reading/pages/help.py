"""Help page: whom to call, by area and need: one card for each body, those that can be reached first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.collation import sort_key
from coopgraph.model.iris import AREA, CONCEPT
from coopgraph.model.nearest_names import did_you_mean, nearest_names
from coopgraph.model.opening_hours import DAYS, closing_time
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, FOAF
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.filters import area_named
from coopgraph.reading.pages.display_text import DisplayText, View, safe_url
from coopgraph.reading.pages.evidence import Passage
from coopgraph.reading.pages.services import Channel, Service, services
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

WORLD = AREA + "001"
_T = TypeVar("_T")
_SERVICE_TYPE = CONCEPT + "service-type/"


class Need(NamedTuple):
    """What a visitor needs, in a visitor's words, and the types of service that meet it, by their keys."""

    key: str
    label: Message
    types: frozenset[str]


def _types_named(*keys: str) -> frozenset[str]:
    return frozenset(" ".join(keys).split())


NEEDS = (
    Need(
        "talk",
        Message("Talk to somebody now"),
        _types_named(
            "helpline consultation counselling psychological-guidance psychological-support chatbot victim-support",
            "victim-service self-esteem-support",
        ),
    ),
    Need(
        "removal",
        Message("Have images removed"),
        _types_named("removal-support hash-matching reporting-site formal-order monitoring"),
    ),
    Need(
        "threat",
        Message("Somebody threatens me"),
        _types_named("helpline consultation hash-matching evidence-support police-report-support"),
    ),
    Need(
        "police",
        Message("Police and evidence"),
        _types_named("police-report-support evidence-support investigation-support forensic-accompaniment"),
    ),
    Need(
        "lawyer",
        Message("A lawyer"),
        _types_named("legal-assistance legal-guidance legal-representation mediation"),
    ),
    Need(
        "doctor",
        Message("A doctor"),
        _types_named(
            "medical-care medical-guidance sti-testing contraception preventive-treatment forensic-accompaniment"
        ),
    ),
)
"""The needs that a visitor chooses from, the most pressing first."""

_LIKELY = {"ko": "kr", "ja": "jp", "zh-Hans": "cn", "zh-Hant": "tw"}
"""Key of the area in which most readers of a language live."""


@dataclass(frozen=True, slots=True)
class HelpArea:
    """An area that services are for; ``parts`` are areas within it that have services of their own."""

    key: str
    label: str
    parts: tuple[HelpArea, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpCard:
    """A body that helps: what for, how to reach it, and the words that say so.

    ``channels`` lead to somebody; ``homepage`` is the body's own (empty: none known); ``provided`` are the IRIs of its
    services.
    """

    body: DisplayText
    types: tuple[DisplayText, ...]
    free: bool
    channels: tuple[Channel, ...]
    homepage: str
    services: tuple[Service, ...]
    passages: tuple[Passage, ...]
    provided: tuple[NamedNode, ...]

    @property
    def overdue(self) -> bool:
        """Whether all of its services are due to be checked again."""
        return bool(self.services) and all(service.overdue for service in self.services)

    @property
    def has_telephone(self) -> bool:
        """Whether there is a number to call."""
        return any(channel.telephones for channel in self.channels)

    @property
    def is_reachable(self) -> bool:
        """Whether there is a number, another way to write to somebody, or a site."""
        return bool(self.channels or self.homepage)

    @property
    def other_site(self) -> str:
        """The body's own homepage, where no channel leads to that page already; else empty."""
        led = {url.rstrip("/") for channel in self.channels for url in channel.urls}
        return "" if self.homepage.rstrip("/") in led else self.homepage


@dataclass(frozen=True, slots=True)
class HelpSection:
    """The bodies whose services are for one area, under a heading that names it."""

    key: str
    heading: str
    cards: tuple[HelpCard, ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Whom to call in an area: first in the area itself, then in each broader one, then anywhere.

    Bodies that nobody knows how to reach come last, under a heading of their own. ``graph`` is what all that was made
    from.
    """

    area: HelpArea
    need: str
    sections: tuple[HelpSection, ...]
    graph: Graph


def help_areas(reading: Source, words: Vocabulary, language: str) -> tuple[HelpArea, ...]:
    """Return the areas that services are for, in the order of the reader's language, parts beneath their wholes."""
    keys = {row["area"].value.removeprefix(AREA) for row in reading.rows("help-areas")} - {WORLD.removeprefix(AREA)}
    return _tree(keys, words, language)


def areas_without_number(reading: Source, words: Vocabulary, language: str) -> tuple[HelpArea, ...]:
    """Return the areas that services are for, but none with a number, nor any for what an area is part of, by name."""
    numbers = {row["area"].value: int(row["numbers"].value) for row in reading.rows("numbers-by-area")}
    areas = [
        HelpArea(area.removeprefix(AREA), words.label(area, language).text)
        for area in numbers
        if area != WORLD and not any(numbers.get(place) for place in (area, *words.broader_of(area)) if place != WORLD)
    ]
    return tuple(sorted(areas, key=lambda area: sort_key(area.label, language)))


def likely_area(areas: Iterable[HelpArea], language: str, regions: Iterable[str]) -> HelpArea | None:
    """Return the area where a reader most likely is, by the regions of languages asked for, else by the language."""
    known = {area.key: area for area in areas}
    for region in (*(region.lower() for region in regions), _LIKELY.get(language, "")):
        if region in known:
            return known[region]
    return None


def help_page(reading: Source, words: Vocabulary, area: str, need: str, language: str) -> HelpPage:
    """Return whom to call in ``area`` (its key) about ``need``: a key of :data:`NEEDS`, of a service type, or empty.

    Raises :class:`NotFound` where the graph has no such area, or there is no such need.
    """
    iri = area_named(words, area)
    wanted = _types_for(words, need)
    places = tuple(dict.fromkeys((iri, *words.broader_of(iri), WORLD)))
    graph = Graph.of_n_triples(reading.n_triples("help", areas=tuple(map(NamedNode, places))))
    view = View(graph, words, language)
    shown: set[NamedNode] = set()
    sections, silent = [], []
    for place in places:
        served = [node for node in graph.subjects(COOP.servesArea, NamedNode(place)) if node not in shown]
        shown.update(served)
        cards = _cards(view, [node for node in served if not wanted or wanted & _types(graph, node)])
        if reachable := tuple(card for card in cards if card.is_reachable):
            sections.append(HelpSection(place.removeprefix(AREA), _heading(view, place, iri), reachable))
        silent += [card for card in cards if not card.is_reachable]
    if silent:
        heading = Message("Without a way to reach them that we know").in_language(language)
        sections.append(HelpSection("unreached", heading, tuple(silent)))
    return HelpPage(HelpArea(area, view.label(iri).text), need, tuple(sections), graph)


def _types_for(words: Vocabulary, need: str) -> frozenset[str]:
    """Return the keys of the service types that meet a need; none means any."""
    meeting = {item.key: item.types for item in NEEDS}
    if not need or need in meeting:
        return meeting.get(need, frozenset())
    if _SERVICE_TYPE + need not in words.labels:
        near = nearest_names(need.casefold(), meeting)
        raise NotFound(
            Message("There is no such kind of help here."),
            did_you_mean(near) if near else Message("Choose one of: {names}.", names=", ".join(meeting)),
        )
    return frozenset((need,))


def open_now(channel: Channel, now: datetime, language: str) -> str:
    """Return whether one can reach somebody by ``channel`` at the moment ``now``; empty where its hours do not say."""
    if not channel.opening or len(channel.opening) != len(channel.hours):
        return ""
    if not channel.time_zone:
        always = closing_time(channel.opening, now) == "" and len(channel.opening[0].days) == len(DAYS)
        return Message("Open now").in_language(language) if always else ""
    zone = ZoneInfo(channel.time_zone)
    closes = closing_time(channel.opening, now.astimezone(zone))
    if closes is None:
        return Message("Closed now").in_language(language)
    if not closes:
        return Message("Open now").in_language(language)
    city = get_timezone_location(zone, locale=Locale.parse(language, sep="-"), return_city=True)
    return Message("Open now until {time} ({city} time)", time=closes, city=city).in_language(language)


def _heading(view: View, place: str, chosen: str) -> str:
    if place == WORLD:
        return Message("Anywhere in the world").in_language(view.language)
    name = view.label(place).text
    heading = Message("In {area}", area=name) if place == chosen else Message("In all of {area}", area=name)
    return heading.in_language(view.language)


def _types(graph: Graph, service: NamedNode) -> set[str]:
    return {link.value.removeprefix(_SERVICE_TYPE) for link in graph.links(service, COOP.hasServiceType)}


def _cards(view: View, nodes: Iterable[NamedNode]) -> tuple[HelpCard, ...]:
    by_body: dict[NamedNode, list[NamedNode]] = {}
    for node in nodes:
        by_body.setdefault(view.graph.link(node, COOP.isProvidedBy) or node, []).append(node)
    cards = [help_card(view, body, provided) for body, provided in by_body.items()]
    return tuple(sorted(cards, key=lambda card: _order(card, view.language)))


def help_card(view: View, body: NamedNode, provided: list[NamedNode]) -> HelpCard:
    """Return the card of a body, with the services ``provided``."""
    found = services(view, provided)
    channels = _each_once((channel for item in found for channel in item.channels), _addresses)
    told = [*(item.backing for item in found), *(item.backing for item in channels)]
    passages = [passage for backing in told for passage in backing.passages]
    homepages = [term.value for term in view.graph.values(body, FOAF.homepage) if isinstance(term, NamedNode | Literal)]
    return HelpCard(
        body=view.name(body),
        types=_each_once((label for item in found for label in item.types), lambda label: label.text),
        free=any(_is_free(view.graph, node) for node in provided),
        channels=tuple(sorted(channels, key=lambda channel: channel.order)),
        homepage=next((url for url in map(safe_url, homepages) if url), ""),
        services=found,
        passages=_each_once(passages, lambda passage: passage.citation.path),
        provided=tuple(provided),
    )


def _is_free(graph: Graph, service: NamedNode) -> bool:
    return any(link.value == CONCEPT + "cost/free" for link in graph.links(service, COOP.hasCost))


def _addresses(channel: Channel) -> object:
    return channel.telephones, channel.emails, channel.urls, channel.types


def _each_once(items: Iterable[_T], key: Callable[[_T], object]) -> tuple[_T, ...]:
    return tuple({key(item): item for item in reversed(list(items))}.values())[::-1]


def _order(card: HelpCard, language: str) -> tuple[bool, bool, bool, int, bytes]:
    """Whom one can call comes first, then whom one can write to, then who has a site, then who offers most."""
    return (
        not card.has_telephone,
        not card.channels,
        not card.homepage,
        -len(card.services),
        sort_key(card.body.text, language),
    )


def _tree(keys: set[str], words: Vocabulary, language: str) -> tuple[HelpArea, ...]:
    parents: dict[str, str] = {}
    for key in keys:
        whole = next((iri.removeprefix(AREA) for iri in words.broader_of(AREA + key)), "")
        parents[key] = whole if whole in keys else ""
    children: dict[str, list[str]] = {}
    for key, whole in parents.items():
        children.setdefault(whole, []).append(key)

    def under(whole: str) -> tuple[HelpArea, ...]:
        parts = [HelpArea(key, words.label(AREA + key, language).text, under(key)) for key in children.get(whole, ())]
        return tuple(sorted(parts, key=lambda part: sort_key(part.label, language)))

    return under("")
