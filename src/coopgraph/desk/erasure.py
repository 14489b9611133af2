"""Erasure of what must vanish from the desk's database, such as an address that endangers somebody.

What is erased is overwritten in the file. The submission's number, author, states and days stay; the audit log, which
quotes nothing, says that it was erased and why.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime

from coopgraph.database.database import Database, connect
from coopgraph.desk.audit_log import record
from coopgraph.desk.submission_store import unknown_submission
from coopgraph.errors import Conflict, WrongUsage
from coopgraph.messages.message import Message


def erase(database: Database, number: int, reason: str, *, actor: str, now: datetime) -> None:
    """Erase all texts of a submission: its versions, what its files held before and after, reasons and comments.

    Raises :class:`NotFound` for an unknown number, :class:`WrongUsage` without a reason, and :class:`Conflict` for one
    that is being published.
    """
    if not reason.strip():
        raise WrongUsage(Message("An erasure needs a reason, which names nothing that is to vanish."))
    with database.transaction() as connection:
        row = connection.execute("SELECT state FROM submission WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise unknown_submission(number)
        if row["state"] == "accepted":
            raise Conflict(
                Message("Submission {number} is being published.", number=number),
                Message("Erase it when that is done."),
            )
        if row["state"] != "published":
            connection.execute("UPDATE submission SET state = 'withdrawn' WHERE id = ?", (number,))
        connection.execute("UPDATE submission SET reason = '' WHERE id = ?", (number,))
        connection.execute("UPDATE version SET body = x'' WHERE submission = ?", (number,))
        connection.execute("UPDATE event SET text = '', about = '' WHERE submission = ?", (number,))
        connection.execute("UPDATE file_change SET before = NULL, after = NULL WHERE submission = ?", (number,))
        record(connection, now, actor, f"erased: {reason.strip()}", f"submission {number}")
    with closing(connect(database.path)) as connection:
        # Until then the old pages stand in the write-ahead log.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def holding(database: Database, text: str) -> tuple[int, ...]:
    """Return the numbers of the submissions whose texts hold ``text``, compared byte by byte."""
    wanted = text.encode()
    with database.reading() as connection:
        return tuple(sorted({number for number, held in _texts(connection) if wanted in held}))


def _texts(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    rows = connection.execute(
        "SELECT submission, body FROM version"
        " UNION ALL SELECT submission, before FROM file_change WHERE before IS NOT NULL"
        " UNION ALL SELECT submission, after FROM file_change WHERE after IS NOT NULL"
        " UNION ALL SELECT submission, CAST(text AS BLOB) FROM event"
        " UNION ALL SELECT id, CAST(reason AS BLOB) FROM submission"
    )
    return [(row[0], row[1]) for row in rows]
