"""Relations of a thing to others: links in both directions under the name that is right from where one stands.

A property is named from its subject: “amends”. On the page of its object it has the name of the inverse: “amended by”.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from coopgraph.messages.message import Message
from coopgraph.rdf.namespaces import COOP, DCTERMS, DQV, ELI, ORG, SDMX_DIMENSION, SKOS
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.pages.display_text import DisplayText, View, page_path

_INVERSES = {
    COOP.isOperatedBy: Message("operates"),
    COOP.isSupervisedBy: Message("supervises"),
    COOP.isFundedBy: Message("funds"),
    COOP.isEstablishedBy: Message("established"),
    COOP.isCommissionedBy: Message("commissions"),
    COOP.isPrecededBy: Message("succeeded by"),
    COOP.isMemberOf: Message("members"),
    ORG.subOrganizationOf: Message("parts of the organization"),
    COOP.worksWith: Message("works with"),
    COOP.worksInSolidarityWith: Message("in solidarity with"),
    COOP.hasLegalBasis: Message("legal basis of"),
    COOP.isEstablishedUnder: Message("bodies established under it"),
    COOP.isEnforcedBy: Message("enforces"),
    COOP.isFoundedInResponseTo: Message("led to the founding of"),
    COOP.concernsOrganization: Message("events about it"),
    COOP.concernsLaw: Message("events about it"),
    ELI.amends: Message("amended by"),
    ELI.repeals: Message("repealed by"),
    ELI.realizes: Message("texts in a language"),
    ELI.jurisdiction: Message("laws that apply here"),
    DCTERMS.publisher: Message("publisher of"),
    DCTERMS.references: Message("referred to by"),
    COOP.isTranslationOf: Message("translated as"),
    COOP.isBasedIn: Message("organizations based here"),
    COOP.isLocatedIn: Message("events here"),
    COOP.servesArea: Message("services for this area"),
    SDMX_DIMENSION.refArea: Message("figures about this area"),
    SDMX_DIMENSION.refPeriod: Message("figures about this period"),
    SKOS.broader: Message("narrower"),
    SKOS.inScheme: Message("in this scheme"),
    SKOS.topConceptOf: Message("at the top of this scheme"),
}
"""The name of each property from where its object stands."""

_DRAWN = frozenset(
    {
        *(COOP.isOperatedBy, COOP.isSupervisedBy, COOP.isFundedBy, COOP.isEstablishedBy, COOP.isCommissionedBy),
        *(COOP.isPrecededBy, COOP.isMemberOf, COOP.worksWith, COOP.worksInSolidarityWith, COOP.hasLegalBasis),
        *(COOP.isEstablishedUnder, COOP.isEnforcedBy, COOP.isFoundedInResponseTo, COOP.concernsOrganization),
        *(COOP.concernsLaw, ELI.amends, ELI.repeals, ORG.subOrganizationOf),
    }
)
"""Properties between organizations, laws and events: what a picture shows."""

_MOST_LINKS = 200
"""How many links one list shows before it says that there are more."""

MOST_DRAWN = 12
"""How many things a picture shows around its own."""

PICTURE_WIDTH = 360
_ROW, _TOP, _TRUNK, _INDENT = 46, 40, 14, 44
_LETTERS = 44


@dataclass(frozen=True, slots=True)
class Relation:
    """Things that the page's thing is related to by one name; ``more`` says how many are not listed."""

    name: DisplayText
    things: tuple[DisplayText, ...]
    more: int


@dataclass(frozen=True, slots=True)
class DrawnRelation:
    """One line of a picture: where it stands, its name, the other thing, and whether it leads there."""

    y: int
    name: str
    thing: str
    tag: str
    outgoing: bool


@dataclass(frozen=True, slots=True)
class RelationPicture:
    """A thing above those it is related to, in units of a view box :data:`PICTURE_WIDTH` wide."""

    height: int
    name: str
    lines: tuple[DrawnRelation, ...]


def incoming(view: View, node: NamedNode, *, without: Collection[NamedNode]) -> tuple[Relation, ...]:
    """Return what points at ``node``, by the inverse names of the properties, but for those in ``without``."""
    by_name: dict[DisplayText, set[DisplayText]] = {}
    for predicate, subjects in view.graph.pointing(node).items():
        if predicate in without or predicate == DQV.computedOn:
            continue
        if things := {view.name(item) for item in subjects if isinstance(item, NamedNode) and item != node}:
            by_name.setdefault(inverse_name(view, predicate), set()).update(things)
    found = []
    for name, things in by_name.items():
        ordered = sorted(things, key=lambda item: (item.text, item.path))
        found.append(Relation(name, tuple(ordered[:_MOST_LINKS]), max(0, len(ordered) - _MOST_LINKS)))
    return tuple(sorted(found, key=lambda item: item.name.text))


def inverse_name(view: View, predicate: NamedNode) -> DisplayText:
    """Return what a property is called from where its object stands."""
    path = page_path(predicate.value)
    if predicate in _INVERSES:
        return DisplayText(_INVERSES[predicate].in_language(view.language), path=path)
    label = view.label(predicate)
    return DisplayText(Message("named as “{property}” by", property=label.text).in_language(view.language), path=path)


def relation_picture(view: View, node: NamedNode) -> RelationPicture | None:
    """Return a picture of how ``node`` is related to organizations, laws and events; None where it is to none."""
    drawn = list(dict.fromkeys(_drawn(view, node)))[:MOST_DRAWN]
    if not drawn:
        return None
    lines = tuple(
        DrawnRelation(_TOP + _ROW * place + _ROW // 2, name, _fitting(thing.text), thing.tag, outgoing)
        for place, (name, thing, outgoing) in enumerate(drawn)
    )
    return RelationPicture(_TOP + _ROW * len(lines) + 6, _fitting(view.names.of(node).text), lines)


def _drawn(view: View, node: NamedNode) -> Iterator[tuple[str, DisplayText, bool]]:
    for predicate, values in view.graph.about(node).items():
        if predicate in _DRAWN:
            yield from ((view.label(predicate).text, thing, True) for thing in _named(view, values, node))
    for predicate, subjects in view.graph.pointing(node).items():
        if predicate in _DRAWN:
            yield from ((inverse_name(view, predicate).text, thing, False) for thing in _named(view, subjects, node))


def _named(view: View, terms: Iterable[object], node: NamedNode) -> Iterator[DisplayText]:
    return (view.name(term) for term in terms if isinstance(term, NamedNode) and term != node)


def _fitting(text: str) -> str:
    """Return as much of ``text`` as one line of a picture holds; wide letters count twice."""
    room = _LETTERS
    for place, character in enumerate(text):
        room -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if room < 0:
            return text[: place - 1].rstrip() + "…"
    return text
