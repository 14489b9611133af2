"""CPSV (Core Public Service Vocabulary) properties of services of public bodies."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.model.iris import CONCEPT
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, CPSV, RDF, SKOS
from coopgraph.rdf.terms import NamedNode, Triple

PUBLIC = frozenset(
    NamedNode(CONCEPT + "organization-type/" + kind) for kind in ("public-institution", "government-department")
)


def public_services(records: Index, asserted: Index, schemes: Index) -> Iterator[Derivation]:
    """Yield the type ``cpsv:PublicService`` for each service whose provider is asserted to be a public body.

    Public bodies are public institutions, government departments, and every narrower type.
    """
    for service in records.instances(COOP.Service):
        for provider in records.objects(service, COOP.isProvidedBy):
            kinds = asserted.objects(provider, COOP.hasOrganizationType)
            if any(PUBLIC.intersection((kind, *schemes.ancestors(kind, SKOS.broader))) for kind in kinds):
                yield Derivation(
                    Triple(service, RDF.type, CPSV.PublicService), Triple(service, COOP.isProvidedBy, provider)
                )
