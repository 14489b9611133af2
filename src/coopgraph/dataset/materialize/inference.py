"""Entailment over the graphs of a release: broader properties, broader classes and inverse properties.

Only what ``rdfs:subPropertyOf`` and ``rdfs:subClassOf`` of the vocabulary entail, over any number of steps (rules
rdfs5, rdfs7, rdfs9 and rdfs11), and ``owl:inverseOf`` (prp-inv1, prp-inv2), so that no query needs a reasoner. Domains
and ranges entail nothing here: shapes hold them.

Sources: https://www.w3.org/TR/rdf11-mt/#patterns-of-rdfs-entailment-informative,
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import OWL, RDF, RDFS
from coopgraph.rdf.terms import NamedNode, Term, Triple


def inferred(statements: Iterable[Triple], vocabulary: Index) -> Iterator[Derivation]:
    """Yield what ``statements`` entail by the hierarchies of ``vocabulary``, each with the statement it follows from.

    A triple is yielded for every statement that entails it; one that is itself among ``statements`` may be yielded.
    """
    inverse = dict(_inverse_pairs(vocabulary))
    broader: dict[Term, tuple[Term, ...]] = {}
    classes: dict[Term, tuple[Term, ...]] = {}
    for statement in statements:
        predicate, value = statement.predicate, statement.object
        if predicate not in broader:
            broader[predicate] = vocabulary.ancestors(predicate, RDFS.subPropertyOf)
        for property_ in broader[predicate]:
            if isinstance(property_, NamedNode):
                yield Derivation(Triple(statement.subject, property_, value), statement)
        if predicate in inverse and isinstance(value, NamedNode):
            yield Derivation(Triple(value, inverse[predicate], statement.subject), statement)
        if predicate == RDF.type and isinstance(value, NamedNode):
            if value not in classes:
                classes[value] = vocabulary.ancestors(value, RDFS.subClassOf)
            for ancestor in classes[value]:
                if isinstance(ancestor, NamedNode):
                    yield Derivation(Triple(statement.subject, RDF.type, ancestor), statement)


def _inverse_pairs(vocabulary: Index) -> Iterator[tuple[Term, NamedNode]]:
    for one, other in vocabulary.pairs(OWL.inverseOf):
        if isinstance(one, NamedNode) and isinstance(other, NamedNode):
            yield one, other
            yield other, one
