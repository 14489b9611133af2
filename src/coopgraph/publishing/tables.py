"""CSV export: the things of each kind as a table, in the release as ``/export/{kind}.csv`` gives it in English.

A row follows from what is said of a thing and of its parts. So a release that is made after another makes only those
rows anew in which that changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from coopgraph.model.iris import BASE, NOT_IN_DEFAULT_GRAPH, graph_iri, local_name
from coopgraph.model.language import choose
from coopgraph.publishing.latest import Latest
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.namespaces import COOP, OWL, RDF, SKOS
from coopgraph.rdf.node_table import PARTS, ExportRow, ExportTable, Label, RowMaker, exported_nodes, table_csv
from coopgraph.rdf.terms import Literal, NamedNode, Node, Quad, Triple

LANGUAGE = "en"
"""In which concepts are named."""

_NAMED_IN = {NamedNode(graph_iri("vocabulary")), NamedNode(graph_iri("schemes"))}
_LEFT_OUT = {NamedNode(graph_iri(name)) for name in NOT_IN_DEFAULT_GRAPH}
_INFERRED = NamedNode(graph_iri("inferred"))
_KEPT = {RDF.type, COOP.refersTo, COOP.verifyAgainBy}
_OF_KINDS = {COOP.pathSegment, COOP.kindOfClass, COOP.frame}
_OF_PARTS = {term for terms in PARTS.values() for term in terms}
_THINGS = f"{BASE}id/"


class TableSection(NamedTuple):
    """What tables read in one section of a release.

    ``kinds`` are the path segment, class and frame of each kind, ``labels`` those of concepts by IRI; ``described`` are
    things and possible parts, ``instances`` the things that are not withdrawn by the IRI of their class, and ``parts``
    the parts of things.
    """

    kinds: Mapping[Node, Mapping[NamedNode, str]]
    labels: Mapping[str, Sequence[Literal]]
    described: Mapping[Node, tuple[Triple, ...]]
    instances: Mapping[str, Sequence[NamedNode]]
    parts: Mapping[Node, Sequence[Node]]


def table_section(quads: Iterable[Quad]) -> TableSection:
    """Return what tables read in ``quads``, which hold all that is said of each of their subjects."""
    kinds: dict[Node, dict[NamedNode, str]] = defaultdict(dict)
    labels: dict[str, list[Literal]] = defaultdict(list)
    described: dict[Node, dict[Triple, None]] = defaultdict(dict)
    classes: dict[NamedNode, set[str]] = defaultdict(set)
    parts: dict[Node, list[Node]] = defaultdict(list)
    withdrawn: set[Node] = set()
    for subject, predicate, value, graph_name in quads:
        if predicate == SKOS.prefLabel and graph_name in _NAMED_IN:
            labels[subject.value].append(value)
        elif predicate in _OF_KINDS:
            kinds[subject][predicate] = value.value
        shown = graph_name not in _LEFT_OUT and (graph_name != _INFERRED or predicate in _KEPT)
        if not shown or (isinstance(subject, NamedNode) and not subject.value.startswith(_THINGS)):
            continue
        described[subject][Triple(subject, predicate, value)] = None
        if predicate == RDF.type and isinstance(subject, NamedNode):
            classes[subject].add(value.value)
        elif predicate == OWL.deprecated:
            withdrawn.add(subject)
        elif predicate in _OF_PARTS:
            parts[subject].append(value)
    instances: dict[str, list[NamedNode]] = defaultdict(list)
    for thing in classes.keys() - withdrawn:
        for kind in classes[thing]:
            instances[kind].append(thing)
    held = {subject: tuple(triples) for subject, triples in described.items()}
    return TableSection(dict(kinds), dict(labels), held, dict(instances), dict(parts))


class Tables:
    """The tables of one release after the other, with the columns of ``context``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._labels: Mapping[str, Sequence[Literal]] = {}
        self._rows: dict[tuple[str, NamedNode], tuple[Sequence[tuple[Triple, ...]], ExportRow]] = {}
        self._csv: dict[str, Latest[Sequence[ExportRow], bytes]] = defaultdict(lambda: Latest(_csv))

    def of(self, sections: Iterable[TableSection]) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each frame in the order of names, and the table of the things that it draws."""
        sections = tuple(sections)
        labels = dict(chain.from_iterable(section.labels.items() for section in sections))
        if labels != self._labels:
            self._labels, self._rows = labels, {}
        described = dict(chain.from_iterable(section.described.items() for section in sections))
        parts = dict(chain.from_iterable(section.parts.items() for section in sections))
        made = RowMaker(self._context, _names(labels), LANGUAGE)
        before, self._rows = self._rows, {}
        for name, things in sorted(_things(sections).items()):
            rows = []
            for thing in sorted(things, key=lambda thing: thing.value):
                told = tuple(described.get(node, ()) for node in (thing, *parts.get(thing, ())))
                known = before.get((name, thing))
                if known is None or known[0] != told:
                    graph = Graph(chain.from_iterable(told))
                    known = told, made.row(next(exported_nodes(self._context, graph, [thing], name)))
                self._rows[name, thing] = known
                rows.append(known[1])
            yield name, self._csv[name](rows)


def _things(sections: Iterable[TableSection]) -> Mapping[str, set[NamedNode]]:
    """Return what each frame draws: the instances of the class of a kind whose IRIs have its path segment."""
    kinds = [said for section in sections for said in section.kinds.values() if COOP.frame in said]
    things: dict[str, set[NamedNode]] = defaultdict(set)
    for said in kinds:
        stem = f"{_THINGS}{said[COOP.pathSegment]}/"
        for section in sections:
            instances = section.instances.get(said[COOP.kindOfClass], ())
            things[said[COOP.frame]].update(thing for thing in instances if thing.value.startswith(stem))
    return things


def _csv(rows: Iterable[ExportRow]) -> bytes:
    return table_csv(ExportTable.of(rows))


def _names(labels: Mapping[str, Sequence[Literal]]) -> Label:
    @cache
    def name(iri: str, language: str) -> str:
        found = choose(labels.get(iri, ()), language)
        return found.text if found else local_name(iri)

    return name
