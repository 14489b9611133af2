"""Review: what curators submit is checked, kept, looked at by somebody else, and accepted or not.

::

    draft ──▶ submitted ──▶ accepted ──▶ published
      ▲          │  ▲  └──▶ rejected
      │          ▼  │
      └── changes-requested          withdrawn: by its author, before it is accepted
                                     conflict: what it was made for has changed

Nothing that somebody typed is lost: what does not conform, or cannot be read, is kept as a draft with its report.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import cast

from coopgraph.curation.duplicates import DuplicateCandidate, duplicate_candidates
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.curation.workspace import Workspace
from coopgraph.database.database import Database
from coopgraph.dataset.tree import Tree
from coopgraph.desk.accounts import Person
from coopgraph.desk.change_set import FileChange, file_version, patched, reverse
from coopgraph.desk.roles import includes
from coopgraph.desk.submission import REVISABLE, PublishedChange, State, Submission, SubmissionSummary
from coopgraph.desk.submission_store import (
    add_event,
    add_submission,
    add_version,
    find_submission,
    of_form,
    published_changes,
    set_state,
    summaries,
)
from coopgraph.desk.submitted_changes import is_document, require_taken, submitted_changes
from coopgraph.errors import (
    Conflict,
    CoopgraphError,
    DoesNotConform,
    NotPermitted,
    SyntaxProblem,
    UnreadableInput,
    WrongUsage,
)
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.terms import Node
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document, document_paths

LONGEST_TEXT = 4000
"""Characters of a reason or a comment."""

TYPED = "submission.ttl"
"""What a report calls a document that it quotes as it was typed."""

_LINE_ENDS = "LineEnds"
"""A rule about how a file is written, which the desk does itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A submission with its report, or with what keeps it from being read, as of now."""

    submission: Submission
    report: Report | None
    problem: CoopgraphError | None = None

    @property
    def conforms(self) -> bool:
        """Whether it may be accepted as far as the rules go."""
        return self.report is not None and self.report.conforms


@dataclass(frozen=True, slots=True)
class _Checked:
    files: tuple[FileChange, ...]
    report: Report | None
    problem: CoopgraphError | None = None
    moved: bool = False


class Review:
    """The review of what changes a tree. ``alone``: whether one person may both submit and accept.

    ``now`` tells the time in UTC.
    """

    def __init__(
        self, database: Database, workspace: PresentWorkspace, *, alone: bool, now: Callable[[], datetime]
    ) -> None:
        self._database, self._workspace, self._alone, self._now = database, workspace, alone, now

    def submit(
        self, person: Person, body: bytes, media_type: str, reason: str, *, base: str | None = None, form: str = ""
    ) -> Outcome:
        """Keep what somebody submits, and return it with its report: submitted where it conforms, else a draft.

        ``base`` is the version of the one entity's file for which it was made (empty: there was none); without it, the
        present one. Where the file has another by now, the submission is in conflict. ``form`` makes the same form,
        sent again, the same submission. Raises :class:`UnknownFormat`, before anything is kept, for a format that is
        not taken.
        """
        person.demand("curator")
        require_taken(media_type)
        if form:
            # Sent again, by whoever sent it and as it was: of anything else nothing may be lost.
            form = hashlib.sha256(f"{person.name}\n{form}\n".encode() + body).hexdigest()
        with self._database.reading() as connection:
            known = of_form(connection, form) if form else None
        if known is not None:
            return self.outcome(person, known)
        checked = self._check(body, media_type, base)
        return self._kept(person, None, body, media_type, _bounded(reason), checked, form=form)

    def trial(self, person: Person, body: bytes, media_type: str) -> Outcome:
        """Return what a document would be as a submission, with its report; nothing is kept."""
        person.demand("curator")
        checked = self._check(body, media_type, None)
        state: State = "submitted" if checked.report and checked.report.conforms else "draft"
        tried = Submission(0, person.name, state, "", media_type, body, 0, "", "", None, "", checked.files, ())
        return Outcome(tried, checked.report, checked.problem)

    def revise(
        self, person: Person, number: int, body: bytes, media_type: str, reason: str, *, base: str | None = None
    ) -> Outcome:
        """Give a submission of one's own another version, made for what the files are now; for ``base``, see submit."""
        require_taken(media_type)
        self._demand_author(person, self.submission(person, number))
        checked = self._check(body, media_type, base)
        return self._kept(person, number, body, media_type, _bounded(reason), checked)

    def undo(self, person: Person, number: int, reason: str) -> Outcome:
        """Submit what takes a published submission back; what was changed since and elsewhere stays.

        Of a publisher it is accepted at once, where it conforms: it brings back what two people have looked at.
        """
        person.demand("curator")
        undone = self.submission(person, number)
        if undone.state != "published":
            raise WrongUsage(
                Message("Only what was published can be undone."), Message("Its author can withdraw the rest.")
            )
        with self._workspace.opened() as files:
            changes = tuple(patched(reverse(item), files.document(item.path), files.prefixes) for item in undone.files)
            changes = tuple(item for item in changes if item.before != item.after)
            if not changes:
                raise WrongUsage(
                    Message("Nothing of it is left to undo."), Message("Look at the history of the entity.")
                )
            checked = _Checked(changes, _report_on(files, changes, self._now()))
        body = b"\n".join(item.after for item in changes if item.after is not None)
        outcome = self._kept(person, None, body, TURTLE.media_type, _bounded(reason), checked, undoes=number)
        if not (outcome.submission.state == "submitted" and includes(person.role, "publisher")):
            return outcome
        return replace(outcome, submission=self.accept(person, outcome.submission.id))

    def accept(self, person: Person, number: int, text: str = "") -> Submission:
        """Accept a submission, which is then to be published. Somebody else than its author does that, but for an undo
        by a publisher.

        Raises :class:`Conflict` where its files have changed meanwhile (it is in conflict then) or somebody was faster,
        :class:`DoesNotConform` where it no longer conforms.
        """
        person.demand("reviewer")
        found = self.submission(person, number)
        if not self._may_accept(person, found):
            raise NotPermitted(
                Message("Nobody accepts what they submitted themselves."), Message("Ask another reviewer.")
            )
        with self._workspace.opened() as files:
            moved = any(files.document(item.path) != item.before for item in found.files)
            report = None if moved or found.state != "submitted" else _report_on(files, found.files, self._now())
        if moved and found.state == "submitted":
            self._set(number, "conflict", person, "", ("submitted",))
            raise Conflict(
                Message("The entity was changed after this submission was made."),
                Message("Its author can carry it over to the present version; nothing was overwritten."),
            )
        if report is not None and not report.conforms:
            raise DoesNotConform(
                Message("The submission no longer conforms, as other files have changed."),
                Message("Its report says what is wrong."),
            )
        with self._database.transaction() as connection:
            set_state(connection, number, "accepted", person.name, _bounded(text), self._now(), expected=("submitted",))
            if find_submission(connection, number).version != found.version:
                raise Conflict(
                    Message("The submission was changed while you looked at it."), Message("Look at it again.")
                )
            connection.execute(
                "INSERT INTO publication (submission, number, step)"
                " SELECT ?, coalesce(max(number), 0) + 1, 'accepted' FROM publication",
                (number,),
            )
        return self.submission(person, number)

    def reject(self, person: Person, number: int, text: str) -> Submission:
        """Reject a submission for good, with a reason."""
        person.demand("reviewer")
        self._set(number, "rejected", person, _needed(text), ("submitted", "changes-requested", "conflict"))
        return self.submission(person, number)

    def ask(self, person: Person, number: int, text: str) -> Submission:
        """Ask the author for changes."""
        person.demand("reviewer")
        self._set(number, "changes-requested", person, _needed(text), ("submitted",))
        return self.submission(person, number)

    def withdraw(self, person: Person, number: int) -> Submission:
        """Withdraw a submission of one's own."""
        self._demand_author(person, self.submission(person, number))
        self._set(number, "withdrawn", person, "", REVISABLE)
        return self.submission(person, number)

    def comment(self, person: Person, number: int, about: str, text: str) -> None:
        """Add a comment, about one statement of the submission or all of it."""
        person.demand("curator")
        self.submission(person, number)
        with self._database.transaction() as connection:
            add_event(connection, number, person.name, "comment", about[:LONGEST_TEXT], _needed(text), self._now())

    def submission(self, person: Person, number: int) -> Submission:
        """Return a submission. Raises :class:`NotFound` where there is none."""
        person.demand("curator")
        with self._database.reading() as connection:
            return find_submission(connection, number)

    def outcome(self, person: Person, number: int) -> Outcome:
        """Return a submission with its report as of now."""
        found = self.submission(person, number)
        if found.state not in REVISABLE and found.state != "accepted":
            return Outcome(found, None)
        if not found.files:
            checked = self._check(found.body, found.media_type, None)
            return Outcome(found, checked.report, checked.problem)
        with self._opened() as files:
            if found.state != "conflict" and found.undoes is None and is_document(found.media_type):
                checked = _checked(files, self._workspace.tree, found.body, found.media_type, None, self._now())
                if checked.files == found.files:
                    return Outcome(found, checked.report, checked.problem)
            return Outcome(found, _report_on(files, found.files, self._now()))

    def duplicates(self, submission: Submission) -> tuple[DuplicateCandidate, ...]:
        """Return which of the entities that a submission adds may be there already, by name, homepage or number."""
        new = [item for item in submission.files if item.before is None]
        if not new:
            return ()
        with self._opened() as files:
            known = files.distinguishing_features
        return duplicate_candidates([triple for item in new for triple in item.added], known)

    def all(self, person: Person, *, states: Iterable[State] = (), path: str = "") -> tuple[SubmissionSummary, ...]:
        """Return the submissions in one of ``states`` (without any: all), newest change first."""
        person.demand("curator")
        with self._database.reading() as connection:
            return summaries(connection, states=states, path=path)

    def history(self, path: str) -> tuple[PublishedChange, ...]:
        """Return what was published of an entity's file, newest first, each by the pseudonym of its author."""
        with self._database.reading() as connection:
            return published_changes(connection, path)

    def may_decide(self, person: Person, submission: Submission) -> bool:
        """Return whether somebody may accept a submission as it stands."""
        return (
            submission.state == "submitted"
            and includes(person.role, "reviewer")
            and self._may_accept(person, submission)
        )

    def _may_accept(self, person: Person, submission: Submission) -> bool:
        """Return whether a reviewer may be the one who accepts a submission."""
        return (
            self._alone
            or person.name != submission.author
            or (submission.undoes is not None and includes(person.role, "publisher"))
        )

    def present(self, path: str) -> bytes | None:
        """Return an entity's file as it is now; None where there is none."""
        with self._opened() as files:
            return files.document(path)

    def carried_over(self, submission: Submission) -> tuple[FileChange, ...]:
        """Return what a submission would do to the files as they are now."""
        with self._opened() as files:
            return tuple(patched(item, files.document(item.path), files.prefixes) for item in submission.files)

    @contextmanager
    def _opened(self) -> Iterator[Workspace]:
        with self._workspace.opened() as files:
            yield files

    def _check(self, body: bytes, media_type: str, base: str | None) -> _Checked:
        with self._workspace.opened() as files:
            return _checked(files, self._workspace.tree, body, media_type, base, self._now())

    def _kept(
        self,
        person: Person,
        number: int | None,
        body: bytes,
        media_type: str,
        reason: str,
        checked: _Checked,
        *,
        form: str = "",
        undoes: int | None = None,
    ) -> Outcome:
        now = self._now()
        conforms = checked.report is not None and checked.report.conforms
        state: State = "conflict" if checked.moved else "submitted" if conforms else "draft"
        with self._database.transaction() as connection:
            known = of_form(connection, form) if form else None
            if known is not None:
                return Outcome(find_submission(connection, known), checked.report, checked.problem)
            if number is None:
                # Each has a form of its own, so that a program's submissions are never taken for the same.
                number = add_submission(connection, person.name, reason, form or secrets.token_hex(16), undoes, now)
            elif reason:
                connection.execute("UPDATE submission SET reason = ? WHERE id = ?", (reason, number))
            add_version(connection, number, media_type, body, checked.files, now)
            set_state(connection, number, state, person.name, "", now, expected=REVISABLE)
            found = find_submission(connection, number)
        return Outcome(found, checked.report, checked.problem)

    def _set(self, number: int, state: State, person: Person, text: str, expected: Iterable[State]) -> None:
        with self._database.transaction() as connection:
            set_state(connection, number, state, person.name, text, self._now(), expected=expected)

    def _demand_author(self, person: Person, submission: Submission) -> None:
        person.demand("curator")
        if person.name != submission.author:
            raise NotPermitted(
                Message("Only {author} can change this submission.", author=submission.author),
                Message("Comment on it, or make a submission of your own."),
            )


def _checked(files: Workspace, tree: Tree, body: bytes, media_type: str, base: str | None, now: datetime) -> _Checked:
    """Return what a document changes, and what a check says of that."""
    try:
        changes, shown = submitted_changes(body, media_type, tree, files)
    except UnreadableInput as error:
        if isinstance(error, SyntaxProblem) and media_type == TURTLE.media_type:
            return _Checked((), _report_on_typed(files, body, now))  # which says every fault, not the first alone
        return _Checked((), None, error)
    if not changes:
        problem = WrongUsage(
            Message("This changes nothing: the entity says all of it already."), Message("Look at its page.")
        )
        return _Checked((), None, problem)
    moved = base is not None and base not in [file_version(item.before) for item in changes]
    report = None
    if media_type == TURTLE.media_type and len(changes) == 1:
        report = _report_on_typed(files, body, now, changes[0])
    return _Checked(changes, report or _report_on(files, changes, now, shown), moved=moved)


def _report_on(
    files: Workspace,
    changes: Iterable[FileChange],
    now: datetime,
    shown: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """Return what a check finds in the changed files, and in those that mention what is gone."""
    changes = tuple(changes)
    gone = {cast(Node, triple.subject) for item in changes for triple in item.removed}
    changed = files
    for item in changes:
        changed = changed.without_file(item.path) if item.after is None else changed.with_file(item.path, item.after)
    gone = {subject for subject in gone if not any(True for _ in changed.about(subject))}
    paths = {item.path for item in changes} | changed.mentioning(gone)
    return _of_statements(changed.report(paths, today=now.date(), shown=shown, house_form=False))


def _report_on_typed(files: Workspace, body: bytes, now: datetime, change: FileChange | None = None) -> Report | None:
    """Return the report on a Turtle document as it was typed, so that it says the lines of who typed it.

    None where the file would hold more than the document (``change``).
    """
    ((path, _),) = document_paths([Document(body, TYPED)]).items()
    changed = files.with_file(path, body)
    if change is not None:
        written = files.with_file(path, change.after or b"")
        if path != change.path or set(changed.statements(path)) != set(written.statements(path)):
            return None
        if {triple.subject for triple in change.removed} - {triple.subject for triple in changed.statements(path)}:
            return None
    return _of_statements(changed.report([path], today=now.date(), shown={path: TYPED}, house_form=False))


def _of_statements(report: Report) -> Report:
    """Return a report without what it says of how the file is written."""
    findings = tuple(item for item in report.findings if report.rules[item.rule].name != _LINE_ENDS)
    return replace(report, findings=findings)


def _bounded(text: str) -> str:
    return text.strip()[:LONGEST_TEXT]


def _needed(text: str) -> str:
    if not text.strip():
        raise WrongUsage(Message("Say why in a sentence."), Message("The author reads it."))
    return _bounded(text)
