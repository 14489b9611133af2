"""Release of the real graph with invented data beside: what costs more there than alone grows with the graph."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from coopgraph.dataset.generator import generate
from coopgraph.model import release_folder
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest, ReleaseFile


def write_grown_release(triples: int, manifest: Manifest, var: Path, into: Path) -> None:
    """Write the release of ``manifest`` in ``var`` to the folder ``into``, with ``triples`` invented ones beside.

    Those that it does not have are a graph more of its default graph. Its other files stay as they are.
    """
    place = release_folder.file(var, manifest.id, release_folder.DUMP).parent
    grown = into / release_folder.RELEASES / manifest.id
    shutil.copytree(place, grown)
    dump = grown / release_folder.DUMP
    graph, added = graph_iri("generated"), 0
    with gzip.open(place / release_folder.DUMP) as quads, gzip.open(dump, "wb", compresslevel=1) as packed:
        said = set()
        for quad in quads:
            packed.write(quad)
            said.add(quad.rpartition(b" <")[0])
        for line in generate(triples):
            triple = line.rstrip()[:-1].rstrip().encode()
            # A union has each once, as the manifest counts it.
            if triple not in said:
                packed.write(b"%b <%b> .\n" % (triple, graph.encode()))
                added += 1
    held = dump.read_bytes()
    listed = ReleaseFile(hashlib.sha256(held).hexdigest(), len(held), "application/gzip")
    whole = replace(
        manifest,
        graphs={**manifest.graphs, graph: added},
        default_graph=(*manifest.default_graph, graph),
        triples=manifest.triples + added,
        files={**manifest.files, release_folder.DUMP: listed},
    )
    (grown / release_folder.MANIFEST).write_text(whole.to_json(), encoding="utf-8")
    shutil.copy(var / "current.json", into)


def entities_of(manifest: Manifest, var: Path, stem: str) -> Iterator[str]:
    """Yield what follows ``stem`` in the IRIs of a release that are described in its dump, in order."""
    start = f"<{stem}".encode()
    with gzip.open(release_folder.file(var, manifest.id, release_folder.DUMP)) as quads:
        found = {line[len(start) : line.index(b">")] for line in quads if line.startswith(start)}
    yield from sorted(name.decode() for name in found)
