"""SQLite database in one file: transactions that are whole or not at all, with a write-ahead log.

Several processes may use it at once: a connection lives as long as one transaction. What is deleted is overwritten.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from coopgraph.database.migrations import migrate
from coopgraph.errors import NoRoom, NotFound, OurFault
from coopgraph.messages.message import Message

DESK_FILE = "desk.sqlite3"
"""The name of the desk's database, beside the releases."""

WAIT = 10.0
"""Seconds that a transaction waits for another one to end."""


class Database:
    """The database in the file ``path``, made where it is missing and brought to the newest schema when it is opened.

    Raises :class:`OurFault` where the file cannot be used, or was written by a newer program.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _told():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                # Nobody else on the machine reads what accounts hold.
                with suppress(FileExistsError):
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(connect(path)) as connection:
                migrate(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give a connection within a transaction that may write; it is undone where anything is raised inside."""
        with _told(), closing(connect(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one state of the database and changes nothing."""
        with _told(), closing(connect(self.path)) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the database in the file ``path``, in which no transaction is open."""
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


@contextmanager
def _told() -> Iterator[None]:
    """Raise an error in words in place of what SQLite or the disk says."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except OverflowError as error:
        # Only numbers by which something is asked for come from outside.
        raise NotFound(
            Message("Nothing here has a number as large as that."), Message("Look it up in the list.")
        ) from error
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise NoRoom(Message("There is no room here to keep this."), Message("Try again later.")) from error
        raise OurFault(
            Message("The desk's database cannot be used now."),
            Message("Try again; the operator finds it beside the releases and can look at free space and rights."),
        ) from error


def desk_database(var: Path) -> Database:
    """Return the desk's database in the folder ``var``."""
    return Database(var / DESK_FILE)
