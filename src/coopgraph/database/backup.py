"""Backup of a database into one file while it is in use, and its restoring."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from coopgraph.database.database import connect
from coopgraph.database.migrations import migrate
from coopgraph.errors import NotFound, OurFault, UnreadableInput, WrongUsage
from coopgraph.messages.message import Message


def back_up(database: Path, target: Path) -> None:
    """Write the database as it is now into the file ``target``, which must not exist yet, and check what was written.

    Others may read and write meanwhile. Raises :class:`NotFound` where there is no database, :class:`WrongUsage` where
    ``target`` exists, :class:`OurFault` where it cannot be written; then it is not there.
    """
    if not database.exists():
        raise NotFound(
            Message("There is no database to back up."), Message("The first `coopgraph user add` makes one.")
        )
    if target.exists():
        raise WrongUsage(Message("There is a file {place} already.", place=target), Message("Choose another folder."))
    draft = target.with_name(target.name + ".new")
    try:
        _create_private(draft)
        _copy(database, draft)
        draft.rename(target)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise OurFault(
            Message("The backup could not be written to {place}.", place=target),
            Message("Look at free space and rights there."),
        ) from error


def restore(source: Path, database: Path) -> None:
    """Put the backup ``source`` in the place of the database, in one step, and bring it to the newest schema.

    What uses the database must be stopped before. Raises :class:`NotFound` where there is no backup,
    :class:`UnreadableInput` where it is damaged or no backup of a desk; the database is then as it was.
    """
    if not source.is_file():
        raise NotFound(Message("There is no backup {place}.", place=source), Message("Check the name of the folder."))
    draft = database.with_name(database.name + ".new")
    try:
        _create_private(draft)
        _copy(source, draft)
        with closing(connect(draft)) as connection:
            connection.execute("SELECT COUNT(*) FROM audit")
            migrate(connection)
            connection.execute("PRAGMA journal_mode = DELETE")  # nothing of it stands in a second file
        for ending in ("-wal", "-shm"):
            database.with_name(database.name + ending).unlink(missing_ok=True)
        draft.replace(database)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise UnreadableInput(
            Message("{place} is no whole backup of the desk's database.", place=source), Message("Use another backup.")
        ) from error


def _create_private(draft: Path) -> None:
    """Make an empty file that nobody else may read, in the place of one that was left."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _copy(source: Path, target: Path) -> None:
    """Copy a database into an empty file. Raises sqlite3.DatabaseError where what came out is damaged."""
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as held,
        closing(sqlite3.connect(target)) as copy,
    ):
        held.backup(copy)
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is damaged")
