"""Files → an open store. The one place that knows which engine there is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coopgraph.errors import OurFault, UnreadableInput
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.rdf import formats
from coopgraph.store.oxigraph.contents import Contents, Source
from coopgraph.store.oxigraph.pool import Pool

_LOADABLE = (formats.N_QUADS, formats.TRIG, formats.TURTLE, formats.N_TRIPLES)


@dataclass(frozen=True, slots=True)
class Engine:
    """How a store is run: ``workers`` questions at once, ``waiting`` more in the queue, ``memory`` bytes for each."""

    workers: int
    waiting: int
    memory: int

    def open(self, contents: Contents) -> Pool:
        """Return a store that holds ``contents``. Raises UnreadableInput or StoreDown."""
        return Pool(contents, workers=self.workers, waiting=self.waiting, memory=self.memory)


def open_release(var: Path, manifest: Manifest, engine: Engine) -> Pool:
    """Return the store of a release, once its dump has the checksum that the manifest says. Raises OurFault."""
    dump = release_folder.file(var, manifest.id, release_folder.DUMP)
    if _sha256(dump) != manifest.files[release_folder.DUMP].sha256:
        raise OurFault(
            f"The dump of the release {manifest.id} is damaged: its checksum is not the manifest's.",
            "Restore the release from a copy, or build anew.",
        )
    source = Source(str(dump.resolve()), packed=True, format=formats.N_QUADS.name)
    return engine.open(Contents((source,), manifest.default_graph))


def open_files(paths: Sequence[Path], engine: Engine) -> Pool:
    """Return the store of any N-Quads, TriG, Turtle or N-Triples files, packed by gzip or not, each as it stands.

    Relative IRIs are resolved against the file's own address. Raises UnreadableInput.
    """
    return engine.open(Contents(tuple(_source(path) for path in paths)))


def fingerprint(paths: Sequence[Path]) -> str:
    """Return a name for what the files hold now: the first 16 digits of a SHA-256. Raises UnreadableInput."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update((_sha256(path) or "").encode("ascii"))
    return digest.hexdigest()[:16]


def _source(path: Path) -> Source:
    suffixes = path.suffixes
    packed = suffixes[-1:] == [".gz"]
    suffix = suffixes[-2 if packed else -1] if len(suffixes) > packed else ""
    chosen = formats.BY_SUFFIX.get(suffix.lower())
    if chosen not in _LOADABLE:
        raise UnreadableInput(
            f"{path} has no ending that tells its format.",
            "Name it .nq (N-Quads), .trig (TriG), .ttl (Turtle) or .nt (N-Triples); .gz may follow.",
        )
    if path.is_dir():
        raise UnreadableInput(f"{path} is a folder, not a file.", "Name a file in it.")
    if not path.exists():
        raise UnreadableInput(f"There is no file {path}.", "Check the name.")
    # A file's address is the base that RFC 3986, section 5.1.3, gives its relative references.
    return Source(str(path.resolve()), packed, chosen.name, base=path.resolve().as_uri())


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
