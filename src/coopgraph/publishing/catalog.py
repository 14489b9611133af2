"""Catalogue graph of a release: VoID statistics, DCAT 3 entry, SPARQL service description.

What never changes stands in ``catalog.ttl`` beside this module; here the counts are added, the catalogue itself among
what is counted, as whoever queries the release finds it. There are no dates and no release names in it, so that the
same tree gives the same bytes, and no blank nodes, so that every node has an address.
It is inside the downloads, so their sizes and checksums cannot be in it; they are added wherever it is shown.

Sources: https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/,
https://www.w3.org/TR/sparql11-service-description/, https://spdx.org/rdf/spdx-terms-v3.0.1/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import resources
from urllib.parse import urlsplit

from coopgraph.model.iris import BASE, DATASET, graph_iri
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import COOP, DCAT, DCTERMS, ELI, RDF, SD, SDMX_DIMENSION, VOID, XSD
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Triple

_DATASET = NamedNode(DATASET + "coopgraph")
_DEFAULT_GRAPH = NamedNode(DATASET + "coopgraph.default-graph")
_CATALOG = NamedNode(graph_iri("catalog"))
_PERIOD = NamedNode(DATASET + "coopgraph.temporal")
_OF_AN_AREA = frozenset((COOP.isBasedIn, COOP.servesArea, ELI.jurisdiction, SDMX_DIMENSION.refArea))
_MAPPINGS = NamedNode(graph_iri("mappings"))


@dataclass(slots=True)
class Statistics:
    """Counts over a release. All but ``graphs`` and ``links`` are over the default graph.

    ``graphs`` counts triples by graph; ``properties`` gives triples and distinct subjects by property; ``classes``
    counts instances; ``links`` counts triples of the mappings by property and the target's web site. ``areas``
    are those that bodies, services, laws and figures are of; ``first_day`` and ``last_day`` those of all periods;
    ``objects`` the different objects, as N-Triples.
    """

    triples: int = 0
    subjects: int = 0
    entities: int = 0
    graphs: Counter[NamedNode] = field(default_factory=Counter)
    properties: Counter[NamedNode] = field(default_factory=Counter)
    property_subjects: Counter[NamedNode] = field(default_factory=Counter)
    classes: Counter[NamedNode] = field(default_factory=Counter)
    links: Counter[tuple[NamedNode, str]] = field(default_factory=Counter)
    areas: set[NamedNode] = field(default_factory=set)
    first_day: str = ""
    last_day: str = ""
    objects: set[str] = field(default_factory=set)

    def add(self, others: Statistics) -> None:
        """Add the counts of quads with other subjects."""
        self.triples += others.triples
        self.subjects += others.subjects
        self.entities += others.entities
        for own, more in (
            (self.graphs, others.graphs),
            (self.properties, others.properties),
            (self.property_subjects, others.property_subjects),
            (self.classes, others.classes),
        ):
            own.update(more)
        self.links.update(others.links)
        self.areas |= others.areas
        self.first_day = min(filter(None, (self.first_day, others.first_day)), default="")
        self.last_day = max(self.last_day, others.last_day)
        self.objects |= others.objects


def count(quads: Iterable[Quad], default_graph: frozenset[NamedNode]) -> Statistics:
    """Count ``quads`` of named graphs, in the order of canonical N-Quads; the union of ``default_graph`` is queried."""
    counts = Statistics()
    before: Triple | None = None
    for quad in quads:
        assert isinstance(quad.graph_name, NamedNode)
        counts.graphs[quad.graph_name] += 1
        target = quad.object
        if quad.graph_name == _MAPPINGS and isinstance(target, NamedNode) and not target.value.startswith(BASE):
            counts.links[quad.predicate, _site(target)] += 1
        triple = quad.triple
        if quad.graph_name not in default_graph or triple == before:
            continue
        counts.triples += 1
        counts.properties[triple.predicate] += 1
        counts.objects.add(str(triple.object))
        if before is None or before.subject != triple.subject:
            counts.subjects += 1
            counts.entities += isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(BASE + "id/")
        if before is None or (before.subject, before.predicate) != (triple.subject, triple.predicate):
            counts.property_subjects[triple.predicate] += 1
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            counts.classes[triple.object] += 1
        if triple.predicate in _OF_AN_AREA and isinstance(triple.object, NamedNode):
            counts.areas.add(triple.object)
        elif triple.predicate == COOP.startDate and isinstance(triple.object, Literal):
            counts.first_day = min(counts.first_day or triple.object.value, triple.object.value)
        elif triple.predicate == COOP.endDate and isinstance(triple.object, Literal):
            counts.last_day = max(counts.last_day, triple.object.value)
        before = triple
    return counts


def catalog(counts: Statistics, prefixes: Mapping[str, str], more: Iterable[Triple] = ()) -> tuple[Triple, ...]:
    """Return the catalog of a release whose ``counts`` are of all else, with ``more`` that stands in the same graph.

    Nothing else has statements about its subjects. ``prefixes`` name the partitions of classes and properties. Each
    number is what a query of the whole gives; where there is no such number of different objects, as stating it makes
    it another, none is stated.
    """
    beside = tuple(more)
    whole = _counted(counts, prefixes, (*beside, _different_objects(0)))
    triples = (*_stated(whole, prefixes), *beside)
    objects = counts.objects.union(str(triple.object) for triple in triples)
    for number in (len(objects), len(objects) + 1):
        last = _different_objects(number)
        if len(objects | {str(last.object)}) == number:
            return (*triples, last)
    return (*_stated(_counted(counts, prefixes, beside), prefixes), *beside)


def _counted(counts: Statistics, prefixes: Mapping[str, str], beside: Iterable[Triple]) -> Statistics:
    """Return the counts with the catalogue, ``beside`` in it. How many triples that has is known before its numbers."""
    known = Statistics()
    known.add(counts)
    known.graphs[_CATALOG] = 0
    terms = None
    while terms != (terms := (len(known.properties), len(known.classes))):
        triples = {*_stated(known, prefixes), *beside}
        for triple in triples:
            known.properties[triple.predicate] += 0
            if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
                known.classes[triple.object] += 0
    quads = (Quad(item.subject, item.predicate, item.object, _CATALOG) for item in sorted(triples, key=str))
    whole = count(quads, frozenset((_CATALOG,)))
    whole.add(counts)
    return whole


def _different_objects(number: int) -> Triple:
    return Triple(_DATASET, VOID.distinctObjects, _literal(number))


def _stated(counts: Statistics, prefixes: Mapping[str, str]) -> tuple[Triple, ...]:
    """Return the fixed part and the counts but that of different objects."""
    triples = [quad.triple for quad in _fixed()]

    def say(subject: NamedNode, predicate: NamedNode, value: NamedNode | int | str) -> None:
        term = value if isinstance(value, NamedNode) else _literal(value)
        triples.append(Triple(subject, predicate, term))

    say(_DATASET, VOID.triples, counts.triples)
    say(_DATASET, VOID.distinctSubjects, counts.subjects)
    say(_DATASET, VOID.entities, counts.entities)
    say(_DATASET, VOID.classes, len(counts.classes))
    say(_DATASET, VOID.properties, len(counts.properties))
    for area in counts.areas:
        say(_DATASET, DCTERMS.spatial, area)
    if counts.first_day and counts.last_day:
        say(_DATASET, DCTERMS.temporal, _PERIOD)
        say(_PERIOD, RDF.type, DCTERMS.PeriodOfTime)
        triples.append(Triple(_PERIOD, DCAT.startDate, Literal(counts.first_day, datatype=XSD.date)))
        triples.append(Triple(_PERIOD, DCAT.endDate, Literal(counts.last_day, datatype=XSD.date)))
    say(_DEFAULT_GRAPH, RDF.type, SD.Graph)
    say(_DEFAULT_GRAPH, VOID.triples, counts.triples)
    for namespace in {_namespace(term, prefixes) for term in (*counts.classes, *counts.properties)}:
        say(_DATASET, VOID.vocabulary, NamedNode(namespace))
    for graph in counts.graphs:
        say(_DATASET, SD.namedGraph, graph)
        say(graph, RDF.type, SD.NamedGraph)
        say(graph, RDF.type, SD.Graph)
        say(graph, SD.term("name"), graph)
        say(graph, SD.graph, graph)
    for graph, number in counts.graphs.items():
        say(graph, VOID.triples, number)
    for kind, number in counts.classes.items():
        part = _part("class", kind, prefixes)
        say(_DATASET, VOID.classPartition, part)
        say(part, VOID.term("class"), kind)
        say(part, VOID.entities, number)
    for term, number in counts.properties.items():
        part = _part("property", term, prefixes)
        say(_DATASET, VOID.propertyPartition, part)
        say(part, VOID.property, term)
        say(part, VOID.triples, number)
        say(part, VOID.distinctSubjects, counts.property_subjects[term])
    for (term, site), number in counts.links.items():
        links = NamedNode(f"{_part('links', term, prefixes).value}.{urlsplit(site).hostname}")
        say(_DATASET, VOID.subset, links)
        say(links, RDF.type, VOID.Linkset)
        say(links, VOID.linkPredicate, term)
        say(links, VOID.subjectsTarget, _DATASET)
        say(links, VOID.objectsTarget, NamedNode(site))
        say(links, VOID.triples, number)
        say(NamedNode(site), RDF.type, VOID.Dataset)
        say(NamedNode(site), VOID.uriSpace, site)
    return tuple(triples)


def _fixed() -> tuple[Quad, ...]:
    return read_rdf(resources.files("coopgraph.publishing").joinpath("catalog.ttl").read_bytes(), TURTLE)


def _literal(value: int | str) -> Literal:
    return Literal(str(value), datatype=XSD.integer if isinstance(value, int) else XSD.string)


def _site(target: NamedNode) -> str:
    parts = urlsplit(target.value)
    return f"{parts.scheme}://{parts.netloc}/"


def _prefix(term: NamedNode, prefixes: Mapping[str, str]) -> tuple[str, str]:
    """Return the prefix with the longest fitting namespace, and that namespace; empty strings where there is none."""
    fitting = [(name, space) for name, space in prefixes.items() if term.value.startswith(space)]
    return max(fitting, key=lambda pair: len(pair[1]), default=("", ""))


def _namespace(term: NamedNode, prefixes: Mapping[str, str]) -> str:
    cut = max(term.value.rfind("#"), term.value.rfind("/")) + 1 or term.value.rfind(":") + 1
    return _prefix(term, prefixes)[1] or term.value[:cut]


def _part(kind: str, term: NamedNode, prefixes: Mapping[str, str]) -> NamedNode:
    prefix, space = _prefix(term, prefixes)
    name = f"{prefix}-{term.value.removeprefix(space)}" if prefix else sha256(term.value.encode()).hexdigest()[:12]
    return NamedNode(f"{DATASET}coopgraph.{kind}.{name}")
