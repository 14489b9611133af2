"""Duplicate candidates: entities that have a name, a homepage or a registration number in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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


def duplicate_candidates(stated: Iterable[Triple], known: Iterable[Triple]) -> tuple[DuplicateCandidate, ...]:
    """Return which entities that ``stated`` describes may be others of the same kind, in ``stated`` or in ``known``.

    Names are compared in all languages at once, without case, accents and spaces; homepages without ``www.``. Each pair
    comes once, with the first thing that both have.
    """
    described = tuple(stated)
    holders: defaultdict[tuple[str, str, str], dict[EntityName, str]] = defaultdict(dict)
    wanted: set[EntityName] = set()
    for number, triples in enumerate((described, known)):
        for entity, what, key, value in _features(triples):
            holders[entity.segment, what, key].setdefault(entity, value)
            if number == 0:
                wanted.add(entity)
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


def _features(triples: Iterable[Triple]) -> Iterator[tuple[EntityName, str, str, str]]:
    """Yield entity, kind of feature, how it is compared and how it is written, for claims and for plain statements."""
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
                    yield entity, what, key, written


def _compared(predicate: Term, value: Term) -> Iterator[tuple[str, str, str]]:
    if predicate in _NAMES and isinstance(value, Literal):
        yield "name", folded(value.value).replace(" ", ""), value.value
    elif predicate in _NUMBERS and isinstance(value, Literal):
        yield "number", words_key(value.value, any_case=True).replace("-", ""), value.value
    elif predicate == FOAF.homepage and isinstance(value, NamedNode):
        split = urlsplit(value.value)
        host = (split.hostname or "").removeprefix("www.")
        yield "homepage", host + split.path.rstrip("/").casefold() if host else "", value.value
