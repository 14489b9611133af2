"""Loading of a store: what it is to hold, and how it gets there."""

from __future__ import annotations

import gzip
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import NamedNode, Store

from coopgraph.rdf import formats


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to load: its path, whether gzip packs it, its format's name, and the base of its relative IRIs.

    ``base`` is empty where relative IRIs are an error.
    """

    path: str
    packed: bool
    format: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class StoreContents:
    """What a store is to hold: files, and the graphs whose union is added to its default graph.

    ``quads`` is how many that must be, where it is known. ``directory`` is where the store is on disk; empty: it is in
    memory. A ``fleeting`` directory is for this one server and goes with it. ``published`` is the folder
    of the release whose context and frames JSON-LD takes; empty: there is none.
    """

    sources: tuple[SourceFile, ...]
    default_graph: tuple[str, ...] = ()
    quads: int | None = None
    directory: str = ""
    fleeting: bool = False
    published: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> StoreContents:
        """Read what :meth:`to_dict` gave."""
        sources = tuple(SourceFile(**item) for item in raw["sources"])
        return cls(**{**raw, "sources": sources, "default_graph": tuple(raw["default_graph"])})


class UnreadableSource(Exception):
    """A file that cannot be loaded: its path, what is wrong, and the line and column of a syntax error."""

    def __init__(self, path: str, problem: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem
        self.line = line
        self.column = column


def load_store(contents: StoreContents) -> Store:
    """Return a store in memory that holds ``contents``. Raises :class:`UnreadableSource`."""
    store = Store()
    for source in contents.sources:
        with opened(source) as stream:
            store.bulk_load(stream, formats.BY_NAME[source.format].rdf, base_iri=source.base or None)
    for graph in contents.default_graph:
        store.update(f"ADD SILENT {NamedNode(graph)} TO DEFAULT")
    return store


@contextmanager
def opened(source: SourceFile) -> Iterator[IO[bytes]]:
    """Give the bytes of ``source``, unpacked and without a byte order mark, as some editors begin a file.

    Whatever is wrong with them is raised as :class:`UnreadableSource`.
    """
    try:
        with Path(source.path).open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if source.packed else file
            if stream.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
                stream.read(len(BOM_UTF8))
            yield cast(IO[bytes], stream)
    except SyntaxError as error:
        raise UnreadableSource(source.path, "syntax", error.lineno, error.offset) from error
    except (OSError, EOFError, ValueError, MemoryError) as error:
        # MemoryError: pyoxigraph's word for a single token of more than 16 MiB.
        reason = getattr(error, "strerror", None) or "it is damaged or not in the format that its name says"
        raise UnreadableSource(source.path, reason) from error
