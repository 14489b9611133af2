"""N-Quads as a stream, as this program wrote them; what strangers send goes through ``rdf.read``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from pyoxigraph import RdfFormat, parse

from coopgraph.rdf.terms import Quad


def stream(source: bytes | IO[bytes]) -> Iterator[Quad]:
    """Yield the quads of ``source`` one by one, in its order. Raises SyntaxError for what is no N-Quads."""
    return parse(source, format=RdfFormat.N_QUADS)
