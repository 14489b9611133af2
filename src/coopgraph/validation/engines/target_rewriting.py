"""Target rewriting: a shape's targets become the nodes that can fail, its queries run in full.

SHACL runs a SPARQL constraint once for each focus node, and starting a query costs more than most queries do. But a
node can only fail where the constraint's own query, run once with ``$this`` free, has a solution for it. So a shape
that has nothing but SPARQL constraints gets that query as its target (``sh:SPARQLTarget``, SHACL Advanced Features
3.1); the constraint itself then decides on the few nodes that are left.

``$this`` must be bound wherever the query speaks of it, as pre-binding would have it (SHACL 5.3.1). So the shape's own
targets are put at the start of every group, but for the group of an EXISTS, which sees the values around it. A query
where that might not be enough keeps its targets, and so does its shape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import RdfFormat, parse, serialize

from coopgraph.rdf.namespaces import RDF, RDFS, SH
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from coopgraph.validation.engines.constraint_queries import candidates, in_full

_TARGETS = frozenset((SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf))
_HARMLESS = _TARGETS | {RDF.type, SH.sparql, SH.severity, SH.message, SH.name, SH.description}
"""What a shape may have besides SPARQL constraints without having other constraints."""

_QUERIES = frozenset((SH.select, SH.ask))

_Held = Mapping[NamedNode, list[Term]]


def narrowed(shapes: bytes, data: bytes) -> bytes:
    """Return ``shapes`` (N-Triples) with narrower targets, which give the same results on ``data`` (N-Triples)."""
    triples = [quad.triple for quad in parse(shapes, format=RdfFormat.N_TRIPLES)]
    about: defaultdict[object, defaultdict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        about[subject][predicate].append(value)
    subclasses = _subclasses(data)
    targets: dict[object, list[Triple]] = {}
    for shape, held in list(about.items()):
        if isinstance(shape, NamedNode) and (found := _target(shape, held, about, subclasses)):
            targets[shape] = found
    kept = (_in_full(triple) for triple in triples if not (triple.subject in targets and triple.predicate in _TARGETS))
    added = (triple for found in targets.values() for triple in found)
    return serialize([*kept, *added], format=RdfFormat.N_TRIPLES) or b""


def _in_full(triple: Triple) -> Triple:
    if triple.predicate in _QUERIES and isinstance(triple.object, Literal):
        return Triple(triple.subject, triple.predicate, Literal(in_full(triple.object.value)))
    return triple


def _target(
    shape: NamedNode, held: _Held, about: Mapping[object, _Held], subclasses: Mapping[Term, set[Term]]
) -> list[Triple]:
    """Return the triples of the shape's new targets; none if it must stay as it is."""
    if SH.sparql not in held or not _TARGETS & held.keys() or not held.keys() <= _HARMLESS:
        return []
    members = " UNION ".join(_members(held, subclasses))
    made: list[Triple] = []
    for constraint in held[SH.sparql]:
        selects = about[constraint].get(SH.select, [])
        query = candidates(selects[0].value, members) if len(selects) == 1 and isinstance(selects[0], Literal) else None
        if query is None:
            return []
        node = BlankNode()
        made += [
            Triple(shape, SH.target, node),
            Triple(node, RDF.type, SH.SPARQLTarget),
            Triple(node, SH.select, Literal(in_full(query))),
            *(Triple(node, SH.prefixes, prefixes) for prefixes in about[constraint].get(SH.prefixes, [])),
        ]
    return made


def _members(held: _Held, subclasses: Mapping[Term, set[Term]]) -> Iterator[str]:
    classes = dict.fromkeys(
        kind for named in held.get(SH.targetClass, []) for kind in _with_subclasses(named, subclasses)
    )
    yield from (f"{{ ?this {RDF.type} {kind} }}" for kind in classes)
    yield from (f"{{ ?this {predicate} [] }}" for predicate in held.get(SH.targetSubjectsOf, []))
    yield from (f"{{ [] {predicate} ?this }}" for predicate in held.get(SH.targetObjectsOf, []))
    yield from (f"{{ BIND({node} AS ?this) }}" for node in held.get(SH.targetNode, []))


def _with_subclasses(kind: Term, subclasses: Mapping[Term, set[Term]]) -> Iterable[Term]:
    found, waiting = {kind}, [kind]
    while waiting:
        new = subclasses.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return sorted(found, key=str)


def _subclasses(data: bytes) -> Mapping[Term, set[Term]]:
    """Return class → its direct subclasses as the data states them."""
    mark = str(RDFS.subClassOf).encode()
    lines = b"\n".join(line for line in data.split(b"\n") if mark in line)
    found: defaultdict[Term, set[Term]] = defaultdict(set)
    for quad in parse(lines, format=RdfFormat.N_TRIPLES):
        if quad.predicate == RDFS.subClassOf:
            found[quad.object].add(quad.subject)
    return found
