"""CSV export: the things of each kind as a table, in the release as ``/export/{kind}.csv`` gives it in English."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache

from coopgraph.model.iris import BASE, NOT_IN_DEFAULT_GRAPH, graph_iri, local_name
from coopgraph.model.language import choose
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import COOP, OWL, RDF, SKOS
from coopgraph.rdf.node_table import PARTS, export_table, exported_nodes, table_csv
from coopgraph.rdf.terms import Literal, NamedNode, Node, Quad, Triple

LANGUAGE = "en"
"""In which concepts are named."""

_NAMED_IN = {NamedNode(graph_iri("vocabulary")), NamedNode(graph_iri("schemes"))}
_LEFT_OUT = {NamedNode(graph_iri(name)) for name in NOT_IN_DEFAULT_GRAPH}
_INFERRED = NamedNode(graph_iri("inferred"))
_KEPT = {RDF.type, COOP.refersTo}
_OF_KINDS = {COOP.pathSegment, COOP.kindOfClass, COOP.frame}
_OF_PARTS = {term for terms in PARTS.values() for term in terms}
_THINGS = f"{BASE}id/"


def tables(quads: Collection[Quad], context: Context) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each frame in the order of names, and the table of the things that it draws."""
    kinds: dict[Node, dict[NamedNode, str]] = defaultdict(dict)
    labels: dict[str, list[Literal]] = defaultdict(list)
    parts = set()
    for subject, predicate, value, graph_name in quads:
        if predicate == SKOS.prefLabel:
            if graph_name in _NAMED_IN:
                labels[subject.value].append(value)
        elif predicate in _OF_PARTS:
            parts.add(value)
        elif predicate in _OF_KINDS:
            kinds[subject][predicate] = value.value
    drawn = [said for said in kinds.values() if COOP.frame in said]
    stems = tuple(f"{_THINGS}{said[COOP.pathSegment]}/" for said in drawn)
    about = [
        Triple(subject, predicate, value)
        for subject, predicate, value, graph_name in quads
        if (isinstance(subject, NamedNode) and subject.value.startswith(stems)) or subject in parts
        if graph_name not in _LEFT_OUT and (graph_name != _INFERRED or predicate in _KEPT)
    ]
    graph = Graph(about)
    of_class: dict[str, set[NamedNode]] = defaultdict(set)
    for triple in about:
        if triple.predicate == RDF.type and isinstance(triple.subject, NamedNode):
            of_class[str(triple.object)].add(triple.subject)
    things: dict[str, set[NamedNode]] = defaultdict(set)
    for said, stem in zip(drawn, stems, strict=True):
        instances = of_class[f"<{said[COOP.kindOfClass]}>"]
        things[said[COOP.frame]] |= {thing for thing in instances if thing.value.startswith(stem)}

    @cache
    def label(iri: str, language: str) -> str:
        found = choose(labels.get(iri, ()), language)
        return found.text if found else local_name(iri)

    for name, found in sorted(things.items()):
        standing = [thing for thing in sorted(found, key=lambda thing: thing.value) if not _is_retired(graph, thing)]
        yield name, table_csv(export_table(exported_nodes(context, graph, standing, name), context, label, LANGUAGE))


def _is_retired(graph: Graph, thing: NamedNode) -> bool:
    return bool(graph.values(thing, OWL.deprecated))
