"""Source in memory: graphs that are in no release, as a draft's, read by this folder's queries without a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, cast

from pyoxigraph import Store

from coopgraph.model.iris import BASE, NOT_IN_DEFAULT_GRAPH, graph_iri
from coopgraph.rdf.binding import Solution, solutions
from coopgraph.rdf.formats import JSON, N_TRIPLES, Format
from coopgraph.rdf.result_sink import ResultSink
from coopgraph.rdf.results import write_rows
from coopgraph.rdf.terms import NamedNode, Quad, Term
from coopgraph.reading.source import load_query
from coopgraph.sparql.lexer import bind
from coopgraph.sparql.rewrite.pipeline import FUNCTIONS, adapted


@dataclass(frozen=True, slots=True)
class GraphSource:
    """Graphs in memory, arranged as those of a release are; made by :meth:`of`.

    The queries are this package's own, so they run here, without limits.
    """

    _store: Store
    release: str

    @classmethod
    def of(cls, quads: Iterable[Quad], release: str) -> GraphSource:
        """Return a source that holds ``quads``, each in the graph of its kind (``graph/records``).

        ``release`` is the name of what they are: others have another.
        """
        store = Store()
        store.bulk_extend(_with_default_graph(quads))
        return cls(store, release)

    def rows(self, name: str, /, **terms: Term | tuple[Term, ...]) -> tuple[Solution, ...]:
        """Return the rows of ``queries/{name}.rq`` with ``terms`` bound."""
        return solutions(self._answer(name, JSON, terms))

    def n_triples(self, name: str, /, **terms: Term | tuple[Term, ...]) -> bytes:
        """Return the triples of ``queries/{name}.rq`` with ``terms`` bound, for :meth:`Graph.of_n_triples`."""
        return self._answer(name, N_TRIPLES, terms)

    def _answer(self, name: str, chosen: Format, terms: dict[str, Term | tuple[Term, ...]]) -> bytes:
        query = adapted(bind(load_query(name), terms), {})
        chunks: list[bytes] = []
        sink = ResultSink(chosen, chunks.append)
        results = self._store.query(query, base_iri=BASE, custom_functions=FUNCTIONS)
        write_rows(results, chosen, cast(IO[bytes], sink))
        sink.finish()
        return b"".join(chunks)


def _with_default_graph(quads: Iterable[Quad]) -> Iterator[Quad]:
    apart = {NamedNode(graph_iri(name)) for name in NOT_IN_DEFAULT_GRAPH}
    for quad in quads:
        yield quad
        if quad.graph_name not in apart:
            yield Quad(quad.subject, quad.predicate, quad.object)
