"""Register of citations: an SQLite file that several processes may use at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from coopgraph.errors import Gone, NoRoom, OurFault
from coopgraph.messages.message import Message
from coopgraph.query.citations.citation import Citation, ResultDigest

FILE = "citations.sqlite3"

_SCHEMAS = (
    """
CREATE TABLE IF NOT EXISTS citation (
  id TEXT PRIMARY KEY, query TEXT NOT NULL, release TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL,
  size INTEGER NOT NULL, rows INTEGER, day TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    "CREATE TABLE IF NOT EXISTS visited (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS removed (id TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT, WITHOUT ROWID",
)
"""What is cited; what was read again on a later day; and the names of what the operator has removed."""
_FIELDS = "query, release, format, sha256, size, rows, day"


class Register:
    """The citations kept in the folder ``var``, at most ``most`` of them. Holds no open file between two calls.

    Where it is full, the oldest that nobody has read on a later day gives way.
    """

    def __init__(self, var: Path, most: int) -> None:
        self._path = var / FILE
        self._most = most

    def add(self, citation: Citation) -> Citation:
        """Keep ``citation`` and return it, or return the one that cites the same and is kept already.

        Raises :class:`Gone` for one that was removed, :class:`NoRoom` where as many are kept as may be and all are
        read, :class:`OurFault` where the file cannot be written.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            kept = _find(connection, citation.id)
            if kept is not None:
                return kept
            (count,) = connection.execute("SELECT COUNT(*) FROM citation").fetchone()
            if count >= self._most and not _make_room(connection):
                raise NoRoom(
                    Message("No more than {limit:,} citations are kept here, and there are as many.", limit=self._most),
                    Message("Cite the release and print the query; the operator can raise the setting “citations”."),
                )
            result = citation.result
            connection.execute(
                f"INSERT INTO citation (id, {_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(citation.id, citation.query, citation.release, result.format, result.sha256),
                    *(result.size, result.rows, citation.day.isoformat()),
                ),
            )
            connection.execute("COMMIT")
            return citation

    def find(self, name: str) -> Citation | None:
        """Return the citation of that name, or None.

        Raises :class:`Gone` for one that was removed, :class:`OurFault` where the file cannot be read.
        """
        if not self._path.exists():
            return None
        with self._opened() as connection:
            return _find(connection, name)

    def visit(self, name: str, citation: Citation, today: date) -> None:
        """Note that ``citation`` is read ``today``; on a later day than its own it has been of use to somebody."""
        if today > citation.day:
            with self._opened() as connection:
                connection.execute("INSERT OR IGNORE INTO visited VALUES (?)", (name,))

    def all(self) -> list[tuple[str, Citation, bool]]:
        """Return all that are kept, oldest first: name, citation, and whether it was read on a later day."""
        if not self._path.exists():
            return []
        with self._opened() as connection:
            rows = connection.execute(f"SELECT id, id IN visited, {_FIELDS} FROM citation ORDER BY day, id").fetchall()
        return [(name, _citation(row), bool(visited)) for name, visited, *row in rows]

    def remove(self, name: str, today: date) -> bool:
        """Erase the citation of that name and remember that it was removed; False where there is none."""
        if not self._path.exists():
            return False
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = _drop(connection, name)
            if found:
                connection.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (name, today.isoformat()))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return found

    def blank(self, release: str) -> int:
        """Erase the words of all queries that cite ``release``, which was withdrawn; return how many those are.

        Their names stay, so that whoever follows one learns what became of the release.
        """
        if not self._path.exists():
            return 0
        with self._opened() as connection:
            done = connection.execute("UPDATE citation SET query = '' WHERE release = ? AND query <> ''", (release,))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return done.rowcount

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA secure_delete = ON")
                for schema in _SCHEMAS:
                    connection.execute(schema)
                yield connection
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise NoRoom(
                    Message("There is no room here to keep a citation."), Message("Try again later.")
                ) from error
            raise OurFault(
                Message("The register of citations cannot be used now."),
                Message(
                    "Try again later; the operator finds it beside the releases and can look at free space and rights."
                ),
            ) from error


def _find(connection: sqlite3.Connection, name: str) -> Citation | None:
    row = connection.execute(f"SELECT {_FIELDS} FROM citation WHERE id = ?", (name,)).fetchone()
    if row is not None:
        return _citation(row)
    removed = connection.execute("SELECT day FROM removed WHERE id = ?", (name,)).fetchone()
    if removed is not None:
        raise Gone(Message("This citation was removed on {day} by those who run this service.", day=removed[0]))
    return None


def _citation(row: Sequence[Any]) -> Citation:
    query, release, chosen, sha256, size, rows, day = row
    return Citation(query, release, ResultDigest(chosen, sha256, size, rows), date.fromisoformat(day))


def _make_room(connection: sqlite3.Connection) -> bool:
    """Drop the oldest citation that nobody has read on a later day; False where there is none."""
    unread = connection.execute("SELECT id FROM citation WHERE id NOT IN visited ORDER BY day, id LIMIT 1").fetchone()
    return unread is not None and _drop(connection, unread[0])


def _drop(connection: sqlite3.Connection, name: str) -> bool:
    connection.execute("DELETE FROM visited WHERE id = ?", (name,))
    return connection.execute("DELETE FROM citation WHERE id = ?", (name,)).rowcount > 0
