"""From the tree as curated to the graphs of a release: what is left out is filled in, what follows is made.

Pure: the same content always gives the same graphs. Terms stay exactly as written; no store is involved, since a
store rewrites numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from coopgraph.dataset.materialize import claims, defaults, figures, laws, services
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.dataset.tree import TreeContent
from coopgraph.model.iris import graph_iri
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, SCHEMA, SKOS
from coopgraph.rdf.terms import NamedNode, Quad, Triple

MAPPINGS = frozenset(
    (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SCHEMA.sameAs)
)
"""Properties whose triples make up the graph of mappings, wherever they were written."""

FILLED = ("vocabulary", "schemes", "shapes", "records", "asserted", "derived", "mappings")
"""The graphs that follow from the tree; the catalog, the last of a release, describes the release itself."""


@dataclass(frozen=True, slots=True)
class MaterializedGraphs:
    """The graphs by name, each sorted and free of duplicates, and the origin of what was made.

    ``origin`` leads from each triple that no file holds to the one in a file that it rests on: from an asserted triple
    to its claim's ``rdf:object``, from a default to the record's type.
    """

    graphs: Mapping[str, tuple[Triple, ...]]
    origin: Mapping[Triple, Triple]

    def quads(self) -> Iterator[Quad]:
        """Yield every triple in its named graph, graph by graph."""
        for name, triples in self.graphs.items():
            graph = NamedNode(graph_iri(name))
            for triple in triples:
                yield Quad(triple.subject, triple.predicate, triple.object, graph)


def materialize(content: TreeContent) -> MaterializedGraphs:
    """Return the graphs that follow from ``content``, whether or not it is valid; checking comes after."""
    curated: dict[str, list[Triple]] = {name: [] for name in FILLED}
    for file in content.files:
        curated[file.graph].extend(quad.triple for quad in content.quads[file.path])
    vocabulary, schemes = Index(curated["vocabulary"]), Index(curated["schemes"])

    records = Index(curated["records"])
    added = [*defaults.qualities(records, vocabulary), *figures.memberships(records)]
    records.add(_triples(added))

    asserted_claims = claims.asserted_claims(records)
    asserted = [item.made for item in asserted_claims]
    plain = Index(_triples(asserted))
    counted = [*figures.subjects_of_figures(records, vocabulary)]
    records.add(_triples(counted))

    added += figures.data_sets(records, plain)
    asserted += counted
    asserted += laws.entry_into_force(asserted_claims)
    asserted += laws.legal_expressions(asserted_claims, records)
    asserted += services.public_services(records, plain, schemes)
    asserted += claims.inferred_types(records, vocabulary)
    derived = [*figures.best_figures(records)]

    made = {"records": added, "asserted": asserted, "derived": derived}
    graphs = {name: [*triples, *_triples(made.get(name, ()))] for name, triples in curated.items()}
    graphs = _routed(graphs, set(records.instances(COOP.DerivedObservation)))
    in_files = set(chain.from_iterable(curated.values()))
    origin: dict[Triple, Triple] = {}
    for item in chain(added, asserted, derived):
        if item.triple not in in_files:
            origin.setdefault(item.triple, item.origin)
    return MaterializedGraphs({name: _sorted(triples) for name, triples in graphs.items()}, origin)


def _triples(made: Iterable[Derivation]) -> Iterator[Triple]:
    return (item.triple for item in made)


def _routed(graphs: Mapping[str, list[Triple]], computed: set[object]) -> dict[str, list[Triple]]:
    """Move mappings and computed figures from where they were written to their own graphs."""
    routed: dict[str, list[Triple]] = {name: [] for name in graphs}
    for name, triples in graphs.items():
        for triple in triples:
            if name in ("schemes", "records", "asserted") and triple.predicate in MAPPINGS:
                routed["mappings"].append(triple)
            elif name == "records" and triple.subject in computed:
                routed["derived"].append(triple)
            else:
                routed[name].append(triple)
    return routed


def _sorted(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(set(triples), key=str))
