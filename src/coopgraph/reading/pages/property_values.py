"""Property values of one thing: every claimed value with what stands behind it, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass

from coopgraph.messages.message import Message
from coopgraph.model.characters import isolated
from coopgraph.model.iris import local_name
from coopgraph.model.language_names import language_name
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SCHEMA, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import Backing, backing
from coopgraph.reading.values import enumerated, weekday_place

NAMING = (SKOS.prefLabel, SKOS.altLabel, COOP.acronym, COOP.formerName, SKOS.hiddenLabel, COOP.composedName)
"""Properties whose values are names; they are shown together."""

STANDING_PROPERTIES = frozenset(
    {
        COOP.hasBasis,
        COOP.hasRank,
        COOP.hasVerification,
        COOP.hasEvidence,
        COOP.isAffectedBy,
        COOP.hasLabelOrigin,
        COOP.asOf,
        COOP.validFrom,
        COOP.validTo,
        COOP.lastVerified,
        COOP.curatorNote,
        COOP.comparabilityNote,
        COOP.countingRule,
        COOP.limitationNote,
    }
)
"""Properties that say how a statement stands; they are shown with the statement, not beside it."""

_FIRST = (
    "hasOrganizationType",
    "type_document",
    "hasEventKind",
    "hasLegalForm",
    "isBasedIn",
    "jurisdiction",
    "isLocatedIn",
    "seat",
    "foundingDate",
    "activeSince",
    "occurredOn",
    "id_local",
    "enactmentDate",
    "publicationDate",
    "entersIntoForceOn",
    "amendmentDate",
    "criminalizes",
    "maximumPenalty",
    "imposedDuty",
    "civilRemedy",
    "worksOn",
    "is_about",
    "homepage",
    "subOrganizationOf",
    "isOperatedBy",
    "obsValue",
    "valueAsPublished",
    "hasUnit",
    "hasIndicator",
    "refersToOrganization",
    "hasBreakdown",
    "refArea",
    "refPeriod",
    "title",
    "url",
    "publisher",
    "language",
    "hasSourceKind",
    "hasDirectness",
    "issued",
    "retrievedOn",
)
_LAST = ("contentSha256",)

RANKS = {"preferred": 0, "normal": 1, "deprecated": 2}
"""The order in which competing statements are shown."""


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """One value, and what stands behind it (None for a plain statement)."""

    value: DisplayText
    language_name: str
    backing: Backing | None

    @property
    def deprecated(self) -> bool:
        """Whether it is kept only because a source says it."""
        return self.backing is not None and self.backing.rank == "deprecated"


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with its statements, best-ranked first."""

    property: DisplayText
    key: str
    statements: tuple[PropertyValue, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Competing values for one property, best first, which of them is preferred in words, and the reasons for it."""

    about: DisplayText
    sentence: str
    statements: tuple[PropertyValue, ...]
    reasons: tuple[DisplayText, ...]


def facts(view: View, node: NamedNode, *, without: Container[NamedNode] = ()) -> tuple[Fact, ...]:
    """Return everything stated about ``node`` by property, but for the properties in ``without``."""
    by_property = view.once(_statements, node)
    found = [
        Fact(view.label(predicate), local_name(predicate.value), tuple(items))
        for predicate, items in by_property.items()
        if predicate not in without
    ]
    return tuple(sorted(found, key=_place))


def disagreements(view: View, node: NamedNode) -> tuple[Disagreement, ...]:
    """Return the properties of ``node`` for which claims compete: one is preferred, deprecated or disputed."""
    slots: dict[tuple[NamedNode, str], list[PropertyValue]] = defaultdict(list)
    for predicate, value, claim in _claims(view, node):
        language = value.language or "" if isinstance(value, Literal) else ""
        slots[predicate, language].append(_statement(view, predicate, value, claim))
    found = []
    for (predicate, _), items in slots.items():
        standings = [item.backing for item in items if item.backing]
        competing = len({item.value for item in items}) > 1 or any(item.rank == "deprecated" for item in standings)
        if competing and any(item.rank != "normal" or item.verification == "disputed" for item in standings):
            found.append(disagreement(view, view.label(predicate), sorted(items, key=_standing)))
    return tuple(sorted(found, key=lambda item: item.about.text))


def disagreement(view: View, about: DisplayText, items: Iterable[PropertyValue]) -> Disagreement:
    """Return the disagreement over ``about`` between ``items``, best first."""
    statements = tuple(items)
    return Disagreement(
        about=about,
        sentence=_sentence(view, statements).in_language(view.language),
        statements=statements,
        reasons=reasons(item.backing for item in statements if item.backing),
    )


def _sentence(view: View, statements: Iterable[PropertyValue]) -> Message:
    """Return what is said, and what of it counts."""
    by_rank: dict[str, dict[str, PropertyValue]] = defaultdict(dict)
    for item in statements:
        by_rank[item.backing.rank if item.backing else "normal"].setdefault(isolated(item.value.text), item)
    preferred, doubtful = by_rank["preferred"], by_rank["deprecated"]
    values = enumerated(dict.fromkeys(value for items in by_rank.values() for value in items), view.language)
    if preferred:
        value, item = next(iter(preferred.items()))
        source = next((passage.source.text for passage in item.backing.passages), "") if item.backing else ""
        if source:
            return Message(
                "Sources give {values}. Preferred is {preferred}, which stands in “{source}”.",
                values=values,
                preferred=value,
                source=isolated(source),
            )
        return Message("Sources give {values}. Preferred is {preferred}.", values=values, preferred=value)
    if doubtful:
        return Message(
            "Sources give {values}. Not to be used: {deprecated}.",
            values=values,
            deprecated=enumerated(doubtful, view.language),
        )
    return Message("Sources give {values}. None is preferred.", values=values)


def reasons(standings: Iterable[Backing]) -> tuple[DisplayText, ...]:
    """Return the curators' notes and the rationale of the defects behind ``standings``, each once."""
    texts = [
        text
        for standing in standings
        for text in (*(reason for defect in standing.defects for reason in defect.rationale), *standing.notes)
    ]
    return tuple(dict.fromkeys(texts))


def _statements(view: View, node: NamedNode) -> dict[NamedNode, list[PropertyValue]]:
    by_property: dict[NamedNode, list[PropertyValue]] = defaultdict(list)
    claimed: set[tuple[NamedNode, Term]] = set()
    for predicate, value, claim in _claims(view, node):
        claimed.add((predicate, value))
        by_property[predicate].append(_statement(view, predicate, value, claim))
    # A name that the build composed is shown as such, not as one that a source gives.
    claimed.update((SKOS.prefLabel, name) for name in view.graph.literals(node, COOP.composedName))
    for predicate, values in view.graph.about(node).items():
        if predicate in (RDF.type, DCTERMS.identifier):
            continue
        in_order = sorted(values, key=_place_in_week) if predicate == SCHEMA.dayOfWeek else values
        for value in in_order:
            if (predicate, value) not in claimed:
                by_property[predicate].append(_statement(view, predicate, value, None))
    for predicate, items in by_property.items():
        if predicate != SCHEMA.dayOfWeek:
            items.sort(key=_standing)
    return by_property


def _claims(view: View, node: NamedNode) -> Iterable[tuple[NamedNode, Term, NamedNode]]:
    for claim in view.graph.subjects(RDF.subject, node):
        predicate = view.graph.link(claim, RDF.predicate)
        for value in view.graph.values(claim, RDF.object):
            if predicate is not None:
                yield predicate, value, claim


def _statement(view: View, predicate: NamedNode, value: Term, claim: NamedNode | None) -> PropertyValue:
    tag = value.language if isinstance(value, Literal) else None
    return PropertyValue(
        value=view.value(predicate, value),
        language_name=language_name(tag, view.language) if tag else "",
        backing=backing(view, claim) if claim else None,
    )


def _place_in_week(day: Term) -> int:
    return weekday_place(local_name(day.value))


def _standing(statement: PropertyValue) -> tuple[int, str, str]:
    rank = statement.backing.rank if statement.backing else "normal"
    return RANKS.get(rank, 1), statement.value.tag, statement.value.text


def _place(fact: Fact) -> tuple[int, str]:
    if fact.key in _FIRST:
        return _FIRST.index(fact.key), ""
    return len(_FIRST) + (fact.key in _LAST), fact.property.text
