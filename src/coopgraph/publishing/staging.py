"""Staging folder of a release: files are written there, and the finished folder is put in place in one step."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, ReleaseFile
from coopgraph.publishing.gzip_pieces import GZIP_LEVEL, Piece, gzip_file

STAGING = "staging"


class Staging:
    """A folder being filled; each file is hashed as it is written, and safe on disk when its block ends."""

    def __init__(self, place: Path) -> None:
        place.mkdir(parents=True)
        self._place = place
        self._files: dict[str, ReleaseFile] = {}

    @property
    def files(self) -> dict[str, ReleaseFile]:
        """What has been written so far, by path."""
        return dict(self._files)

    def place(self, path: str) -> Path:
        """Return where the file ``path`` lies while the release is being made."""
        return self._place / path

    def write_packed(self, path: str, pieces: Iterable[Piece]) -> None:
        """Write the packed file ``path`` from pieces that are packed already."""
        with self._written(path, "application/gzip") as counted:
            for block in gzip_file(pieces):
                counted.write(block)

    @contextmanager
    def write(self, path: str, media_type: str) -> Iterator[IO[bytes]]:
        """Give a stream for the file ``path``; where it ends in ``.gz`` the stream packs.

        The same bytes in give the same bytes out: the packed form names neither time nor file.
        """
        with self._written(path, media_type) as counted, ExitStack() as closing:
            stream = cast(IO[bytes], counted)
            if path.endswith(".gz"):
                packed = gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=stream, mtime=0)
                stream = cast(IO[bytes], closing.enter_context(packed))
            yield stream

    @contextmanager
    def _written(self, path: str, media_type: str) -> Iterator[_Counted]:
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as raw:
            counted = _Counted(raw)
            yield counted
            sync(raw)
        self._files[path] = ReleaseFile(counted.sha256, counted.size, media_type)

    def install(self, var: Path, manifest: Manifest) -> None:
        """Write ``manifest`` last and move the folder to its place among the releases, which must be free."""
        write_text(self._place / release_folder.MANIFEST, manifest.to_json())
        for folder, _, _ in os.walk(self._place):
            sync_folder(Path(folder))
        target = release_folder.folder(var, manifest.id)
        target.parent.mkdir(exist_ok=True)
        self._place.rename(target)
        sync_folder(target.parent)


def clear(var: Path) -> None:
    """Remove what builds that were killed have left behind."""
    shutil.rmtree(var / STAGING, ignore_errors=True)


def demand_folder(var: Path) -> None:
    """Raise OSError where no release could be put into ``var``, before anybody has worked for it."""
    releases = var / release_folder.RELEASES
    place = releases if releases.exists() else var
    code = errno.ENOTDIR if not place.is_dir() else 0 if os.access(place, os.W_OK) else errno.EACCES
    if code:
        raise OSError(code, os.strerror(code))


def replace_text(place: Path, text: str) -> None:
    """Replace the file ``place`` by ``text`` in one step that survives a crash."""
    draft = place.with_name(place.name + ".new")
    write_text(draft, text)
    draft.replace(place)
    sync_folder(place.parent)


def write_text(place: Path, text: str) -> None:
    """Write ``text`` to ``place`` and wait until it is on disk."""
    with place.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        sync(stream)


def sync(stream: IO[bytes] | IO[str]) -> None:
    """Wait until what was written to ``stream`` is on disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(place: Path) -> None:
    """Wait until the names in the folder ``place`` are on disk."""
    number = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class _Counted:
    """Passes bytes on, counting and hashing them."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        self._target.write(data)
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._target.flush()
