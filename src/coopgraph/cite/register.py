"""The operator's register of citations: an SQLite file that several processes may use at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from coopgraph.cite.citation import Citation, Result
from coopgraph.errors import NoRoom, OurFault

FILE = "citations.sqlite3"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS citation (
  id TEXT PRIMARY KEY, query TEXT NOT NULL, release TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL,
  size INTEGER NOT NULL, rows INTEGER, day TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""
_FIELDS = "query, release, format, sha256, size, rows, day"


class Register:
    """The citations kept in the folder ``var``, at most ``most`` of them. Holds no open file between two calls."""

    def __init__(self, var: Path, most: int) -> None:
        self._path = var / FILE
        self._most = most

    def add(self, citation: Citation) -> Citation:
        """Keep ``citation`` and return it, or return the one that cites the same and is kept already.

        Raises :class:`NoRoom` where as many are kept as may be, :class:`OurFault` where the file cannot be written.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            kept = _find(connection, citation.id)
            if kept is not None:
                return kept
            (count,) = connection.execute("SELECT COUNT(*) FROM citation").fetchone()
            if count >= self._most:
                raise NoRoom(
                    f"No more than {self._most:,} citations are kept here, and there are as many.",
                    "Cite the release and print the query; the operator can raise the setting “citations”.",
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
        """Return the citation of that name, or None. Raises :class:`OurFault` where the file cannot be read."""
        if not self._path.exists():
            return None
        with self._opened() as connection:
            return _find(connection, name)

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
                connection.execute(_SCHEMA)
                yield connection
        except sqlite3.Error as error:
            raise OurFault(
                "The register of citations cannot be used now.",
                "Try again later; the operator finds it beside the releases and can look at free space and rights.",
            ) from error


def _find(connection: sqlite3.Connection, name: str) -> Citation | None:
    row = connection.execute(f"SELECT {_FIELDS} FROM citation WHERE id = ?", (name,)).fetchone()
    if row is None:
        return None
    query, release, chosen, sha256, size, rows, day = row
    return Citation(query, release, Result(chosen, sha256, size, rows), date.fromisoformat(day))
