"""Interaction: what has to be seen together, and how often the triples are asked for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from coopgraph.dataset.materialize.interaction import interacting
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import BlankNode, NamedNode, Node, Term, Triple
from coopgraph.rdf.triple_table import TripleTable


def found_among(triples: list[Triple], changed: set[Node]) -> tuple[set[Node], int]:
    """Return what interacts with nodes, and how many look-ups that took."""
    table, asked = TripleTable(triples), 0

    def match(subject: Term | None, predicate: NamedNode | None, value: Term | None) -> Iterator[Triple]:
        nonlocal asked
        asked += 1
        return table.match(subject, predicate, value)

    return interacting(changed, match, Index(())), asked


def test_a_cell_of_a_list_takes_two_look_ups() -> None:
    cells = [BlankNode(f"c{number}") for number in range(500)]
    triples = [Triple(cell, RDF.rest, following) for cell, following in itertools.pairwise(cells)]
    found, asked = found_among(triples, set(cells))
    assert found == set(cells)
    assert asked <= 2 * len(cells) + 10


def test_services_of_a_provider_interact_with_it_however_many_they_are() -> None:
    provider = NamedNode("https://e.example/provider")
    for count in (3, 300):
        services = [NamedNode(f"https://e.example/service{number}") for number in range(count)]
        triples = [Triple(service, COOP.isProvidedBy, provider) for service in services]
        assert found_among(triples, {provider})[0] == {provider, *services}
        assert found_among(triples, {services[0]})[0] == {provider, services[0]}
