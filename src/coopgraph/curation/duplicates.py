"""Duplicate candidates: entities that have a name, a homepage or a registration number in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

from coopgraph.messages.message import Message
from coopgraph.model.iris import EntityName, entity_name
from coopgraph.model.nearest_names import nearest_names
from coopgraph.model.same_words import words_key
from coopgraph.model.search_text import folded
from coopgraph.rdf.namespaces import COOP, FOAF, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple

_NAMES = frozenset({SKOS.prefLabel, SKOS.altLabel, COOP.formerName})
_NUMBERS = frozenset({COOP.registrationNumber})

_WHAT: Mapping[str, Message] = {
    "name": Message("the same name"),
    "homepage": Message("the same homepage"),
    "number": Message("the same registration number"),
}


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """An entity that may be another one, what both have, and that itself."""

    entity: EntityName
    other: EntityName
    what: str
    value: str

    @property
    def message(self) -> Message:
        """The question whether they are one."""
        return Message(
            "Is {entity} the same as {other}? Both have {what}: {value}",
            entity=self.entity.slug,
            other=f"{self.other.segment}/{self.other.slug}",
            what=_WHAT[self.what],
            value=self.value,
        )


class DistinguishingFeature(NamedTuple):
    """A name, homepage or registration number of an entity: as it is compared, and as it is written."""

    entity: EntityName
    what: str
    compared: str
    written: str


def duplicate_candidates(
    stated: Iterable[Triple], known: Iterable[DistinguishingFeature]
) -> tuple[DuplicateCandidate, ...]:
    """Return which entities that ``stated`` describes may be others of the same kind, there or among those ``known``.

    Names are compared in all languages at once, without case, accents and spaces; homepages without ``www.``. Each pair
    comes once, with the first thing that both have.
    """
    described = distinguishing_features(stated)
    holders: defaultdict[tuple[str, str, str], dict[EntityName, str]] = defaultdict(dict)
    for entity, what, key, value in chain(described, known):
        holders[entity.segment, what, key].setdefault(entity, value)
    wanted = {feature.entity for feature in described}
    found: dict[frozenset[EntityName], DuplicateCandidate] = {}
    for (_, what, _), held in sorted(holders.items(), key=lambda item: (list(_WHAT).index(item[0][1]), item[0])):
        for entity in sorted(wanted.intersection(held)):
            for other in sorted(held.keys() - {entity}):
                candidate = DuplicateCandidate(entity, other, what, held[other])
                found.setdefault(frozenset((entity, other)), candidate)
    return tuple(found.values())


def same_slug_words(slug: str, slugs: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``slugs``, but ``slug`` itself, that have its words in any order, or nearly its letters."""
    others = [other for other in slugs if other != slug]
    words = sorted(slug.split("-"))
    same = [other for other in others if sorted(other.split("-")) == words]
    return tuple(dict.fromkeys((*same, *nearest_names(slug, others, likeness=0.85))))


def distinguishing_features(triples: Iterable[Triple]) -> tuple[DistinguishingFeature, ...]:
    """Return what the claims among ``triples`` say of entities that two of them seldom have in common."""
    return tuple(_features(triples))


def _features(triples: Iterable[Triple]) -> Iterator[DistinguishingFeature]:
    claims: defaultdict[Term, dict[NamedNode, Term]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate in (RDF.subject, RDF.predicate, RDF.object):
            claims[triple.subject][triple.predicate] = triple.object  # type: ignore[index,assignment]  # RDF 1.1
    for parts in claims.values():
        subject, predicate, value = (parts.get(part) for part in (RDF.subject, RDF.predicate, RDF.object))
        entity = entity_name(subject.value) if isinstance(subject, NamedNode) else None
        if entity and "." not in entity.slug and predicate is not None and value is not None:
            for what, key, written in _compared(predicate, value):
                if key:
                    yield DistinguishingFeature(entity, what, key, written)


def _compared(predicate: Term, value: Term) -> Iterator[tuple[str, str, str]]:
    if predicate in _NAMES and isinstance(value, Literal):
        yield "name", folded(value.value).replace(" ", ""), value.value
    elif predicate in _NUMBERS and isinstance(value, Literal):
        yield "number", words_key(value.value, any_case=True).replace("-", ""), value.value
    elif predicate == FOAF.homepage and isinstance(value, NamedNode):
        split = urlsplit(value.value)
        host = (split.hostname or "").removeprefix("www.")
        yield "homepage", host + split.path.rstrip("/").casefold() if host else "", value.value
