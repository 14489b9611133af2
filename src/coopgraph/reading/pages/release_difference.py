"""Difference of two releases in words: entity by entity, property by property, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal as OneOf

from coopgraph.model.iris import BASE, entity_name
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import RDF, SKOS
from coopgraph.rdf.terms import NamedNode, Term, Triple
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.release_changes import ReleaseChanges
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

MOST_STATEMENTS_TOLD = 60_000
"""Statements up to which a difference is told entity by entity."""

MOST_ENTITIES_SHOWN = 200
"""Entities that a page tells of."""

_NAMED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PropertyDifference:
    """A property of an entity, or of a record of it (``thing``): the values that it had, and those that it has."""

    thing: DisplayText
    property: DisplayText
    before: tuple[DisplayText, ...]
    after: tuple[DisplayText, ...]


@dataclass(frozen=True, slots=True)
class EntityDifference:
    """An entity that is new, gone or changed."""

    entity: DisplayText
    kind: OneOf["new", "gone", "changed"]
    properties: tuple[PropertyDifference, ...]


@dataclass(frozen=True, slots=True)
class ReleaseDifference:
    """How two releases differ: ``added`` and ``removed`` are numbers of statements, ``counts`` of entities by kind.

    ``untold`` is how many of the entities are not in ``entities``.
    """

    before: str
    after: str
    added: int
    removed: int
    counts: dict[str, int]
    entities: tuple[EntityDifference, ...]
    untold: int


def release_difference(changes: ReleaseChanges, reading: Source, words: Vocabulary, language: str) -> ReleaseDifference:
    """Return a difference in the reader's language; ``reading`` knows the names of what did not change."""
    sizes = len(changes.added), len(changes.removed)
    if sum(sizes) > MOST_STATEMENTS_TOLD:
        return ReleaseDifference(changes.before, changes.after, *sizes, {}, (), 0)
    added, removed = changes.triples()
    by_entity: defaultdict[str, list[tuple[bool, Triple]]] = defaultdict(list)
    for is_new, triples in ((False, removed), (True, added)):
        for triple in triples:
            if owner := _owner(triple.subject, changes.entities):
                by_entity[owner].append((is_new, triple))
    kinds = {owner: _kind(owner, said) for owner, said in by_entity.items()}
    shown = sorted(by_entity)[:MOST_ENTITIES_SHOWN]
    said = {triple for owner in shown for _, triple in by_entity[owner]}
    view = View(Graph([*said, *_names(said, shown, reading)]), words, language)
    entities = tuple(
        EntityDifference(_entity(owner, view), kinds[owner], tuple(_properties(owner, by_entity[owner], view)))
        for owner in shown
    )
    counts = {kind: sum(found == kind for found in kinds.values()) for kind in ("new", "changed", "gone")}
    return ReleaseDifference(changes.before, changes.after, *sizes, counts, entities, len(by_entity) - len(shown))


def _owner(subject: Term | Triple, entities: Mapping[str, str]) -> str:
    """Return the IRI of what a statement is counted with; the empty text for blank nodes and things of others.

    A record, such as a claim, counts towards the entity with whose name its own begins.
    """
    if not isinstance(subject, NamedNode) or not subject.value.startswith(BASE):
        return ""
    name = entity_name(subject.value)
    return entities.get(name.owner_slug, subject.value) if name else subject.value


def _kind(owner: str, said: Iterable[tuple[bool, Triple]]) -> OneOf["new", "gone", "changed"]:
    node = NamedNode(owner)
    types = {is_new for is_new, triple in said if triple.predicate == RDF.type and triple.subject == node}
    if types == {True}:
        return "new"
    return "gone" if types == {False} else "changed"


def _entity(owner: str, view: View) -> DisplayText:
    return view.name(NamedNode(owner)) if entity_name(owner) else view.label(owner)


def _properties(owner: str, said: Sequence[tuple[bool, Triple]], view: View) -> Iterator[PropertyDifference]:
    """Yield what changed: the plain statements, which are made of claims; where there are none, the claims' own."""
    claims = {triple.subject for _, triple in said if _is_claim(triple.subject)}
    told = [item for item in said if item[1].subject not in claims] or said
    values: dict[tuple[NamedNode, NamedNode], tuple[list[Term], list[Term]]] = {}
    for is_new, triple in sorted(told, key=lambda item: str(item[1])):
        if triple.predicate not in _UNSAID and isinstance(triple.subject, NamedNode):
            both = values.setdefault((triple.subject, triple.predicate), ([], []))
            both[is_new].append(triple.object)  # type: ignore[arg-type]  # RDF 1.1
    for (subject, predicate), (before, after) in values.items():
        yield PropertyDifference(
            view.name(subject, owner) if subject.value != owner else DisplayText(""),
            view.label(predicate),
            tuple(view.value(predicate, term) for term in before),
            tuple(view.value(predicate, term) for term in after),
        )


_UNSAID = frozenset({RDF.type})
"""What the name of a thing says already."""


def _is_claim(subject: Term | Triple) -> bool:
    name = entity_name(subject.value) if isinstance(subject, NamedNode) else None
    return name is not None and name.segment == "claim"


def _names(said: Iterable[Triple], shown: Iterable[str], reading: Source) -> Iterator[Triple]:
    """Yield the names of all that is told of, as the release has them now."""
    terms = {term for triple in said for term in (triple.subject, triple.object)}
    nodes = {term.value for term in terms if isinstance(term, NamedNode) and entity_name(term.value)}
    wanted = iter(sorted({*nodes, *shown}))
    while some := tuple(islice(wanted, _NAMED_AT_ONCE)):
        for row in reading.rows("labels", things=tuple(map(NamedNode, some))):
            thing, label = row["thing"], row["label"]
            if isinstance(thing, NamedNode):
                yield Triple(thing, SKOS.prefLabel, label)
