"""JSON-LD export: the default graph's nodes, compacted with the published context, one a line."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.jsonld_stream import SEPARATOR, node_line
from coopgraph.rdf.terms import Triple


def nodes(triples: Iterable[Triple], context: Context) -> bytes:
    """Return the nodes of ``triples``, which come grouped by subject and free of duplicates, parted by separators."""
    groups = groupby(triples, key=lambda triple: triple.subject)
    return SEPARATOR.join(node_line(context.node(subject, group)) for subject, group in groups)
