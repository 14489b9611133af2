"""Migrations: numbered SQL files that bring a database from one schema to the next, each whole or not at all.

``schema/0001-accounts.sql`` leads from an empty database to version 1, the next one to version 2. A file that was
released is never changed; the version stands in the database itself (``PRAGMA user_version``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema. Raises :class:`OurFault` where it is newer than this program."""
    steps = migrations()
    if _version(connection) == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it meanwhile.
        done = _version(connection)
        if done > len(steps):
            raise OurFault(
                Message("The desk's database was written by a newer version of coopgraph."),
                Message("Install that version, or restore a backup of before."),
            )
        for text in steps[done:]:
            for statement in _statements(text):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def migrations() -> tuple[str, ...]:
    """Return the SQL of every migration in order."""
    found = (item for item in files("coopgraph.database").joinpath("schema").iterdir() if item.name.endswith(".sql"))
    return tuple(item.read_text(encoding="utf-8") for item in sorted(found, key=lambda item: item.name))


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _statements(text: str) -> Iterator[str]:
    """Yield the statements of an SQL text, in which each ends at the end of a line."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        lines.append(line)
        if sqlite3.complete_statement("".join(lines)):
            yield "".join(lines)
            lines.clear()
