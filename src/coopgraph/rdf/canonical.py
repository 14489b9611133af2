"""Canonical form of a graph: RDFC-1.0 (https://www.w3.org/TR/rdf-canon/), with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import cast

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, serialize

from coopgraph.rdf.language_tags import restore
from coopgraph.rdf.terms import Quad


def canonical_nquads(quads: Iterable[Quad]) -> bytes:
    """Return the canonical N-Quads of ``quads``: no duplicates, sorted by code point, blank nodes named by RDFC-1.0.

    The order and the names of the blank nodes that come in do not matter. Blank nodes are named in the value space of
    RDF, where language tags are lower-case; the tags are written in their conventional case (``zh-Hans``).
    """
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = cast(bytes, serialize(dataset, format=RdfFormat.N_QUADS))
    return b"".join(sorted(restore(lines).splitlines(keepends=True)))


def canonical_hash(quads: Iterable[Quad]) -> str:
    """Return the SHA-256 of :func:`canonical_nquads` in hexadecimal."""
    return hashlib.sha256(canonical_nquads(quads)).hexdigest()
