"""SHACL engine for a second opinion: pyshacl over rdflib, slow and independent.

Run as ``python -m coopgraph.validation.engines.pyshacl SECONDS``.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

import pyshacl
import rdflib
from rdflib.plugins.parsers.ntriples import NTGraphSink, W3CNTriplesParser
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rdflib.plugins.sparql.sparql import Query

from coopgraph.validation.engines.child import run_engine


class Processor(SPARQLProcessor):
    """rdflib's processor, parsing a query once and not anew for every focus node."""

    def query(  # type: ignore[override]  # rdflib passes these three by position
        self, query: str | Query, bindings: Any = None, namespaces: Any = None, *rest: Any, **named: Any
    ) -> Any:
        """Answer a query given as text or prepared; see rdflib."""
        if isinstance(query, str):
            query = _prepared(query, tuple(sorted((namespaces or {}).items())))
        return super().query(query, bindings, namespaces, *rest, **named)


@lru_cache(maxsize=1024)
def _prepared(text: str, namespaces: tuple[tuple[str, str], ...]) -> Query:
    return prepareQuery(text, initNs=dict(namespaces))


class _KeptLabels(dict[str, rdflib.BNode]):
    """A context of blank nodes in which each keeps its label, by which the caller finds its place again."""

    def get(self, label: str, default: object = None) -> rdflib.BNode:
        return rdflib.BNode(label)


def _graph(n_triples: bytes) -> rdflib.Graph:
    graph = rdflib.Graph()
    W3CNTriplesParser(NTGraphSink(graph), bnode_context=_KeptLabels()).parsestring(n_triples)
    return graph


def validate(shapes: bytes, data: bytes, start: list[str] | None = None) -> bytes:
    """Return the W3C report on ``data``; see :data:`.child.Validate`.

    Core and SPARQL constraints only: no rules, no inference, no imports, no scripts. Raises RuntimeError where pyshacl
    cannot validate, which it reports as a value.
    """
    # Both are switches of the whole process: keep literals as written, and be silent about ill-typed ones.
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    rdflib.plugin.register("sparql", rdflib.query.Processor, __name__, Processor.__name__)
    _, report, text = pyshacl.validate(
        _graph(data),
        shacl_graph=_graph(shapes),
        advanced=False,
        inference="none",
        js=False,
        do_owl_imports=False,
        inplace=True,
        use_shapes=start,
    )
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(text)
    return report.serialize(format="nt", encoding="utf-8")


if __name__ == "__main__":
    run_engine(validate)
