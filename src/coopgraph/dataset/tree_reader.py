"""Reader of a tree that stays: it reads again only the files that changed since it read them.

Which these may be it is told by a :class:`~coopgraph.dataset.tree_watch.TreeWatch`; where there is none, or a file has
several names and may be written under another one, it asks every file for its status (``stat``). A change of a file
always changes its ``ctime``, which no program can set back; but one that comes within the same tick of the clock as the
reading would not show. So a status counts only where its ``ctime`` was older than that.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from coopgraph.dataset.tree import FileProblem, Tree, TreeDocuments, TreeFile, load_file_of_tree
from coopgraph.dataset.tree_watch import TreeWatch

CLOCK_STEP = 2_000_000_000
"""Nanoseconds by which ``ctime`` must lie before the reading."""

_Status = tuple[int, int, int, int]


class TreeReader:
    """The documents of ``tree`` as they are at each reading; files above ``input_size`` bytes are not read."""

    def __init__(self, tree: Tree, *, input_size: int) -> None:
        self.tree = tree
        self._input_size = input_size
        self._read: dict[str, tuple[_Status, bytes]] = {}
        self._watch: TreeWatch | None = None
        self._documents: TreeDocuments | None = None
        self._places: dict[Path, TreeFile] = {}
        self._of_one_name = True

    @property
    def watches(self) -> bool:
        """Whether the tree is watched, so that its files need not be looked at."""
        return self._watch is not None

    def read(self) -> TreeDocuments:
        """Return the files and what is in them; where nothing changed, what was returned before.

        Raises :class:`UnreadableInput` for a missing folder.
        """
        found = self._changed()
        if found is None:
            self._end_watch()
            if self._of_one_name:
                with suppress(OSError):
                    self._watch = TreeWatch(self.tree)  # begun first, so that it sees what comes while all is read
            found = self._listed()
            if not self._of_one_name:
                self._end_watch()
        self._documents = found
        return found

    def _end_watch(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _changed(self) -> TreeDocuments | None:
        """Return the documents with those that changed; None where others may have come or gone."""
        before = self._documents
        places = self._watch.changed() if self._watch is not None else None
        if places is None or before is None:
            return None
        touched = {place for place in places if place.suffix == ".ttl" and not place.name.startswith(".")}
        if not touched <= self._places.keys() or not all(map(_is_of_one_name, touched)):
            return None
        asked = {file.path: file for file in map(self._places.__getitem__, touched)}
        unread = {problem.path for problem in before.problems}
        asked.update((file.path, file) for file in before.files if unread and file.path in unread)
        if not asked:
            return before
        data = dict(before.data)
        problems = {problem.path: problem for problem in before.problems}
        for path, file in asked.items():
            loaded = load_file_of_tree(file, self._input_size)
            data.pop(path, None)
            problems.pop(path, None)
            if isinstance(loaded, FileProblem):
                problems[path] = loaded
            else:
                data[path] = loaded
        there = [file.path for file in before.files]
        return TreeDocuments(
            before.files,
            MappingProxyType({path: data[path] for path in there if path in data}),
            tuple(problems[path] for path in there if path in problems),
        )

    def _listed(self) -> TreeDocuments:
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
        self._places = {file.place: file for file in files}
        self._of_one_name = all(_is_of_one_name(file.place) for file in files)
        return TreeDocuments(files, MappingProxyType(data), tuple(problems))


def _is_of_one_name(place: Path) -> bool:
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def _status(file: TreeFile) -> _Status | None:
    try:
        found = os.stat(file.place)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
