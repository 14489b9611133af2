"""Reach of shapes: what of the data can decide on a focus node, and which focus nodes a change can reach.

A result for a node can only depend on triples that some solution of the shape's patterns uses, as
:mod:`~coopgraph.validation.engines.constraint_patterns` finds them, or, for the constraints of SHACL Core that are
known here, on the node's own triples and the classes of its values. So shapes give the same results for a node on those
triples as on all of the data; and a triple that comes or goes changes results only for the nodes that such a solution,
before or after, leads to. What cannot be taken apart has no reach: then all of the data has to be validated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, cast

from coopgraph.rdf.index import Index, TripleLookup
from coopgraph.rdf.namespaces import RDF, RDFS, SH
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple
from coopgraph.validation.engines.constraint_patterns import (
    THIS,
    Conjunction,
    TriplePattern,
    UnknownSyntax,
    conjunctions,
)
from coopgraph.validation.semi_joins import (
    TermLookup,
    TripleTerms,
    UnboundFocus,
    bound,
    fitting,
    focus_nodes,
    remembered_term_lookup,
    used_triples,
    with_terms,
)

_TARGETS = frozenset((SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf))
_ABOUT = frozenset((RDF.type, SH.severity, SH.message, SH.name, SH.description))
_LOCAL = frozenset(
    (
        SH.datatype,
        SH.flags,
        SH.languageIn,
        SH.maxCount,
        SH.maxLength,
        SH.minCount,
        SH.minLength,
        SH.nodeKind,
        SH.pattern,
        SH.qualifiedMaxCount,
        SH.qualifiedMinCount,
        SH.qualifiedValueShape,
        SH.uniqueLang,
        *map(SH.term, ("class", "in", "not")),
    )
)
"""Constraints of SHACL Core that look at no more than values and their classes."""


class Unreachable(ValueError):
    """The shapes cannot be followed: only the whole data tells."""


class NodeTraits(NamedTuple):
    """What makes nodes targets: their classes, the properties that they have, and those of which they are values, as
    far as any shape's ``sh:targetObjectsOf`` asks.
    """

    classes: frozenset[Term]
    subject_of: frozenset[NamedNode]
    object_of: frozenset[NamedNode]


@dataclass(frozen=True, slots=True)
class ShapeReach:
    """One shape: its targets, the patterns of its constraints, and the property whose values' classes it looks at.

    ``own`` are the properties of a focus node itself that it looks at; None where that may be any.
    """

    name: str
    classes: frozenset[Term]
    subjects_of: frozenset[NamedNode]
    objects_of: frozenset[NamedNode]
    nodes: frozenset[Term]
    components: tuple[Conjunction, ...]
    path: NamedNode | None
    own: frozenset[NamedNode] | None

    def targets(self, nodes: Mapping[NodeTraits, Collection[Node]]) -> set[Node]:
        """Return those of ``nodes`` that are target nodes of the shape."""
        found: set[Node] = set()
        for traits, some in nodes.items():
            if (
                not self.classes.isdisjoint(traits.classes)
                or not self.subjects_of.isdisjoint(traits.subject_of)
                or not self.objects_of.isdisjoint(traits.object_of)
            ):
                found.update(some)
            elif self.nodes:
                found.update(node for node in some if node in self.nodes)
        return found


class Reach:
    """The reach of all shapes of a graph."""

    def __init__(self, shapes: Sequence[ShapeReach]) -> None:
        self._shapes = shapes
        self._objects_of = frozenset(predicate for shape in shapes for predicate in shape.objects_of)
        self._subjects_of = frozenset(predicate for shape in shapes for predicate in shape.subjects_of)

    def neighbourhood(
        self,
        nodes: Iterable[Node],
        match: TripleLookup,
        *,
        changed: Iterable[Triple] = (),
        standing: StandingTriples | None = None,
        large: Collection[Node] = (),
    ) -> tuple[list[str], set[Triple]]:
        """Return the shapes that have any of ``nodes`` as target, and the data that decides on these nodes.

        Of nodes that may be ``large``, such as a set that has to do with every file, only what shapes look at is looked
        up. ``standing`` keeps what the triples ``changed``, since it was begun, cannot concern.
        """
        standing = standing or StandingTriples()
        predicates = {triple.predicate for triple in changed}
        lookup = remembered_term_lookup(match)
        names: list[str] = []
        found = {triple for triple, *_ in lookup(None, RDFS.subClassOf, None)}
        alike: defaultdict[NodeTraits, list[Node]] = defaultdict(list)
        for node in nodes:
            if node in large:
                alike[self._looked_up_traits(node, lookup)].append(node)
            else:
                own = lookup(node, None, None)
                found.update(triple for triple, *_ in own)
                alike[self._traits(node, own, lookup)].append(node)
        seeded: defaultdict[Conjunction, set[Node]] = defaultdict(set)
        for shape in self._shapes:
            targets = shape.targets(alike)
            if targets:
                names.append(shape.name)
            for node in targets.intersection(large):
                for asked in (None,) if shape.own is None else shape.own:
                    found.update(triple for triple, *_ in lookup(node, asked, None))
            for predicate in shape.objects_of:
                found.update(triple for node in targets for triple, *_ in lookup(None, predicate, node))
            for component in shape.components:
                if targets:
                    seeded[component] |= targets
            if shape.path:
                for node in targets:
                    for *_, value in lookup(node, shape.path, None):
                        found.update(triple for triple, *_ in lookup(value, RDF.type, None))
        for component, targets in seeded.items():
            if _speaks_of_this(component):
                found.update(used_triples(component, {THIS: targets}, lookup))
            else:
                found.update(standing.of(component, lookup, predicates))
        return names, found | _of_classes(found, lookup)

    def _traits(self, node: Node, own: Iterable[TripleTerms], lookup: TermLookup) -> NodeTraits:
        return NodeTraits(
            frozenset(value for _, _, predicate, value in own if predicate == RDF.type),
            frozenset(predicate for _, _, predicate, _ in own),
            frozenset(predicate for predicate in self._objects_of if lookup(None, predicate, node)),
        )

    def _looked_up_traits(self, node: Node, lookup: TermLookup) -> NodeTraits:
        return NodeTraits(
            frozenset(value for *_, value in lookup(node, RDF.type, None)),
            frozenset(predicate for predicate in self._subjects_of if lookup(node, predicate, None)),
            frozenset(predicate for predicate in self._objects_of if lookup(None, predicate, node)),
        )

    def affected(self, changed: Iterable[Triple], match: TripleLookup) -> set[Node]:
        """Return the nodes for which the triples ``changed``, which came or went, can change a result, and more.

        ``match`` looks up triples that are there before or after. Raises :class:`Unreachable` where all could be.
        """
        lookup = remembered_term_lookup(match)
        nodes: set[Term] = set()
        by_property: defaultdict[NamedNode, list[TripleTerms]] = defaultdict(list)
        for item in with_terms(changed):
            _, subject, predicate, value = item
            by_property[predicate].append(item)
            if predicate == RDFS.subClassOf:
                raise Unreachable("a class changed")
            nodes.add(subject)
            if predicate in self._objects_of:
                nodes.add(value)
            if predicate == RDF.type:
                for path in {shape.path for shape in self._shapes if shape.path}:
                    nodes.update(other for _, other, _, _ in lookup(None, path, subject))
        for component in {component for shape in self._shapes for component in shape.components}:
            for pattern in component:
                asked = pattern.predicates or by_property.keys()
                found = fitting(pattern, {}, chain.from_iterable(by_property.get(item, ()) for item in asked))
                if found:
                    others = tuple(other for other in component if other != pattern)
                    try:
                        nodes |= focus_nodes(others, dict(bound(pattern, found)), lookup)
                    except UnboundFocus as error:
                        raise Unreachable("a condition on all nodes changed") from error
        return {node for node in nodes if isinstance(node, NamedNode | BlankNode)}


class StandingTriples:
    """What the conditions use that have nothing to do with a focus node, kept as long as no change concerns it."""

    def __init__(self) -> None:
        self._used: dict[Conjunction, frozenset[Triple]] = {}

    def of(self, component: Conjunction, lookup: TermLookup, changed: Set[NamedNode]) -> frozenset[Triple]:
        """Return the triples that solutions of a condition use, where triples with the properties ``changed`` differ
        from those that are known.
        """
        if not _stands(component, changed):
            return frozenset(used_triples(component, {}, lookup))
        if component not in self._used:
            self._used[component] = frozenset(used_triples(component, {}, lookup))
        return self._used[component]

    def forget(self, changed: Set[NamedNode]) -> None:
        """Forget what triples with the properties ``changed``, which came or went, can concern."""
        self._used = {component: used for component, used in self._used.items() if _stands(component, changed)}


def _stands(component: Conjunction, changed: Set[NamedNode]) -> bool:
    return all(bool(pattern.predicates) and pattern.predicates.isdisjoint(changed) for pattern in component)


def reach_of(shapes: Iterable[Triple], vocabulary: Index) -> Reach:
    """Return the reach of ``shapes``, which come with the declarations of the prefixes of their queries.

    Raises :class:`Unreachable` where a shape has a constraint or target that is not known here.
    """
    about: defaultdict[object, defaultdict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in shapes:
        about[triple.subject][triple.predicate].append(_term(triple.object))
    prefixes = {
        _text(held[SH.prefix]): _text(held[SH.namespace]) for held in list(about.values()) if SH.namespace in held
    }
    found = []
    for shape, held in list(about.items()):
        if _TARGETS & held.keys():
            found.append(_shape(shape, held, about, prefixes, vocabulary))
        elif SH.target in held or (SH.property in held) or RDFS.Class in held.get(RDF.type, ()):
            raise Unreachable(f"{shape} has another kind of target")
    return Reach(found)


def _shape(
    shape: object,
    held: Mapping[NamedNode, list[Term]],
    about: Mapping[object, Mapping[NamedNode, list[Term]]],
    prefixes: Mapping[str, str],
    vocabulary: Index,
) -> ShapeReach:
    if not isinstance(shape, NamedNode):
        raise Unreachable("a shape without a name")
    paths = held.get(SH.path, [])
    own = {predicate for predicate in held if predicate not in _TARGETS | _ABOUT | {SH.path, SH.sparql}}
    _demand_local(own, held, about)
    if len(paths) > 1 or any(not isinstance(path, NamedNode) for path in paths) or (paths and SH.sparql in held):
        raise Unreachable(f"{shape} has a path that is no property")
    components: list[Conjunction] = []
    patterns: list[TriplePattern] = []
    for constraint in held.get(SH.sparql, ()):
        try:
            for conjunction in conjunctions(_text(about[constraint].get(SH.select, [])), prefixes):
                components += _components(conjunction)
                patterns += (pattern for pattern in conjunction if pattern.subject == THIS)
        except UnknownSyntax as error:
            raise Unreachable(f"{shape}: {error}") from error
    classes = {kind for named in held.get(SH.targetClass, ()) for kind in (named, *_descendants(named, vocabulary))}
    return ShapeReach(
        shape.value,
        frozenset(classes),
        frozenset(term for term in held.get(SH.targetSubjectsOf, ()) if isinstance(term, NamedNode)),
        frozenset(term for term in held.get(SH.targetObjectsOf, ()) if isinstance(term, NamedNode)),
        frozenset(held.get(SH.targetNode, ())),
        tuple(dict.fromkeys(components)),
        next((path for path in paths if isinstance(path, NamedNode)), None),
        frozenset(
            (
                RDF.type,
                *(item for item in (*paths, *held.get(SH.targetSubjectsOf, ())) if isinstance(item, NamedNode)),
                *chain.from_iterable(pattern.predicates for pattern in patterns),
            )
        )
        if all(pattern.predicates for pattern in patterns)
        else None,
    )


def _demand_local(
    own: Iterable[NamedNode],
    held: Mapping[NamedNode, list[Term]],
    about: Mapping[object, Mapping[NamedNode, list[Term]]],
) -> None:
    for predicate in own:
        if predicate not in _LOCAL:
            raise Unreachable(f"the constraint {predicate}")
        if predicate in (SH.term("not"), SH.qualifiedValueShape):
            for inner in held[predicate]:
                _demand_local(set(about[inner]) - _ABOUT, about[inner], about)


def _descendants(kind: Term, vocabulary: Index) -> set[Node]:
    found: set[Node] = set()
    waiting: list[Term] = [kind]
    while waiting:
        new = set(vocabulary.subjects(RDFS.subClassOf, waiting.pop())) - found
        found |= new
        waiting.extend(new)
    return found


def _components(conjunction: Conjunction) -> Iterator[Conjunction]:
    """Yield the parts of a conjunction that share no variable; those that only look at a node's own triples are left
    out, since these are always at hand."""
    left = list(conjunction)
    while left:
        part, variables = [left.pop(0)], set[str]()
        grown = True
        while grown:
            variables = {variable for pattern in part for variable in pattern.variables}
            more = [pattern for pattern in left if pattern.variables & variables]
            part += more
            left = [pattern for pattern in left if pattern not in more]
            grown = bool(more)
        ordered = tuple(pattern for pattern in conjunction if pattern in part)
        if THIS not in variables and not any(pattern.predicates for pattern in ordered):
            raise Unreachable("patterns of variables only")
        if any(pattern.subject != THIS for pattern in ordered):
            yield ordered


def _of_classes(triples: Iterable[Triple], lookup: TermLookup) -> set[Triple]:
    """Return the classes of the classes that ``triples`` name.

    An engine takes every target that it sees for a focus node; where these are missing it tells of all neighbours that
    their classes are not known, which costs more than all else.
    """
    found: set[Triple] = set()
    waiting = {_term(triple.object) for triple in triples if triple.predicate == RDF.type}
    seen: set[Term] = set()
    while waiting:
        seen |= waiting
        typed = [item for kind in waiting for item in lookup(kind, RDF.type, None)]
        found.update(triple for triple, *_ in typed)
        waiting = {value for *_, value in typed} - seen
    return found


def _speaks_of_this(component: Conjunction) -> bool:
    return any(THIS in pattern.variables for pattern in component)


def _term(term: object) -> Term:
    # What was read is RDF 1.1, so no triple stands inside a triple.
    return cast(Term, term)


def _text(values: Sequence[Term]) -> str:
    if len(values) != 1 or not isinstance(values[0], Literal):
        raise Unreachable("a query without its text")
    return values[0].value
