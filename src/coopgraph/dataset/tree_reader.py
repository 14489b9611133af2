"""Reader of a tree that stays: it reads again only the files whose status (``stat``) is another than when it read them.

A change of a file always changes its ``ctime``, which no program can set back; but one that comes within the same tick
of the clock as the reading would not show. So a file counts as read only where its ``ctime`` was older than that.
"""

from __future__ import annotations

import os
import time
from types import MappingProxyType

from coopgraph.dataset.tree import FileProblem, Tree, TreeDocuments, TreeFile, load_file_of_tree

CLOCK_STEP = 2_000_000_000
"""Nanoseconds by which ``ctime`` must lie before the reading."""

_Status = tuple[int, int, int, int]


class TreeReader:
    """The documents of ``tree`` as they are at each reading; files above ``input_size`` bytes are not read."""

    def __init__(self, tree: Tree, *, input_size: int) -> None:
        self.tree = tree
        self._input_size = input_size
        self._read: dict[str, tuple[_Status, bytes]] = {}

    def read(self) -> TreeDocuments:
        """Return the files and what is in them. Raises :class:`UnreadableInput` for a missing folder."""
        files = self.tree.files()
        before, self._read = self._read, {}
        data: dict[str, bytes] = {}
        problems: list[FileProblem] = []
        for file in files:
            known = before.get(file.path)
            status = _status(file)
            if known is not None and known[0] == status:
                self._read[file.path] = known
                data[file.path] = known[1]
                continue
            now = time.time_ns()
            found = load_file_of_tree(file, self._input_size)
            if isinstance(found, FileProblem):
                problems.append(found)
                continue
            data[file.path] = found
            if status is not None and status[3] < now - CLOCK_STEP:
                self._read[file.path] = status, found
        return TreeDocuments(files, MappingProxyType(data), tuple(problems))


def _status(file: TreeFile) -> _Status | None:
    try:
        found = os.stat(file.place)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
