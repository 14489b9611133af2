"""Difference of an entity before and after a change, in words: by record and property, with the sources it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from coopgraph.curation.workspace import Workspace
from coopgraph.desk.change_set import FileChange
from coopgraph.model.iris import entity_name
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import NamedNode, Term, Triple
from coopgraph.reading.pages.display_text import DisplayText, View
from coopgraph.reading.pages.evidence import Passage, passage
from coopgraph.reading.vocabulary import Vocabulary

_Kind = OneOf["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class ChangedProperty:
    """The values of one property that were there before alone, and those that are there after alone."""

    property: DisplayText
    before: tuple[DisplayText, ...]
    after: tuple[DisplayText, ...]


@dataclass(frozen=True, slots=True)
class ChangedThing:
    """An entity or a record that is new, gone or changed, and the passages that it rests on after the change."""

    iri: str
    name: DisplayText
    kind: _Kind
    properties: tuple[ChangedProperty, ...]
    passages: tuple[Passage, ...]


def changed_things(change: FileChange, files: Workspace, words: Vocabulary, language: str) -> tuple[ChangedThing, ...]:
    """Return what a change does, in the reader's language; ``files`` is the tree after the change."""
    graph = Graph([*change.added, *change.removed, *_around(change, files), *_claimed(change.removed)])
    view = View(graph, words, language)
    subjects = dict.fromkeys(triple.subject for triple in (*change.added, *change.removed))
    named = sorted((subject for subject in subjects if isinstance(subject, NamedNode)), key=_order)
    before, after = ({triple.subject for triple in stated} for stated in (change.stated_before, change.stated_after))
    return tuple(
        _thing(
            subject,
            "removed" if subject not in after else "added" if subject not in before else "changed",
            change,
            view,
        )
        for subject in named
    )


def names_in_tree(iris: Iterable[str], files: Workspace, words: Vocabulary, language: str) -> Mapping[str, DisplayText]:
    """Return what things of the tree are called, in the reader's language."""
    nodes = [NamedNode(iri) for iri in iris]
    near = {triple for node in nodes for triple in files.about(node)}
    further = set(_of_entities(triple.object for triple in near)) - set(nodes)
    view = View(Graph([*near, *(triple for term in further for triple in files.about(term))]), words, language)
    return {node.value: view.name(node) for node in nodes}


def _thing(subject: NamedNode, kind: _Kind, change: FileChange, view: View) -> ChangedThing:
    added = [triple for triple in change.added if triple.subject == subject]
    removed = [triple for triple in change.removed if triple.subject == subject]
    predicates = dict.fromkeys(triple.predicate for triple in (*added, *removed))
    return ChangedThing(
        subject.value,
        view.name(subject),
        kind,
        tuple(
            ChangedProperty(
                _label(subject, predicate, view),
                _values(predicate, removed, view),
                _values(predicate, added, view),
            )
            for predicate in sorted(predicates, key=lambda item: item.value)
            if predicate not in _UNSAID or kind == "changed"
        ),
        tuple(passage(view, item) for item in view.graph.links(subject, COOP.hasEvidence)),
    )


_UNSAID = frozenset({RDF.type, RDF.subject, RDF.predicate})
"""What the name of a new or lost record says already."""


def _label(subject: NamedNode, predicate: NamedNode, view: View) -> DisplayText:
    """Return the name of a property: that of a claim's value is the property that the claim is about."""
    about = view.graph.link(subject, RDF.predicate) if predicate == RDF.object else None
    return view.label(about or predicate)


def _values(predicate: NamedNode, triples: Iterable[Triple], view: View) -> tuple[DisplayText, ...]:
    found = (triple for triple in triples if triple.predicate == predicate)
    return tuple(view.value(predicate, triple.object) for triple in found if not isinstance(triple.object, Triple))


def _around(change: FileChange, files: Workspace) -> set[Triple]:
    """Return what the tree says of everything that the change names, and of the sources of its passages."""
    said = (*change.added, *change.removed)
    mentioned = set(_of_entities(term for triple in said for term in (triple.subject, triple.object)))
    near = {triple for term in mentioned for triple in files.about(term)}
    further = set(_of_entities(triple.object for triple in near if triple.predicate in _LEADING)) - mentioned
    return near | {triple for term in further for triple in files.about(term)}


def _claimed(stated: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what the claims among statements claim: by that alone a thing that is gone is still known by its name."""
    said: defaultdict[object, dict[NamedNode, Term]] = defaultdict(dict)
    for triple in stated:
        if not isinstance(triple.object, Triple):
            said[triple.subject][triple.predicate] = triple.object
    for claim in said.values():
        about, predicate, value = (claim.get(part) for part in (RDF.subject, RDF.predicate, RDF.object))
        if isinstance(about, NamedNode) and isinstance(predicate, NamedNode) and value is not None:
            yield Triple(about, predicate, value)


_LEADING = frozenset({COOP.isQuotedFrom, RDF.subject, COOP.isProvidedBy, COOP.hasEvidence})
"""Properties of what a change names whose values are shown with it."""


def _of_entities(terms: Iterable[object]) -> Iterator[NamedNode]:
    yield from (term for term in terms if isinstance(term, NamedNode) and entity_name(term.value))


def _order(subject: NamedNode) -> tuple[bool, str]:
    name = entity_name(subject.value)
    return ("." in name.slug if name else True), subject.value
