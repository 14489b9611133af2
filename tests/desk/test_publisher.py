"""Publisher: what was accepted is written and released once, wherever its process is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import Database
from coopgraph.desk.accounts import Person
from coopgraph.desk.audit_log import entries, first_break
from coopgraph.desk.publisher import Publisher
from coopgraph.desk.review import Review
from coopgraph.errors import WrongUsage
from coopgraph.model import release_folder
from tests.desk.conftest import NOW
from tests.desk.test_review import DATE, TURTLE, _dated, _submitted

OTHER = "data/org/open-window.ttl"


def _publisher(database: Database, workspace: PresentWorkspace, point: str = "") -> Publisher:
    """Return a publisher that is killed when it reaches ``point``."""

    def reached(there: str) -> None:
        if there == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return Publisher(database, workspace.tree, database.path.parent, now=lambda: NOW, reached=reached)


def _killed_at(point: str, database: Database, workspace: PresentWorkspace) -> bool:
    """Publish in a process that is killed at ``point``, and return whether it came to that."""
    child = os.fork()
    if child == 0:
        try:
            _publisher(database, workspace, point).publish()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.slow
def test_a_publisher_killed_between_any_two_steps_loses_nothing_and_does_nothing_twice(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database, workspace: PresentWorkspace
) -> None:
    number = _submitted(review, cho, lantern)
    review.accept(yun, number)
    for point in ("begun", "file", "written", "built", "published"):
        assert _killed_at(point, database, workspace), point
    assert _publisher(database, workspace).publish() == ()
    published = review.submission(cho, number)
    assert published.state == "published"
    assert [event.kind for event in published.events] == ["submitted", "accepted", "published"]
    (release,) = release_folder.manifests(database.path.parent)
    assert published.release == release.id
    assert workspace.tree.data.joinpath("org", "lantern.ttl").read_bytes() == _dated(lantern)
    with database.reading() as connection:
        assert first_break(connection) is None
        told = [(entry.actor, entry.action) for entry, _ in entries(connection)]
    assert told[-3:] == [("cho", "submitted"), ("yun", "accepted"), ("publisher", "published")]
    _undone(review, cho, yun, number, lantern, database, workspace)


def _undone(
    review: Review,
    cho: Person,
    yun: Person,
    number: int,
    lantern: str,
    database: Database,
    workspace: PresentWorkspace,
) -> None:
    """Take the publication back, after something else was changed in the same file."""
    place = workspace.tree.data / "org" / "lantern.ttl"
    place.write_text(place.read_text(encoding="utf-8").replace("basis:inferred", "basis:stated", 1), encoding="utf-8")
    undo = review.undo(cho, number, "It was right before.").submission
    assert (undo.state, undo.undoes) == ("submitted", number)
    review.accept(yun, undo.id)
    assert _publisher(database, workspace).publish() == (undo.id,)
    assert place.read_text(encoding="utf-8") == lantern.replace("basis:inferred", "basis:stated", 1)
    with pytest.raises(WrongUsage, match="left to undo"):
        review.undo(cho, number, "")
    assert [item.id for item in review.all(cho, states=("published",), path="data/org/lantern.ttl")] == [
        undo.id,
        number,
    ]


def test_what_was_made_for_another_version_comes_into_conflict(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database, workspace: PresentWorkspace
) -> None:
    number = _submitted(review, cho, lantern)
    review.accept(yun, number)
    place = workspace.tree.data / "org" / "lantern.ttl"
    place.write_text("# somebody else", encoding="utf-8")
    assert _publisher(database, workspace).publish() == ()
    assert review.submission(cho, number).state == "conflict"
    assert place.read_text(encoding="utf-8") == "# somebody else"
    assert release_folder.manifests(database.path.parent) == ()


def test_a_file_changed_between_two_steps_is_not_overwritten_and_the_others_are_put_back(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database, workspace: PresentWorkspace
) -> None:
    other = workspace.tree.data / "org" / "open-window.ttl"
    before = other.read_bytes()
    second = before.replace(b"Awareness-raising through a blog", b"Raising awareness through a blog")
    number = review.submit(cho, _dated(lantern) + b"\n" + second, TURTLE, "").submission.id
    review.accept(yun, number)
    assert _killed_at("file", database, workspace)
    written = workspace.tree.data / "org" / "lantern.ttl"
    assert written.read_bytes() == _dated(lantern)
    other.write_bytes(before + b"# by hand\n")
    assert _publisher(database, workspace).publish() == ()
    assert DATE in written.read_text(encoding="utf-8")
    assert other.read_bytes() == before + b"# by hand\n"
    assert review.submission(cho, number).state == "conflict"


def test_nothing_to_publish_makes_no_release(database: Database, workspace: PresentWorkspace, tmp_path: Path) -> None:
    assert _publisher(database, workspace).publish() == ()
    assert not (tmp_path / "var" / "releases").exists()
