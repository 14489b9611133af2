"""RDFS entailment over the graphs of a release: broader properties and broader classes.

Only what ``rdfs:subPropertyOf`` and ``rdfs:subClassOf`` of the vocabulary entail, over any number of steps (rules
rdfs5, rdfs7, rdfs9 and rdfs11), so that no query needs a reasoner. Domains and ranges entail nothing here: shapes
hold them.

Source: https://www.w3.org/TR/rdf11-mt/#patterns-of-rdfs-entailment-informative
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import RDF, RDFS
from coopgraph.rdf.terms import NamedNode, Term, Triple


def inferred(statements: Iterable[Triple], vocabulary: Index) -> Iterator[Derivation]:
    """Yield what ``statements`` entail by the hierarchies of ``vocabulary``, each with the statement it follows from.

    A triple is yielded for every statement that entails it; one that is itself among ``statements`` may be yielded.
    """
    broader: dict[Term, tuple[Term, ...]] = {}
    classes: dict[Term, tuple[Term, ...]] = {}
    for statement in statements:
        predicate, value = statement.predicate, statement.object
        if predicate not in broader:
            broader[predicate] = vocabulary.ancestors(predicate, RDFS.subPropertyOf)
        for property_ in broader[predicate]:
            if isinstance(property_, NamedNode):
                yield Derivation(Triple(statement.subject, property_, value), statement)
        if predicate == RDF.type and isinstance(value, NamedNode):
            if value not in classes:
                classes[value] = vocabulary.ancestors(value, RDFS.subClassOf)
            for ancestor in classes[value]:
                if isinstance(ancestor, NamedNode):
                    yield Derivation(Triple(statement.subject, RDF.type, ancestor), statement)
