"""Nearest right terms where a finding is about a wrong one: a concept, a class, a property, or what a link leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property

from coopgraph.model.iris import SHAPE
from coopgraph.model.nearest_names import nearest_names
from coopgraph.rdf.namespaces import COOP, OWL, RDF, SKOS
from coopgraph.rdf.terms import NamedNode, Term
from coopgraph.validation.shacl import ValidationResult
from coopgraph.validation.tree_facts import TreeFacts

_PROPERTIES = (OWL.DatatypeProperty, OWL.ObjectProperty)

SUGGESTING = frozenset(SHAPE + name for name in ("ValueInScheme", "KnownClass", "KnownProperty", "NoDanglingIri"))
"""The rules whose findings name near terms, wherever in the tree these are."""

MOST_LINKS = 20
"""How many links of one report that lead nowhere are answered: each is compared with all names of its kind."""

MOST_TERMS = 500
"""How many other wrong terms of one report are answered."""


class Suggestions:
    """Nearest right terms for the findings of one report."""

    def __init__(self, facts: TreeFacts) -> None:
        self._facts = facts
        self._links: dict[str, list[str]] = {}
        self._near: dict[tuple[str, frozenset[str]], list[str]] = {}
        self._found: dict[tuple[NamedNode, NamedNode], frozenset[str]] = {}

    def of(self, result: ValidationResult) -> list[str]:
        """Return the IRIs of the terms that may have been meant, the nearest first; none where no term is wrong."""
        match result.shape:
            case NamedNode(value=iri) if iri == SHAPE + "ValueInScheme":
                wrong, known = result.value, self._concepts(result)
            case NamedNode(value=iri) if iri == SHAPE + "KnownClass":
                wrong, known = result.value, self._subjects(RDF.type, OWL.Class)
            case NamedNode(value=iri) if iri == SHAPE + "KnownProperty":
                wrong = result.value if result.path == RDF.predicate else result.path
                known = frozenset().union(*(self._subjects(RDF.type, kind) for kind in _PROPERTIES))
            case NamedNode(value=iri) if iri == SHAPE + "NoDanglingIri":
                return self._of_link(result.value) if isinstance(result.value, NamedNode) else []
            case _:
                return []
        return self._nearest_once(wrong.value, known) if isinstance(wrong, NamedNode) else []

    def _nearest_once(self, wrong: str, known: frozenset[str]) -> list[str]:
        """Return the nearest terms: one wrong term may stand everywhere, or every term may be wrong."""
        if (wrong, known) not in self._near and len(self._near) < MOST_TERMS:
            self._near[wrong, known] = _nearest(wrong, known)
        return self._near.get((wrong, known), [])

    def _of_link(self, wrong: NamedNode) -> list[str]:
        if wrong.value not in self._links and len(self._links) < MOST_LINKS:
            self._links[wrong.value] = _nearest(wrong.value, self._things[_space(wrong.value)])
        return self._links.get(wrong.value, [])

    def _concepts(self, result: ValidationResult) -> frozenset[str]:
        """Return the concepts that the property in question takes, the one of a claim where the claim is wrong."""
        properties = [result.path] if result.path else []
        if result.path == RDF.object:
            properties = _links(result.focus, RDF.predicate, self._facts)
        schemes = [scheme for item in properties for scheme in _links(item, COOP.hasValueScheme, self._facts)]
        return frozenset().union(*(self._subjects(SKOS.inScheme, scheme) for scheme in schemes))

    def _subjects(self, predicate: NamedNode, value: NamedNode) -> frozenset[str]:
        """Return what has that value, looked for once: a tree has no index for it."""
        if (predicate, value) not in self._found:
            self._found[predicate, value] = frozenset(
                triple.subject.value
                for _, triple in self._facts.mentions(value)
                if triple.predicate == predicate and triple.object == value and isinstance(triple.subject, NamedNode)
            )
        return self._found[predicate, value]

    @cached_property
    def _things(self) -> defaultdict[str, set[str]]:
        """What has a class, by the part of its IRI that all of its kind share."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for _, triple in self._facts.mentions(RDF.type):
            if isinstance(triple.subject, NamedNode):
                found[_space(triple.subject.value)].add(triple.subject.value)
        return found


def _nearest(wrong: str, known: Collection[str]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    for term in sorted(known):
        by_name.setdefault(_last(term), []).append(term)
    near = [term for name in nearest_names(_last(wrong), by_name) for term in by_name[name]]
    return sorted(near, key=lambda term: _space(term) != _space(wrong))[:3]


def _links(subject: Term, predicate: NamedNode, facts: TreeFacts) -> list[NamedNode]:
    stated = (triple for _, triple in facts.held(subject) if triple.predicate == predicate)
    return [triple.object for triple in stated if isinstance(triple.object, NamedNode)]


def _last(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def _space(iri: str) -> str:
    return iri.removesuffix(_last(iri))
