"""Present workspace: the workspace of a tree as it is on disk at each use, kept ready in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree, TreeDocuments
from coopgraph.dataset.tree_reader import TreeReader
from coopgraph.errors import CoopgraphError

MOST_CHANGED_FILES = 20
"""Changed files from which the workspace is made anew rather than changed."""

CLOSING = 1.0
"""Seconds that closing waits for who has the workspace."""


class PresentWorkspace:
    """The workspace of ``tree``, made when it is first wanted; files above ``input_size`` bytes are not read.

    Thread-safe: one thread has it at a time.
    """

    def __init__(self, tree: Tree, *, input_size: int) -> None:
        self.tree = tree
        self._reader = TreeReader(tree, input_size=input_size)
        self._lock = threading.Lock()
        self._made: tuple[TreeDocuments, Workspace] | None = None
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether it is made, so that nobody has to wait for that."""
        return self._made is not None

    def begin(self) -> None:
        """Make it in a thread of its own, before somebody wants it."""
        threading.Thread(target=self._begin, name="coopgraph-workspace", daemon=True).start()

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """Give the workspace of the files as they are now. Raises :class:`UnreadableInput` for a missing folder."""
        with self._lock:
            yield self._present(self._reader.read())

    def close(self) -> None:
        """End its processes; where it is still being made, as soon as that is done."""
        self._closed = True
        if self._lock.acquire(timeout=CLOSING):
            try:
                self._forget()
            finally:
                self._lock.release()

    def _begin(self) -> None:
        with suppress(CoopgraphError), self._lock:
            if not self._closed:
                self._present(self._reader.read()).prepare()
            if self._closed:
                self._forget()

    def _present(self, loaded: TreeDocuments) -> Workspace:
        if self._made is not None:
            held, workspace = self._made
            if loaded is held:
                return workspace
            changed = {path: data for path, data in loaded.data.items() if held.data.get(path) != data}
            gone = held.data.keys() - loaded.data.keys()
            of_records = all(path.startswith("data/") for path in (*changed, *gone))
            if of_records and len(changed) + len(gone) <= MOST_CHANGED_FILES and loaded.problems == held.problems:
                for path, data in changed.items():
                    workspace = workspace.with_file(path, data)
                for path in gone:
                    workspace = workspace.without_file(path)
                try:
                    self._made = loaded, workspace.settled()
                except BaseException:
                    self._forget()  # the index may be half changed
                    raise
                return self._made[1]
        self._forget()
        workspace = Workspace.of(loaded)
        self._made = loaded, workspace
        return workspace

    def _forget(self) -> None:
        if self._made is not None:
            self._made[1].close()
            self._made = None
