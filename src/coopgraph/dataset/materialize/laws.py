"""ELI (European Legislation Identifier) properties of laws, from the claims about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coopgraph.dataset.materialize.claims import AssertedClaim
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import BASE, CONCEPT, entity_name
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, ELI, RDF, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Triple

OFFICIAL = frozenset(NamedNode(CONCEPT + "label-origin/" + origin) for origin in ("original", "official-translation"))


def legal_expressions(claims: Iterable[AssertedClaim], records: Index) -> Iterator[Derivation]:
    """Yield a legal expression for each official title of a law: the text of the law in that language."""
    for item in claims:
        law, predicate, title = item.triple.subject, item.triple.predicate, item.triple.object
        name = entity_name(law.value) if isinstance(law, NamedNode) else None
        if (
            predicate != SKOS.prefLabel
            or name is None
            or name.segment != "law"
            or not (isinstance(title, Literal) and title.language)
            or not OFFICIAL.intersection(records.objects(item.claim, COOP.hasLabelOrigin))
        ):
            continue
        expression = NamedNode(f"{BASE}id/expression/{name.slug}.{title.language}")
        for triple in (
            Triple(expression, RDF.type, ELI.LegalExpression),
            Triple(expression, ELI.realizes, law),
            Triple(expression, ELI.term("title"), title),
            Triple(expression, SKOS.prefLabel, title),
        ):
            yield Derivation(triple, item.made.origin)
