"""Canonical form of a graph: RDFC-1.0 (https://www.w3.org/TR/rdf-canon/)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, serialize

from coopgraph.rdf.language_tags import restore_lines
from coopgraph.rdf.terms import BlankNode, DefaultGraph, Quad, Term, Triple


def canonical_nquads(quads: Iterable[Quad]) -> bytes:
    """Return the canonical N-Quads of ``quads``: no duplicates, sorted by code point, blank nodes named by RDFC-1.0.

    The order and the names of the blank nodes that come in do not matter. Blank nodes are named in the value space of
    RDF, where language tags are lower-case; the tags are written in their conventional case (``zh-Hans``).
    """
    nameless: list[Quad] = []
    named: list[Quad] = []
    for quad in quads:
        (named if _is_named(quad.subject, quad.object, quad.graph_name) else nameless).append(quad)
    # Only quads with blank nodes bear on how these are named; the others need no indexes, which would take most of the
    # time and memory.
    dataset = Dataset(nameless)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = b"".join(cast(bytes, serialize(part, format=RdfFormat.N_QUADS)) for part in (named, dataset))
    return b"".join(sorted(set(restore_lines(lines).splitlines(keepends=True))))


def _is_named(*terms: Term | Triple | DefaultGraph) -> bool:
    return not any(isinstance(term, BlankNode | Triple) for term in terms)
