"""Publisher: writes accepted submissions to their entities' files and makes a release, in recorded steps.

::

    accepted ─▶ writing ─▶ (files) ─▶ written ─▶ (release) ─▶ published

One process at a time publishes. Whatever kills it, the next one goes on from the last recorded step: a file that has
its new content is not written again, and a release of the same content is not made again.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from coopgraph.database.database import Database
from coopgraph.dataset.entity_file import create, remove, replace
from coopgraph.dataset.tree import Tree
from coopgraph.desk.change_set import FileChange
from coopgraph.desk.submission_store import file_changes, set_state
from coopgraph.errors import Busy
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.model.release_note import submissions_note
from coopgraph.publishing.build import build

LOCK_FILE = "desk.lock"

PUBLISHER = "publisher"
"""Who publishes, in the audit log."""

_in_this_process = threading.Lock()
# A record lock is one of the process, not of the thread.


class Release(Protocol):
    """What makes a release of the tree, as :func:`coopgraph.publishing.build.build` does."""

    def __call__(self, *, message: str, now: datetime) -> Manifest | None:
        """Make it; None where it is what is current already."""


class Publisher:
    """Publishes what was accepted: in ``tree``, and as a release in ``var``. ``now`` tells the time in UTC.

    ``release`` makes the release; without it a whole build does. ``reached`` is told each point between two steps.
    """

    def __init__(
        self,
        database: Database,
        tree: Tree,
        var: Path,
        *,
        now: Callable[[], datetime],
        release: Release | None = None,
        reached: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._database, self._tree, self._var, self._now, self._reached = database, tree, var, now, reached
        self._release = release or partial(build, tree, var)

    def publish(self) -> tuple[int, ...]:
        """Publish all that is accepted, in the order in which it was; return the numbers of what is published now.

        What was made for another version of a file than there is comes into conflict instead. Raises :class:`Busy`
        where another process publishes, and what a build raises: then the next call goes on.
        """
        if not self.pending():
            return ()
        with self._lock():
            for number in self._waiting("accepted", "writing"):
                self._write(number)
            written = self._waiting("written")
            if not written:
                return ()
            self._release(message=submissions_note(written), now=self._now())
            self._reached("built")
            release = release_folder.current(self._var) or ""
            for number in written:
                with self._database.transaction() as connection:
                    set_state(connection, number, "published", PUBLISHER, "", self._now(), expected=("accepted",))
                    connection.execute(
                        "UPDATE publication SET step = 'published', release = ? WHERE submission = ?", (release, number)
                    )
                self._reached("published")
            return written

    def pending(self) -> bool:
        """Return whether there is something to publish, or to finish."""
        return bool(self._waiting("accepted", "writing", "written"))

    def _waiting(self, *steps: str) -> tuple[int, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT submission FROM publication WHERE step IN ({', '.join('?' * len(steps))}) ORDER BY number",
                steps,
            ).fetchall()
        return tuple(row["submission"] for row in rows)

    def _write(self, number: int) -> None:
        """Write the files of one submission, or bring it into conflict."""
        with self._database.transaction() as connection:
            (step,) = connection.execute("SELECT step FROM publication WHERE submission = ?", (number,)).fetchone()
            files = file_changes(connection, number)
            begun = step == "writing"
            fits = all(
                self._present(item) in ((item.before, item.after) if begun else (item.before,)) for item in files
            )
            if fits:
                connection.execute("UPDATE publication SET step = 'writing' WHERE submission = ?", (number,))
        self._reached("begun")
        if not fits:
            for item in files if begun else ():
                if self._present(item) == item.after:
                    self._put(item, item.after, item.before)
            with self._database.transaction() as connection:
                set_state(connection, number, "conflict", PUBLISHER, "", self._now(), expected=("accepted",))
                connection.execute("DELETE FROM publication WHERE submission = ?", (number,))
            return
        for item in files:
            if self._present(item) != item.after:
                self._put(item, item.before, item.after)
            self._reached("file")
        with self._database.transaction() as connection:
            connection.execute("UPDATE publication SET step = 'written' WHERE submission = ?", (number,))
        self._reached("written")

    def _place(self, item: FileChange) -> Path:
        return self._tree.data.joinpath(*item.path.split("/")[1:])

    def _present(self, item: FileChange) -> bytes | None:
        place = self._place(item)
        return place.read_bytes() if place.is_file() else None

    def _put(self, item: FileChange, before: bytes | None, after: bytes | None) -> None:
        place = self._place(item)
        if after is None:
            remove(place)
        elif before is None:
            create(place, after)
        else:
            replace(place, after)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._var.mkdir(parents=True, exist_ok=True)
        with _in_this_process, (self._var / LOCK_FILE).open("wb") as stream:
            try:
                fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError) as error:
                raise Busy(
                    Message("Another process publishes accepted submissions now."),
                    Message("It publishes this one too; look again in a moment."),
                ) from error
            yield
