"""Nearest right terms where a finding is about a wrong one: a concept, a class or a property."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.model.iris import SHAPE
from coopgraph.model.nearest_names import nearest_names
from coopgraph.rdf.namespaces import COOP, OWL, RDF, SKOS
from coopgraph.rdf.terms import NamedNode, Term
from coopgraph.validation.shacl import ValidationResult
from coopgraph.validation.tree_facts import TreeFacts

_PROPERTIES = (OWL.DatatypeProperty, OWL.ObjectProperty)


def suggested(result: ValidationResult, facts: TreeFacts) -> list[str]:
    """Return the IRIs of the terms that may have been meant, the nearest first; none where no term is wrong."""
    match result.shape:
        case NamedNode(value=iri) if iri == SHAPE + "ValueInScheme":
            wrong, known = result.value, _concepts(result, facts)
        case NamedNode(value=iri) if iri == SHAPE + "KnownClass":
            wrong, known = result.value, _typed((OWL.Class,), facts)
        case NamedNode(value=iri) if iri == SHAPE + "KnownProperty":
            wrong = result.value if result.path == RDF.predicate else result.path
            known = _typed(_PROPERTIES, facts)
        case _:
            return []
    if not isinstance(wrong, NamedNode):
        return []
    by_name: dict[str, list[str]] = {}
    for term in sorted(known):
        by_name.setdefault(_last(term), []).append(term)
    near = [term for name in nearest_names(_last(wrong.value), by_name) for term in by_name[name]]
    return sorted(near, key=lambda term: _space(term) != _space(wrong.value))[:3]


def _concepts(result: ValidationResult, facts: TreeFacts) -> set[str]:
    """Return the concepts that the property in question takes, the one of a claim where the claim is wrong."""
    properties = [result.path] if result.path else []
    if result.path == RDF.object:
        properties = _links(result.focus, RDF.predicate, facts)
    schemes = [scheme for item in properties for scheme in _links(item, COOP.hasValueScheme, facts)]
    return {iri for scheme in schemes for iri in _subjects(SKOS.inScheme, scheme, facts)}


def _links(subject: Term, predicate: NamedNode, facts: TreeFacts) -> list[NamedNode]:
    stated = (triple for _, triple in facts.held(subject) if triple.predicate == predicate)
    return [triple.object for triple in stated if isinstance(triple.object, NamedNode)]


def _typed(kinds: tuple[NamedNode, ...], facts: TreeFacts) -> set[str]:
    return {iri for kind in kinds for iri in _subjects(RDF.type, kind, facts)}


def _subjects(predicate: NamedNode, value: Term, facts: TreeFacts) -> Iterator[str]:
    for _, triple in facts.mentions(value):
        if triple.predicate == predicate and triple.object == value and isinstance(triple.subject, NamedNode):
            yield triple.subject.value


def _last(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


def _space(iri: str) -> str:
    return iri.removesuffix(_last(iri))
