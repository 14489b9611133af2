"""JSON-LD document as a stream: nodes in one ``@graph``, compacted with the published context, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, Any

from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.result_sink import NotExpressible
from coopgraph.rdf.terms import Literal, Triple

GATHERED = 10_000
"""Triples of which each subject is one node.

Of a longer result so many are held at a time, and a subject that comes again later is a node again.
"""


GRAPH_START = f'{{"@context":"{CONTEXT_IRI}","@graph":['.encode()
SEPARATOR = b","
"""What stands between two nodes."""

GRAPH_END = b"\n]}\n"


def node_line(node: Mapping[str, Any]) -> bytes:
    """Return a node as a line of such a document, which begins with its line feed."""
    return b"\n" + json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode()


def write_compacted(triples: Iterable[Triple], context: Context, stream: IO[bytes]) -> None:
    """Write ``triples``, in whatever order, as such a document; no more than :data:`GATHERED` are held.

    Subjects come in the order in which they are first told of. Raises NotExpressible for RDF 1.2's triple terms and
    directions of texts, for which JSON-LD 1.1 has no words.
    """
    stream.write(GRAPH_START)
    for number, node in enumerate(_nodes(iter(triples), context)):
        stream.write((SEPARATOR if number else b"") + node_line(node))
    stream.write(GRAPH_END)


def _nodes(triples: Iterator[Triple], context: Context) -> Iterator[Mapping[str, Any]]:
    while gathered := tuple(islice(triples, GATHERED)):
        about: dict[str, dict[tuple[str, str], None]] = {}
        for triple in gathered:
            value = triple.object
            if isinstance(value, Triple) or (isinstance(value, Literal) and value.direction):
                raise NotExpressible
            about.setdefault(str(triple.subject), {})[str(triple.predicate), str(triple.object)] = None
        for subject, said in about.items():
            yield context.node_of_texts(subject, said)
