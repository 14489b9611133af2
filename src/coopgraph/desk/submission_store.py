"""Store of submissions in the desk's database; each method that writes does so within a transaction of its caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from coopgraph.desk.audit_log import moment, record
from coopgraph.desk.change_set import FileChange
from coopgraph.desk.submission import STATE_NAMES, Event, PublishedChange, State, Submission, SubmissionSummary
from coopgraph.errors import Conflict, NotFound
from coopgraph.messages.message import Message


def add_submission(
    connection: sqlite3.Connection, author: str, reason: str, form: str | None, undoes: int | None, now: datetime
) -> int:
    """Add a submission without a version and return its number."""
    done = connection.execute(
        "INSERT INTO submission (author, state, reason, form, undoes, created, changed)"
        " VALUES (?, 'draft', ?, ?, ?, ?, ?)",
        (author, reason, form, undoes, moment(now), moment(now)),
    )
    assert done.lastrowid is not None
    return done.lastrowid


def add_version(
    connection: sqlite3.Connection,
    number: int,
    media_type: str,
    body: bytes,
    files: Iterable[FileChange],
    now: datetime,
) -> None:
    """Give a submission another version; those before stay as they were typed."""
    connection.execute("UPDATE submission SET version = version + 1 WHERE id = ?", (number,))
    connection.execute(
        "INSERT INTO version SELECT id, version, ?, ?, ? FROM submission WHERE id = ?",
        (moment(now), media_type, body, number),
    )
    connection.execute("DELETE FROM file_change WHERE submission = ?", (number,))
    connection.executemany(
        "INSERT INTO file_change VALUES (?, ?, ?, ?)", [(number, item.path, item.before, item.after) for item in files]
    )


def set_state(
    connection: sqlite3.Connection,
    number: int,
    state: State,
    actor: str,
    text: str,
    now: datetime,
    *,
    expected: Iterable[State],
) -> None:
    """Bring a submission into another state, and note who did it.

    Raises :class:`Conflict` where it is in none of the states ``expected``: then somebody else was faster.
    """
    present = connection.execute("SELECT state FROM submission WHERE id = ?", (number,)).fetchone()
    if present is None:
        raise unknown_submission(number)
    if present["state"] not in tuple(expected):
        raise Conflict(
            Message("Submission {number} is {state} already.", number=number, state=STATE_NAMES[present["state"]]),
            Message("Look at it again; nothing was changed."),
        )
    connection.execute("UPDATE submission SET state = ?, changed = ? WHERE id = ?", (state, moment(now), number))
    add_event(connection, number, actor, state, "", text, now)
    record(connection, now, actor, state, f"submission {number}")


def add_event(
    connection: sqlite3.Connection, number: int, actor: str, kind: str, about: str, text: str, now: datetime
) -> None:
    """Note what happened to a submission."""
    connection.execute(
        "INSERT INTO event (submission, at, actor, kind, about, text) VALUES (?, ?, ?, ?, ?, ?)",
        (number, moment(now), actor, kind, about, text),
    )


def find_submission(connection: sqlite3.Connection, number: int) -> Submission:
    """Return a submission. Raises :class:`NotFound` for an unknown number."""
    row = connection.execute(
        "SELECT submission.*, media_type, body, coalesce(publication.release, '') AS release FROM submission"
        " LEFT JOIN version ON version.submission = id AND version.number = submission.version"
        " LEFT JOIN publication ON publication.submission = id WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None:
        raise unknown_submission(number)
    events = connection.execute(
        "SELECT at, actor, kind, about, text FROM event WHERE submission = ? ORDER BY number", (number,)
    )
    return Submission(
        **{name: row[name] for name in row.keys() if name != "form"},  # noqa: SIM118 - a row is no mapping
        files=file_changes(connection, number),
        events=tuple(Event(*item) for item in events),
    )


def file_changes(connection: sqlite3.Connection, number: int) -> tuple[FileChange, ...]:
    """Return what a submission makes of each file, sorted by path."""
    rows = connection.execute(
        "SELECT path, before, after FROM file_change WHERE submission = ? ORDER BY path", (number,)
    )
    return tuple(FileChange(*row) for row in rows)


def of_form(connection: sqlite3.Connection, form: str) -> int | None:
    """Return the submission that was made of a form already, or None."""
    row = connection.execute("SELECT id FROM submission WHERE form = ?", (form,)).fetchone()
    return row["id"] if row else None


def summaries(
    connection: sqlite3.Connection, *, states: Iterable[State] = (), path: str = ""
) -> tuple[SubmissionSummary, ...]:
    """Return submissions, newest change first: those in one of ``states``, those that change the file ``path``."""
    wanted = tuple(states)
    rows = connection.execute(
        "SELECT id, author, state, reason, changed, (SELECT group_concat(path, ' ') FROM file_change"
        " WHERE submission = id) AS paths FROM submission"
        f" WHERE (? OR state IN ({', '.join('?' * len(wanted))}))"
        " AND (? = '' OR id IN (SELECT submission FROM file_change WHERE path = ?)) ORDER BY changed DESC, id DESC",
        (not wanted, *wanted, path, path),
    )
    return tuple(
        SubmissionSummary(
            row["id"], row["author"], row["state"], row["reason"], row["changed"], tuple((row["paths"] or "").split())
        )
        for row in rows
    )


def published_changes(connection: sqlite3.Connection, path: str) -> tuple[PublishedChange, ...]:
    """Return what was published of a file, newest first."""
    rows = connection.execute(
        "SELECT submission.id, pseudonym, changed, reason, release, undoes, path, before, after FROM submission"
        " JOIN account ON name = author JOIN publication ON publication.submission = submission.id"
        " JOIN file_change ON file_change.submission = submission.id"
        " WHERE path = ? AND state = 'published' ORDER BY publication.number DESC",
        (path,),
    )
    return tuple(
        PublishedChange(
            row["id"],
            row["pseudonym"],
            row["changed"],
            row["reason"],
            row["release"],
            row["undoes"],
            FileChange(row["path"], row["before"], row["after"]),
        )
        for row in rows
    )


def unknown_submission(number: int | str) -> NotFound:
    """Return what is said of a number that no submission has."""
    return NotFound(
        Message("There is no submission {number}.", number=number), Message("The list at the desk has those there are.")
    )
