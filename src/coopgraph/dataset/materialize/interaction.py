"""Interaction of materialization: which records have to be seen together, so that a change has its whole effect.

Rules of materialization look at few records at a time: the claims about one thing, the figures of one series with their
sources, a service with its provider and channels. Materializing what interacts with the changed records, before and
after, tells exactly what the change makes and unmakes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from coopgraph.model.iris import DATASET, entity_name
from coopgraph.rdf.index import Index, TripleLookup, remembered_lookup
from coopgraph.rdf.namespaces import COOP, ELI, QB, RDF, RDFS
from coopgraph.rdf.terms import BlankNode, NamedNode, Node, Term

_OF_LAWS = (ELI.is_part_of, COOP.concernsLaw)
"""Properties that lead to a law from what its dates and rules follow from."""

_FIGURES = (COOP.Observation, COOP.DerivedObservation)
"""Classes of figures; a figure that says not what it counts still belongs to a data set."""

_FEW = 64
"""Up to how many statements about a node as value are fetched at once."""


def interacting(changed: Iterable[Node], match: TripleLookup, vocabulary: Index) -> set[Node]:
    """Return ``changed`` and every record that has a part in what follows from them.

    ``match`` finds what is there before the change or after it.
    """
    return _Interaction(match, vocabulary).of(changed)


class _Interaction:
    def __init__(self, match: TripleLookup, vocabulary: Index) -> None:
        self._lookup, self._match = match, remembered_lookup(match)
        self._narrower = [
            COOP.refersTo,
            *(term for term in vocabulary.subjects(RDFS.subPropertyOf, COOP.refersTo) if isinstance(term, NamedNode)),
        ]
        self._counting: dict[Term, Mapping[Term, set[Node]]] = {}
        self._values: dict[Node, Mapping[NamedNode, Sequence[object]]] = {}
        self._holders: dict[Node, Mapping[NamedNode, Sequence[object]]] = {}

    def of(self, changed: Iterable[Node]) -> set[Node]:
        dependents = set(changed)
        self._fetch(dependents)
        for node in tuple(dependents):
            dependents.update(self._dependents(node))
        self._fetch(dependents)
        for law in {law for node in dependents for law in self._laws(node)}:
            dependents |= {law, *(part for link in _OF_LAWS for part in self._subjects(link, law))}
        figures = {node for node in dependents if self._is_figure(node)}
        sources = {source for figure in figures for source in self._sources(figure)}
        dependents |= sources
        found = set(dependents)
        for rival in figures.union(*map(self._rivals, figures)):
            found |= {rival, *self._objects(rival, COOP.hasEvidence), *self._sources(rival)}
        for node in tuple(dependents):
            found.update(self._subjects(RDF.subject, node))
            for provider in self._objects(node, COOP.isProvidedBy):
                found |= {provider, *self._subjects(RDF.subject, provider)}
            other = next((figure for figure in self._members(node) if figure not in dependents), None)
            if other is not None:
                found |= {other, *self._objects(other, COOP.hasEvidence), *self._sources(other)}
        return found

    def _fetch(self, nodes: Iterable[Node]) -> None:
        """Look up at once what is said of each of ``nodes``, and with it: some twenty questions follow on each."""
        for node in nodes:
            if node not in self._values:
                values: defaultdict[NamedNode, list[object]] = defaultdict(list)
                for triple in self._lookup(node, None, None):
                    values[triple.predicate].append(triple.object)
                self._values[node] = values
                linking = tuple(islice(self._lookup(None, None, node), _FEW + 1))
                if len(linking) <= _FEW:
                    holders: defaultdict[NamedNode, list[object]] = defaultdict(list)
                    for triple in linking:
                        holders[triple.predicate].append(triple.subject)
                    self._holders[node] = holders

    def _dependents(self, node: Node) -> Iterator[Node]:
        """Yield the records of which something else follows where ``node`` changes."""
        about = {node, *self._objects(node, RDF.subject)}
        yield from about
        for thing in about:
            yield from self._subjects(COOP.isProvidedBy, thing)
            yield from self._available_together(thing)
            citations = {thing, *self._subjects(COOP.isQuotedFrom, thing)}
            for citation in citations:
                yield from filter(self._is_figure, self._subjects(COOP.hasEvidence, citation))

    def _available_together(self, thing: Node) -> set[Node]:
        """Return the services and channels that are tied by availability to a service or channel, itself among them."""
        found: set[Node] = set()
        waiting = {thing}
        while waiting:
            node = waiting.pop()
            found.add(node)
            tied = (*self._objects(node, COOP.isAvailableThrough), *self._subjects(COOP.isAvailableThrough, node))
            waiting.update(item for item in tied if item not in found)
        return found

    def _laws(self, node: Node) -> Iterator[Node]:
        """Yield the laws that ``node`` is a part of or concerns, or is, or claims something to be."""
        for link in _OF_LAWS:
            yield from self._objects(node, link)
            if any(True for _ in self._subjects(link, node)):
                yield node
            if link in self._objects(node, RDF.predicate):
                yield from self._objects(node, RDF.object)

    def _is_figure(self, node: Node) -> bool:
        return any(kind in _FIGURES for kind in self._objects(node, RDF.type)) or any(
            True for predicate in self._narrower for _ in self._objects(node, predicate)
        )

    def _sources(self, figure: Node) -> set[Node]:
        return {
            source
            for citation in self._objects(figure, COOP.hasEvidence)
            for source in self._objects(citation, COOP.isQuotedFrom)
        }

    def _rivals(self, figure: Node) -> set[Node]:
        """Return the figures that may stand in the same series: about the same thing and indicator."""
        counted = {thing for predicate in self._narrower for thing in self._objects(figure, predicate)}
        indicators = tuple(self._objects(figure, COOP.hasIndicator))
        return {rival for thing in counted for item in indicators for rival in self._about(thing).get(item, ())}

    def _about(self, counted: Node) -> Mapping[Term, set[Node]]:
        """Return the figures about a thing by indicator."""
        if counted not in self._counting:
            figures: defaultdict[Term, set[Node]] = defaultdict(set)
            for predicate in self._narrower:
                for figure in self._subjects(predicate, counted):
                    for indicator in self._objects(figure, COOP.hasIndicator):
                        figures[indicator].add(figure)
            self._counting[counted] = figures
        return self._counting[counted]

    def _members(self, source: Node) -> Iterator[Node]:
        """Yield the figures of the data set of a source, which is there as long as it has any."""
        name = entity_name(source.value) if isinstance(source, NamedNode) else None
        if name is not None:
            yield from self._subjects(QB.dataSet, NamedNode(f"{DATASET}figures.{name.slug}"))

    def _objects(self, subject: Node, predicate: NamedNode) -> Iterator[Node]:
        fetched = self._values.get(subject)
        if fetched is None:
            fetched = {predicate: [triple.object for triple in self._match(subject, predicate, None)]}
        for term in fetched.get(predicate, ()):
            if isinstance(term, NamedNode | BlankNode):
                yield term

    def _subjects(self, predicate: NamedNode, value: Node) -> Iterator[Node]:
        fetched = self._holders.get(value)
        if fetched is None:
            fetched = {predicate: [triple.subject for triple in self._match(None, predicate, value)]}
        for term in fetched.get(predicate, ()):
            if isinstance(term, NamedNode | BlankNode):
                yield term
