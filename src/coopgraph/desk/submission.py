"""Submission: what somebody wants changed, and in which state of review it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from coopgraph.desk.change_set import FileChange, base_hash
from coopgraph.messages.message import Message

State = Literal["draft", "submitted", "changes-requested", "accepted", "published", "rejected", "withdrawn", "conflict"]

STATES: tuple[State, ...] = get_args(State)

STATE_NAMES: dict[State, Message] = {
    "draft": Message("draft"),
    "submitted": Message("waiting for review"),
    "changes-requested": Message("changes asked for"),
    "accepted": Message("accepted, being published"),
    "published": Message("published"),
    "rejected": Message("rejected"),
    "withdrawn": Message("withdrawn"),
    "conflict": Message("in conflict with a newer version"),
}
"""The states in words."""

REVISABLE: frozenset[State] = frozenset({"draft", "submitted", "changes-requested", "conflict"})
"""States in which the author may change or withdraw a submission."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a submission: a new state (``kind``), or ``comment``, about one statement or none."""

    at: str
    actor: str
    kind: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission: its present version as it was typed (``body``), what that changes, and its events in order.

    ``undoes`` is the number of the submission that it takes back; ``release`` that with which it was published.
    """

    id: int
    author: str
    state: State
    reason: str
    media_type: str
    body: bytes
    version: int
    created: str
    changed: str
    undoes: int | None
    release: str
    files: tuple[FileChange, ...]
    events: tuple[Event, ...]

    @property
    def base(self) -> str:
        """The hash of what it was made for."""
        return base_hash(self.files)


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """A change of one file that was published: by which pseudonym, when, why, with which release."""

    submission: int
    pseudonym: str
    at: str
    reason: str
    release: str
    undoes: int | None
    change: FileChange


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """A submission as a list shows it: ``paths`` are those of the files that it changes."""

    id: int
    author: str
    state: State
    reason: str
    changed: str
    paths: tuple[str, ...]
