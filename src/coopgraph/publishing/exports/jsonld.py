"""JSON-LD 1.1 export of the default graph: flat, compacted with the published context, one node a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO

from coopgraph.rdf.jsonld import CONTEXT_IRI, Context
from coopgraph.rdf.terms import Triple


def write(triples: Iterable[Triple], context: Context, stream: IO[bytes]) -> None:
    """Write ``triples``, which come grouped by subject and free of duplicates, as one JSON-LD document."""
    stream.write(f'{{"@context":"{CONTEXT_IRI}","@graph":[\n'.encode())
    for number, line in enumerate(_lines(triples, context)):
        stream.write((",\n" if number else "").encode() + line)
    stream.write(b"\n]}\n")


def _lines(triples: Iterable[Triple], context: Context) -> Iterator[bytes]:
    for subject, group in groupby(triples, key=lambda triple: triple.subject):
        node = context.node(subject, group)
        yield json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode()
