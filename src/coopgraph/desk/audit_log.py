"""Audit log: who did what, when; each entry holds the hash of the one before, so that a change or a gap shows.

Entries name things and never quote them: what was withdrawn stands in no entry.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

BEGINNING = "0" * 64
"""What stands in the first entry for the hash of the one before."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: ``actor`` did ``action`` to ``object``, at ``at`` (UTC, ISO 8601)."""

    number: int
    at: str
    actor: str
    action: str
    object: str
    previous: str

    @property
    def hash(self) -> str:
        """The SHA-256 of the entry with the hash of the one before."""
        return hashlib.sha256(json.dumps(astuple(self), ensure_ascii=False).encode()).hexdigest()


def record(connection: sqlite3.Connection, now: datetime, actor: str, action: str, what: str) -> None:
    """Add an entry, in the transaction of what it tells of."""
    last = connection.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = (last["number"] + 1, last["hash"]) if last else (1, BEGINNING)
    entry = AuditEntry(number, moment(now), actor, action, what, previous)
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*astuple(entry), entry.hash))


def entries(connection: sqlite3.Connection) -> Iterator[tuple[AuditEntry, str]]:
    """Yield every entry in order with the hash that stands beside it."""
    for row in connection.execute("SELECT * FROM audit ORDER BY number"):
        yield AuditEntry(*tuple(row)[:-1]), row["hash"]


def first_break(connection: sqlite3.Connection) -> int | None:
    """Return the number of the first entry that was changed, or before which one is missing; None for a whole log.

    That the last entries are missing shows only against a hash that was noted elsewhere.
    """
    number, previous = 1, BEGINNING
    for entry, written in entries(connection):
        if (entry.number, entry.previous, entry.hash) != (number, previous, written):
            return number
        number, previous = number + 1, written
    return None


def moment(at: datetime) -> str:
    """Return a time in UTC as it is written in the database."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
