"""Reach of shapes: what of the data can decide on a focus node, and which focus nodes a change can reach.

A result for a node can only depend on triples that some solution of the shape's patterns uses, as
:mod:`~coopgraph.validation.engines.constraint_patterns` finds them, or, for the constraints of SHACL Core that are
known here, on the node's own triples and the classes of its values. So shapes give the same results for a node on those
triples as on all of the data; and a triple that comes or goes changes results only for the nodes that such a solution,
before or after, leads to. What cannot be taken apart has no reach: then all of the data has to be validated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, cast

from coopgraph.rdf.index import Index, TripleLookup, remembered_lookup
from coopgraph.rdf.namespaces import RDF, RDFS, SH
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple
from coopgraph.validation.engines.constraint_patterns import (
    THIS,
    Conjunction,
    TriplePattern,
    UnknownSyntax,
    conjunctions,
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
    """One shape: its targets, the patterns of its constraints, and the property whose values' classes it looks at."""

    name: str
    classes: frozenset[Term]
    subjects_of: frozenset[NamedNode]
    objects_of: frozenset[NamedNode]
    nodes: frozenset[Term]
    components: tuple[Conjunction, ...]
    path: NamedNode | None

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

    def neighbourhood(self, nodes: Iterable[Node], match: TripleLookup) -> tuple[list[str], set[Triple]]:
        """Return the shapes that have any of ``nodes`` as target, and the data that decides on these nodes."""
        match = remembered_lookup(match)
        names: list[str] = []
        found = set(match(None, RDFS.subClassOf, None))
        alike: defaultdict[NodeTraits, list[Node]] = defaultdict(list)
        for node in nodes:
            own = tuple(match(node, None, None))
            found.update(own)
            alike[self._traits(node, own, match)].append(node)
        seeded: defaultdict[Conjunction, set[Node]] = defaultdict(set)
        for shape in self._shapes:
            targets = shape.targets(alike)
            if targets:
                names.append(shape.name)
            found.update(t for node in targets for predicate in shape.objects_of for t in match(None, predicate, node))
            for component in shape.components:
                if targets:
                    seeded[component] |= targets
            if shape.path:
                for node in targets:
                    for triple in match(node, shape.path, None):
                        found.update(match(_term(triple.object), RDF.type, None))
        for component, targets in seeded.items():
            found.update(_used(component, {THIS: targets} if _speaks_of_this(component) else {}, match))
        return names, found

    def _traits(self, node: Node, own: Iterable[Triple], match: TripleLookup) -> NodeTraits:
        return NodeTraits(
            frozenset(_term(triple.object) for triple in own if triple.predicate == RDF.type),
            frozenset(triple.predicate for triple in own),
            frozenset(predicate for predicate in self._objects_of if any(True for _ in match(None, predicate, node))),
        )

    def affected(self, changed: Iterable[Triple], match: TripleLookup) -> set[Node]:
        """Return the nodes for which the triples ``changed``, which came or went, can change a result, and more.

        ``match`` looks up triples that are there before or after. Raises :class:`Unreachable` where all could be.
        """
        match, changed = remembered_lookup(match), tuple(changed)
        nodes: set[Term] = set()
        for triple in changed:
            if triple.predicate == RDFS.subClassOf:
                raise Unreachable("a class changed")
            nodes.add(_term(triple.subject))
            if triple.predicate in self._objects_of:
                nodes.add(_term(triple.object))
            if triple.predicate == RDF.type:
                for path in {shape.path for shape in self._shapes if shape.path}:
                    nodes.update(_term(other.subject) for other in match(None, path, _term(triple.subject)))
        by_property: defaultdict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in changed:
            by_property[triple.predicate].append(triple)
        for component in {component for shape in self._shapes for component in shape.components}:
            for pattern in component:
                of_property = [by_property.get(item, []) for item in pattern.predicates] if pattern.predicates else None
                found = _within(pattern, {}, changed if of_property is None else chain.from_iterable(of_property))
                if found:
                    others = tuple(other for other in component if other != pattern)
                    nodes |= _focus_nodes(others, dict(_bound(pattern, found)), match)
        return {node for node in nodes if isinstance(node, NamedNode | BlankNode)}


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
    for constraint in held.get(SH.sparql, ()):
        try:
            for conjunction in conjunctions(_text(about[constraint].get(SH.select, [])), prefixes):
                components += _components(conjunction)
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


def _speaks_of_this(component: Conjunction) -> bool:
    return any(THIS in pattern.variables for pattern in component)


def _focus_nodes(patterns: Conjunction, known: Mapping[str, set[Term]], match: TripleLookup) -> set[Term]:
    """Return the focus nodes of all solutions of a conjunction in which variables have one of the ``known`` terms."""
    domains, held = _narrowed(patterns, known, match)
    if len(held) < len(patterns):
        return set()
    if THIS not in domains:
        raise Unreachable("a condition on all nodes changed")
    return set(domains[THIS])


def _used(patterns: Conjunction, known: Mapping[str, Collection[Term]], match: TripleLookup) -> Iterator[Triple]:
    """Yield all triples that solutions of a conjunction use, but for the own ones of focus nodes, which are at hand.

    ``known`` are the terms that variables may have.
    """
    domains, held = _narrowed(patterns, known, match)
    if len(held) == len(patterns):
        for pattern, triples in held:
            if pattern.subject != THIS:
                yield from _within(pattern, domains, triples)


def _narrowed(
    patterns: Conjunction, known: Mapping[str, Collection[Term]], match: TripleLookup
) -> tuple[Mapping[str, Collection[Term]], list[tuple[TriplePattern, list[Triple]]]]:
    """Return the terms that variables may have, and the triples for each pattern, up to one that has none.

    Variables are narrowed from pattern to pattern, each by itself, as semi-joins do. So some triples and terms may come
    that no solution uses; they are true, and so change no result.
    """
    domains: dict[str, Collection[Term]] = dict(known)
    left, held = list(patterns), list[tuple[TriplePattern, list[Triple]]]()
    while left:
        pattern = min(left, key=lambda item: _cost(item, domains))
        left.remove(pattern)
        triples = _within(pattern, domains, _looked_up(pattern, domains, match))
        if not triples:
            break
        for variable, terms in _bound(pattern, triples):
            domains[variable] = terms
        held.append((pattern, triples))
    return domains, held


def _cost(pattern: TriplePattern, domains: Mapping[str, Collection[Term]]) -> tuple[bool, bool, bool]:
    joined = not pattern.variables or any(variable in domains for variable in pattern.variables)
    return not joined, _domain(pattern.subject, domains) is None, _domain(pattern.value, domains) is None


def _looked_up(
    pattern: TriplePattern, domains: Mapping[str, Collection[Term]], match: TripleLookup
) -> Iterator[Triple]:
    """Yield the triples with a property of the pattern, from its subjects or else from its values.

    A subject has few values of a property, but a value, such as a class, may have any number of subjects.
    """
    subjects, values = _domain(pattern.subject, domains), _domain(pattern.value, domains)
    for predicate in pattern.predicates or (None,):
        if subjects is not None:
            for subject in subjects:
                if not isinstance(subject, Literal):
                    yield from match(subject, predicate, None)
        elif values is not None:
            for value in values:
                yield from match(None, predicate, value)
        else:
            yield from match(None, predicate, None)


def _within(pattern: TriplePattern, domains: Mapping[str, Collection[Term]], triples: Iterable[Triple]) -> list[Triple]:
    """Return those of ``triples`` whose terms may stand where they stand in the pattern."""
    subjects, predicates, values = (
        _domain(term, domains) for term in (pattern.subject, pattern.variable, pattern.value)
    )
    return [
        triple
        for triple in triples
        if (values is None or triple.object in values)
        and (predicates is None or triple.predicate in predicates)
        and (subjects is None or triple.subject in subjects)
    ]


def _bound(pattern: TriplePattern, triples: Sequence[Triple]) -> Iterator[tuple[str, set[Term]]]:
    """Yield what the variables of a pattern have in ``triples``."""
    if isinstance(pattern.subject, str):
        yield pattern.subject, cast(set[Term], {triple.subject for triple in triples})
    if pattern.variable:
        yield pattern.variable, {triple.predicate for triple in triples}
    if isinstance(pattern.value, str):
        yield pattern.value, cast(set[Term], {triple.object for triple in triples})


def _domain(term: NamedNode | str, domains: Mapping[str, Collection[Term]]) -> Collection[Term] | None:
    """Return the terms that a term of a pattern may be; None where it may be any."""
    return (term,) if isinstance(term, NamedNode) else domains.get(term)


def _term(term: object) -> Term:
    # What was read is RDF 1.1, so no triple stands inside a triple.
    return cast(Term, term)


def _text(values: Sequence[Term]) -> str:
    if len(values) != 1 or not isinstance(values[0], Literal):
        raise Unreachable("a query without its text")
    return values[0].value
