"""Embed: what partner sites show of the graph on their own pages: whom to call in an area, or one entity.

The same as a page (for an iframe) and as JSON (for the web component). Version 1 of the JSON may get further members;
those it has keep their names and meanings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE, entity_name
from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.namespaces import COOP
from coopgraph.reading.description import Description
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.help import HelpCard, HelpPage, help_card
from coopgraph.reading.pages.services import Channel
from coopgraph.reading.values import site_name
from coopgraph.reading.vocabulary import Vocabulary

MOST_EMBEDDED = 10
"""Most bodies of one embed."""

UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class EmbeddedContact:
    """One way to reach somebody: ``kind`` is ``telephone``, ``email`` or ``url``; ``note`` says hours and languages."""

    kind: str
    text: str
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class EmbeddedEntity:
    """An entity with its name (in the language ``lang``), what it offers, its contacts, and the path of its page."""

    id: str
    name: str
    lang: str
    about: str
    contacts: tuple[EmbeddedContact, ...]
    path: str


@dataclass(frozen=True, slots=True)
class Embed:
    """What an embed shows; ``path`` leads to the page with all of it, ``none`` says why nothing is shown."""

    language: str
    heading: str
    entities: tuple[EmbeddedEntity, ...]
    path: str
    more: str
    note: str
    none: str = ""

    def to_json(self, root: str) -> dict[str, Any]:
        """Return the embed as JSON has it, each ``path`` as the address ``page`` of the service at ``root``."""
        entities = [asdict(item) | {"contacts": [asdict(way) for way in item.contacts]} for item in self.entities]
        tree = {"version": 1, **asdict(self), "entities": entities}
        for item in (tree, *entities):
            item["page"] = root + item.pop("path")
        return tree


def directory_embed(found: HelpPage, path: str, language: str) -> Embed:
    """Return whom to call in an area: the first bodies of its help page that can be reached."""
    cards = [card for section in found.sections if section.key != UNREACHED for card in section.cards]
    none = Message("No service of this kind is recorded for this area. That does not mean there is none.")
    return Embed(
        language=language,
        heading=Message("Find help: {area}", area=found.area.label).in_language(language),
        entities=tuple(_of_card(card, language) for card in cards[:MOST_EMBEDDED]),
        path=path,
        more=Message("All services and their sources").in_language(language),
        note=_note(language),
        none="" if cards else none.in_language(language),
    )


def entity_embed(description: Description, words: Vocabulary, language: str) -> Embed:
    """Return one entity; an organization or a service with the ways to reach it."""
    view = View(description.graph, words, language, description.iri)
    node, name = description.node, entity_name(description.iri)
    provided = sorted(description.graph.subjects(COOP.isProvidedBy, node), key=lambda item: item.value)
    if name and name.segment == "service":
        provided = [node]
    shown = view.name(node)
    kind = words.kind_of(description.iri)
    if provided:
        entity = _of_card(help_card(view, node, provided), language)
    else:
        about = words.label(kind.iri, language).text if kind else ""
        entity = EmbeddedEntity(description.iri, shown.text, conventional(shown.tag), about, (), _path(shown, language))
    return Embed(
        language=language,
        heading=shown.text,
        entities=(entity,),
        path=entity.path,
        more=Message("More about this, with its sources").in_language(language),
        note=_note(language) if entity.contacts else "",
    )


def _of_card(card: HelpCard, language: str) -> EmbeddedEntity:
    comma = Message(", ").in_language(language)
    contacts = [contact for channel in card.channels for contact in _contacts(channel, comma, language)]
    if card.other_site:
        site = Message("Their own site").in_language(language)
        contacts.append(EmbeddedContact("url", site, card.other_site, ""))
    return EmbeddedEntity(
        id=BASE + card.body.path.replace("/doc/", "id/", 1),
        name=card.body.text,
        lang=conventional(card.body.tag),
        about=comma.join(label.text for label in card.types[:4]),
        contacts=tuple(contacts),
        path=_path(card.body, language),
    )


def _contacts(channel: Channel, comma: str, language: str) -> Iterable[EmbeddedContact]:
    label = channel.backing.verification_label
    check = label.text if label else Message("not yet checked").in_language(language)
    note = " · ".join(part for part in ("; ".join(channel.hours), comma.join(channel.languages), check) if part)
    for number in channel.telephones:
        yield EmbeddedContact("telephone", number.text, number.address, note)
    for mail in channel.emails:
        yield EmbeddedContact("email", mail, f"mailto:{mail}", note)
    name = comma.join(item.text for item in channel.types) or Message("Website").in_language(language)
    for url in channel.urls:
        yield EmbeddedContact("url", f"{name} · {site_name(url)}", url, note)


def _path(shown: DisplayText, language: str) -> str:
    return f"/{language}{shown.path}"


def _note(language: str) -> str:
    return Message(
        "These entries come from published sources and have mostly not been checked by a call. If a number does not "
        "answer, try the organization's own site."
    ).in_language(language)
