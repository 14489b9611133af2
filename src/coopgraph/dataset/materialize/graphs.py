"""Materialized graphs of a release, from the tree as curated: what is left out is filled in, what follows is made.

Pure: the same content always gives the same graphs. Terms stay exactly as written; no store is involved, since a
store rewrites numbers.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from coopgraph.dataset.materialize import (
    claims,
    defaults,
    figures,
    freshness,
    inference,
    laws,
    remainders,
    series,
    services,
)
from coopgraph.dataset.materialize.derivation import Derivation
from coopgraph.dataset.tree import TreeContent
from coopgraph.model.iris import graph_iri
from coopgraph.rdf.index import Index, remembered_index
from coopgraph.rdf.namespaces import COOP, RDF, SCHEMA, SKOS
from coopgraph.rdf.terms import NamedNode, Quad, Triple

MAPPINGS = frozenset(
    (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SCHEMA.sameAs)
)
"""Properties whose triples make up the graph of mappings, wherever they were written."""

FILLED = ("vocabulary", "schemes", "shapes", "records", "asserted", "derived", "mappings", "inferred")
"""The graphs that follow from the tree; the catalog, the last of a release, describes the release itself."""

_SELDOM_CHANGED = ("vocabulary", "schemes", "shapes")
"""Graphs that come with every tree, and of which a process therefore remembers what was made."""

_VALIDATED = frozenset({RDF.type, COOP.refersTo})


@dataclass(frozen=True, slots=True)
class MaterializedGraphs:
    """The graphs by name, each sorted and free of duplicates, and the origin of what was made.

    ``origin`` leads from each triple that no file holds to the one in a file that it rests on: from an asserted triple
    to its claim's ``rdf:object``, from a default to the record's type.
    """

    graphs: Mapping[str, tuple[Triple, ...]]
    origin: Mapping[Triple, Triple]

    def data_graph(self) -> set[Triple]:
        """Return the data graph of SHACL: every triple but the shapes and values inferred for broader properties.

        Of what is inferred, shapes look at classes and at what a figure refers to; the rest repeats what they see.
        """
        return {
            triple
            for name, triples in self.graphs.items()
            for triple in triples
            if name not in ("shapes", "inferred") or (name == "inferred" and triple.predicate in _VALIDATED)
        }

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
    return materialize_curated(
        curated, remembered_index(tuple(curated["vocabulary"])), remembered_index(tuple(curated["schemes"]))
    )


def materialize_curated(
    curated: Mapping[str, Sequence[Triple]], vocabulary: Index, schemes: Index
) -> MaterializedGraphs:
    """Return the graphs that follow from curated triples, by the name of their graph; they may be a part of a tree's.

    ``vocabulary`` and ``schemes`` are the tree's, whole.
    """
    records = Index(curated["records"])
    added = [*defaults.qualities(records, vocabulary), *remainders.remainders(records, vocabulary, schemes)]
    records.add(_triples(added))
    memberships = [*figures.memberships(records)]
    added += memberships
    records.add(_triples(memberships))

    asserted_claims = claims.asserted_claims(records)
    asserted = [item.made for item in asserted_claims]
    plain = Index(_triples(asserted))
    records.add(figures.subjects_of_figures(records, vocabulary))

    added += figures.data_sets(records, plain)
    asserted += laws.legal_expressions(asserted_claims, records)
    asserted += services.public_services(records, plain, schemes)
    asserted += services.opening_hours(asserted_claims, records, plain, schemes)
    best = figures.best_figures(records)
    derived = [*figures.group_of_best(best), *series.series(best, records, schemes)]

    made = {"records": added, "asserted": asserted, "derived": derived}
    graphs = {name: [*triples, *_triples(made.get(name, ()))] for name, triples in curated.items()}
    routed = _routed(graphs, set(records.instances(COOP.DerivedObservation)))
    filled = {
        name: _sorted_once(tuple(triples)) if name in _SELDOM_CHANGED else _sorted(triples)
        for name, triples in routed.items()
    }
    of_parts = [
        *laws.of_provisions(plain),
        *laws.effective_dates(records, plain),
        *services.languages_of_channels(records, plain),
        *services.composed_names(records, schemes),
        *freshness.days_to_verify_by(records),
    ]
    lasting = (*filled["vocabulary"], *filled["schemes"])
    passing = [*chain.from_iterable(triples for name, triples in filled.items() if name not in _SELDOM_CHANGED)]
    stated = {*lasting, *passing}
    followed = (
        *of_parts,
        *_inferred_once(lasting, vocabulary),
        *inference.inferred(chain(passing, _triples(of_parts)), vocabulary),
    )
    entailed = [item for item in followed if item.triple not in stated]
    filled["inferred"] = _sorted(_triples(entailed))
    return MaterializedGraphs(
        filled,
        _origins((added, asserted, derived, entailed), set(chain.from_iterable(curated.values()))),
    )


def _origins(made: Iterable[Iterable[Derivation]], in_files: Container[Triple]) -> dict[Triple, Triple]:
    """Return the triple in a file that each made one rests on. In ``made`` a step stands after those it rests on."""
    origin: dict[Triple, Triple] = {}
    for item in chain.from_iterable(made):
        if item.triple not in in_files:
            origin.setdefault(item.triple, origin.get(item.origin, item.origin))
    return origin


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


@lru_cache(maxsize=4)
def _inferred_once(statements: tuple[Triple, ...], vocabulary: Index) -> tuple[Derivation, ...]:
    return tuple(inference.inferred(statements, vocabulary))


@lru_cache(maxsize=6)
def _sorted_once(triples: tuple[Triple, ...]) -> tuple[Triple, ...]:
    return _sorted(triples)


def _sorted(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(set(triples), key=str))
