"""JSON-LD 1.1 export of the default graph: flat, compacted with the published context, one node a line."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import IO

from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.jsonld_stream import write_nodes
from coopgraph.rdf.terms import Triple


def write(triples: Iterable[Triple], context: Context, stream: IO[bytes]) -> None:
    """Write ``triples``, which come grouped by subject and free of duplicates, as one JSON-LD document."""
    groups = groupby(triples, key=lambda triple: triple.subject)
    write_nodes((context.node(subject, group) for subject, group in groups), stream)
