"""Database directory: a store built once from its sources, then only read, by many processes at a time.

It is a cache: where it is missing, damaged, or holds another number of quads than it must, it is built anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, parse

from coopgraph.rdf import formats
from coopgraph.store.oxigraph.loading import SourceFile, StoreContents, UnreadableSource, opened


def prepare_directory(contents: StoreContents) -> int:
    """Return how many quads the directory of ``contents`` holds, having built it where that had to be.

    Raises UnreadableSource; the source is the directory itself where it cannot be written.
    """
    place = Path(contents.directory)
    try:
        with _locked(place.parent):
            held = _count(place)
            if held is None or held != contents.quads:
                shutil.rmtree(place, ignore_errors=True)
                _build(contents, place)
                held = _count(place)
    except OSError as error:
        raise UnreadableSource(str(place), error.strerror or "the store cannot be built there") from error
    return held or 0


def open_to_read(contents: StoreContents) -> Store:
    """Return the store that :func:`prepare_directory` left. It has threads: a process that opened it must not fork."""
    return Store.read_only(contents.directory)


def _count(place: Path) -> int | None:
    # The engine reports damage as either.
    with suppress(OSError, RuntimeError):
        return len(Store.read_only(str(place)))
    return None


def _build(contents: StoreContents, place: Path) -> None:
    building = place.with_name(place.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    store = Store(str(building))
    for source in contents.sources:
        if contents.default_graph:
            store.bulk_extend(_with_default_graph(source, contents.default_graph))
        else:
            with opened(source) as stream:
                store.bulk_load(stream, formats.BY_NAME[source.format].rdf, base_iri=source.base or None)
    store.optimize()
    store.flush()
    del store
    building.rename(place)


def _with_default_graph(source: SourceFile, graphs: tuple[str, ...]) -> Iterator[Quad]:
    """Yield the quads of ``source``, those of ``graphs`` in the default graph as well.

    An update would copy them too, but holds them all in memory.
    """
    wanted = {NamedNode(graph) for graph in graphs}
    with opened(source) as stream:
        for quad in parse(stream, formats.BY_NAME[source.format].rdf, base_iri=source.base or None):
            yield quad
            if quad.graph_name in wanted:
                yield Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let no other process build in ``folder`` meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
