"""Things of an export: all of the kinds that one frame draws, without those that were withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from coopgraph.errors import NotFound
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import OWL
from coopgraph.rdf.node_table import PARTS
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.reading.list_order import READ_AT_ONCE
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

Things = tuple[NamedNode, ...]


def exported_things(reading: Source, words: Vocabulary, name: str) -> Iterator[tuple[Things, Graph]]:
    """Yield the things of the kind ``name`` in the order of their IRIs, some at a time, with the statements about them.

    ``name`` is that of a frame (``organization``), or the path segment of the kind (``org``). Their :data:`PARTS` come
    along. Raises :class:`NotFound` where there is no such kind.
    """
    for some in _some_at_a_time(reading, words, name):
        said = [reading.n_triples("statements", things=some)]
        graph = Graph.of_n_triples(*said)
        parts = {link: None for thing in some for part in PARTS.get(name, ()) for link in graph.links(thing, part)}
        if parts:
            graph = Graph.of_n_triples(*said, reading.n_triples("statements", things=tuple(parts)))
        yield _standing(some, graph), graph


def exported_services(reading: Source, words: Vocabulary) -> Iterator[tuple[Things, Graph]]:
    """Yield the services likewise, with their channels and hours, and what names their providers."""
    for some in _some_at_a_time(reading, words, "service"):
        graph = Graph.of_n_triples(reading.n_triples("service-slices", things=some))
        yield _standing(some, graph), graph


def _some_at_a_time(reading: Source, words: Vocabulary, name: str) -> Iterator[Things]:
    kinds = [kind for kind in words.kinds if kind.frame and name in (kind.frame, kind.segment)]
    if not kinds:
        known = sorted({kind.frame for kind in words.kinds if kind.frame})
        raise NotFound(
            with_nearest(Message("There is no export of “{kind}”.", kind=name), nearest_names(name, known)),
            Message("Choose one of: {kinds}.", kinds=", ".join(known)),
        )
    things = {
        row["thing"]
        for kind in kinds
        for row in reading.rows("things", kind=NamedNode(kind.of_class), stem=Literal(f"{BASE}id/{kind.segment}/"))
    }
    ordered = sorted((thing for thing in things if isinstance(thing, NamedNode)), key=lambda thing: thing.value)
    return (tuple(ordered[start : start + READ_AT_ONCE]) for start in range(0, len(ordered), READ_AT_ONCE))


def _standing(things: Things, graph: Graph) -> Things:
    return tuple(thing for thing in things if not graph.values(thing, OWL.deprecated))
