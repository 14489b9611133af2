"""Index directory: the quad index of a tree on disk, a cache from which the next check of a few files begins.

It is believed only for what it was made from: the manifest names the content hash of every file of the tree and of the
program's own modules that had a part in it. All files are read and hashed each time, so no time stamp can deceive;
those that differ are a change of the indexed tree. One process at a time writes the directory while none reads it; who
finds it in use, or may not write there, does without.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import coopgraph
from coopgraph.curation.workspace import tree_statements, validated_data
from coopgraph.dataset.tree import TreeDocuments, parse_tree
from coopgraph.rdf.quad_index import ENGINE, QuadIndex, UnreadableIndex, write_index

MOST_CHANGES = 20
"""Most changed files for which an index still serves; with more it is made anew."""

_MADE_BY = ("curation", "dataset", "model", "rdf")
"""The folders of the package that decide on what is in an index."""

_NOTES = ("LOG", "LOCK")
"""Files of a store that hold nothing of it."""


@dataclass(frozen=True, slots=True)
class IndexedTree:
    """An index of a tree as it once was, the number of its validated triples, and the files that have changed since.

    ``changes`` holds the new content of each changed file by path, None where the file is gone.
    """

    index: QuadIndex
    size: int
    changes: Mapping[str, bytes | None]


class IndexDirectory:
    """A directory that is locked, so that nobody replaces it while it is in use."""

    def __init__(self, place: Path, descriptor: int) -> None:
        self._place, self._descriptor = place, descriptor

    @classmethod
    @contextmanager
    def locked(cls, place: Path) -> Iterator[IndexDirectory | None]:
        """Give the directory ``place``, made where it was missing; None where it is being written or cannot be used."""
        try:
            place.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            yield None
            return
        try:
            yield cls(place, descriptor) if _lock(descriptor, fcntl.LOCK_SH) else None
        finally:
            os.close(descriptor)

    def read(self, loaded: TreeDocuments) -> IndexedTree | None:
        """Return the index for a tree; None where there is none that serves, or it is damaged."""
        try:
            manifest = json.loads((self._current / "manifest.json").read_bytes())
            files, size = dict(manifest["files"]), int(manifest["size"])
            if manifest["made_by"] != _made_by() or manifest["store"] != _files(self._current / "store"):
                return None
        except (OSError, ValueError, TypeError, KeyError):
            return None
        changes = _changes(files, loaded)
        if changes is None:
            return None
        try:
            return IndexedTree(QuadIndex.on_disk(self._current / "store"), size, changes)
        except UnreadableIndex:
            return None

    def write(self, loaded: TreeDocuments) -> bool:
        """Replace the index by that of a tree, and say whether that was done.

        It is not where another process uses the directory, or where the disk will not have it.
        """
        if not _lock(self._descriptor, fcntl.LOCK_EX):
            return False
        building = self._place / "building"
        try:
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            content = parse_tree(loaded)
            data = validated_data(content)
            write_index(building / "store", data, tree_statements(content))
            manifest = {
                "made_by": _made_by(),
                "size": len(data),
                "store": _files(building / "store"),
                "files": {path: _digest(document) for path, document in loaded.data.items()},
            }
            (building / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
            shutil.rmtree(self._current, ignore_errors=True)
            building.rename(self._current)
        except (OSError, UnreadableIndex):
            shutil.rmtree(building, ignore_errors=True)
            return False
        finally:
            _lock(self._descriptor, fcntl.LOCK_SH)
        return True

    def discard(self) -> None:
        """Remove the index, so that the next check makes it anew; readers of it keep what they have opened."""
        with suppress(OSError):
            (self._current / "manifest.json").unlink()

    @property
    def _current(self) -> Path:
        return self._place / "current"


def _lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _changes(files: Mapping[str, str], loaded: TreeDocuments) -> dict[str, bytes | None] | None:
    """Return what has changed since ``files`` had these hashes; None where that is too much for a change."""
    changes: dict[str, bytes | None] = {
        path: document for path, document in loaded.data.items() if files.get(path) != _digest(document)
    }
    changes.update(dict.fromkeys(files.keys() - loaded.data.keys()))
    of_records = all(path.startswith("data/") for path in changes)
    return changes if of_records and len(changes) <= MOST_CHANGES else None


def _digest(document: bytes) -> str:
    return sha256(document).hexdigest()


def _files(store: Path) -> dict[str, int | str]:
    """Return what tells the files of a store from others: of those with checksums in every block the size, else a hash.

    A store whose list of files is damaged would open as an empty one.
    """
    return {
        file.name: file.stat().st_size if file.suffix == ".sst" else _digest(file.read_bytes())
        for file in sorted(store.iterdir())
        if file.name not in _NOTES
    }


@cache
def _made_by() -> str:
    """Return the hash of the modules that decide on what is in an index, and of the versions beneath them."""
    package = Path(coopgraph.__file__).parent
    found = sha256(f"{sys.version} {ENGINE}".encode())
    for folder in _MADE_BY:
        for file in sorted((package / folder).rglob("*.py")):
            found.update(sha256(file.read_bytes()).digest())
    return found.hexdigest()
