"""Opening of stores from files. The one place that knows which engine there is."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import OurFault, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.rdf import formats
from coopgraph.store.oxigraph.loading import SourceFile, StoreContents
from coopgraph.store.oxigraph.pool import QUICK, Pool

DIRECTORY = "store"
"""Name of the folder, in a release's own, of its store on disk: a cache, which goes with the release."""

_LOADABLE = (formats.N_QUADS, formats.TRIG, formats.TURTLE, formats.N_TRIPLES)


BYTES_PER_QUAD = 370
"""Memory of a quad of data like ours in one process, as measured (100,000 and 1,000,000 quads: 376 and 366)."""

PROCESSES = 4
"""Processes that hold the data beside those of the ordinary lanes: two of quick lanes, the spare, the loading one.

Forked memory is shared only at first: reading touches reference counts, and most of it becomes each process's own.
"""

_QUADS_PER_BYTE = {formats.N_QUADS: 1 / 140, formats.N_TRIPLES: 1 / 140, formats.TURTLE: 1 / 45, formats.TRIG: 1 / 45}
"""Quads to expect of a file's bytes, rather too many than too few."""

_UNPACKED = 12
"""How much larger a file may be than what gzip makes of it."""


@dataclass(frozen=True, slots=True)
class EngineConfiguration:
    """How a store is run: ``workers`` queries at once, ``waiting`` more in the queue, ``memory`` bytes for each.

    ``budget`` is what the data may take in all processes together, in bytes; data that would take more are read from
    disk. None: whatever it takes.
    """

    workers: int
    waiting: int
    memory: int
    budget: int | None = None

    @property
    def most_queries(self) -> int:
        """How many queries run or wait at once: those in both lanes, and in the queue before each of them."""
        return self.workers + 2 * self.waiting + QUICK

    def keeps_in_memory(self, quads: float) -> bool:
        """Return whether so many quads fit the budget."""
        return self.budget is None or quads * BYTES_PER_QUAD * (self.workers + PROCESSES) <= self.budget

    def open(self, contents: StoreContents) -> Pool:
        """Return a store that holds ``contents``. Raises UnreadableInput or StoreDown."""
        return Pool(contents, workers=self.workers, waiting=self.waiting, memory=self.memory)


def open_release(var: Path, manifest: Manifest, engine: EngineConfiguration) -> Pool:
    """Return the store of a release, once its dump has the checksum that the manifest says. Raises OurFault."""
    dump = release_folder.file(var, manifest.id, release_folder.DUMP)
    if release_folder.file_sha256(dump) != manifest.files[release_folder.DUMP].sha256:
        raise OurFault(
            Message(
                "The dump of the release {release} is damaged: its checksum is not the manifest's.", release=manifest.id
            ),
            Message("Restore the release from a copy, or build anew."),
        )
    source = SourceFile(str(dump.resolve()), packed=True, format=formats.N_QUADS.name)
    quads = sum(manifest.graphs.values()) + manifest.triples
    published = str(dump.resolve().parent) if release_folder.CONTEXT in manifest.files else ""
    directory = "" if engine.keeps_in_memory(quads) else str(dump.resolve().with_name(DIRECTORY))
    opened = engine.open(StoreContents((source,), manifest.default_graph, quads, directory, published=published))
    if opened.health().quads != quads:
        held = opened.health().quads
        opened.close()
        raise OurFault(
            Message(
                "The store of the release {release} holds {held:,} quads instead of the manifest's {quads:,}.",
                release=manifest.id,
                held=held,
                quads=quads,
            ),
            Message("Restore the release from a copy, or build anew."),
        )
    return opened


def open_files(paths: Sequence[Path], engine: EngineConfiguration) -> Pool:
    """Return the store of any N-Quads, TriG, Turtle or N-Triples files, packed by gzip or not, each as it stands.

    Relative IRIs are resolved against the file's own address. Raises UnreadableInput.
    """
    sources = tuple(_source(path) for path in paths)
    if engine.keeps_in_memory(sum(map(_expected, sources))):
        return engine.open(StoreContents(sources))
    place = Path(tempfile.mkdtemp(prefix="coopgraph-"))
    return engine.open(StoreContents(sources, directory=str(place / DIRECTORY), fleeting=True))


def fingerprint(paths: Sequence[Path]) -> str:
    """Return a name for what the files hold now: the first 16 digits of a SHA-256. Raises UnreadableInput."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update((release_folder.file_sha256(path) or "").encode("ascii"))
    return digest.hexdigest()[:16]


def _source(path: Path) -> SourceFile:
    if path.is_dir():
        raise UnreadableInput(Message("{path} is a folder, not a file.", path=path), Message("Name a file in it."))
    if not path.exists():
        raise UnreadableInput(Message("There is no file {path}.", path=path), Message("Check the name."))
    if not path.is_file():
        raise UnreadableInput(
            Message("{path} is not a regular file.", path=path), Message("Copy its content into a file.")
        )
    suffixes = path.suffixes
    packed = suffixes[-1:] == [".gz"]
    suffix = suffixes[-2 if packed else -1] if len(suffixes) > packed else ""
    chosen = formats.BY_SUFFIX.get(suffix.lower())
    if chosen not in _LOADABLE:
        raise UnreadableInput(
            Message("{path} has no ending that tells its format.", path=path),
            Message("Name it .nq (N-Quads), .trig (TriG), .ttl (Turtle) or .nt (N-Triples); .gz may follow."),
        )
    # A file's address is the base that RFC 3986, section 5.1.3, gives its relative references.
    return SourceFile(str(path.resolve()), packed, chosen.name, base=path.resolve().as_uri())


def _expected(source: SourceFile) -> float:
    """Return about how many quads a file holds."""
    size = Path(source.path).stat().st_size * (_UNPACKED if source.packed else 1)
    return size * _QUADS_PER_BYTE[formats.BY_NAME[source.format]]
