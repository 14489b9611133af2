"""Erasure: of what must vanish, no byte is left in the desk's files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import Database
from coopgraph.desk.accounts import Person
from coopgraph.desk.audit_log import entries, first_break
from coopgraph.desk.erasure import erase, holding
from coopgraph.desk.publisher import Publisher
from coopgraph.desk.resident_build import ResidentBuild
from coopgraph.desk.review import Review
from coopgraph.errors import Conflict, NotFound, WrongUsage
from coopgraph.model import release_folder
from coopgraph.publishing.releases import withdraw
from tests.desk.conftest import NOW
from tests.desk.test_review import TURTLE, _dated, _submitted

SECRET = "12 Harbour Street, second floor"


def _all_bytes(database: Database) -> bytes:
    return b"".join(place.read_bytes() for place in database.path.parent.glob("desk.sqlite3*"))


@pytest.mark.slow
def test_no_byte_is_left_of_what_was_erased(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database
) -> None:
    body = _dated(lantern).replace(b'"Removal support"@en', f'"{SECRET}"@en'.encode())
    number = review.submit(cho, body, TURTLE, f"They moved to {SECRET}").submission.id
    review.ask(yun, number, f"Is it {SECRET}?")
    review.comment(cho, number, "", SECRET)
    review.revise(cho, number, body + b"\n", TURTLE, "")
    other = _submitted(review, cho, lantern)
    assert holding(database, SECRET) == (number,)
    assert SECRET.encode() in _all_bytes(database)
    erase(database, number, "An address that endangers somebody", actor="operator", now=NOW)
    assert SECRET.encode() not in _all_bytes(database)
    assert holding(database, SECRET) == ()
    left = review.submission(cho, number)
    assert (left.state, left.body, left.author) == ("withdrawn", b"", "cho")
    assert review.outcome(cho, number).report is None
    assert review.submission(cho, other).body == _dated(lantern)
    with database.reading() as connection:
        assert first_break(connection) is None
        assert [entry.action for entry, _ in entries(connection)][-1] == "erased: An address that endangers somebody"


@pytest.mark.slow
def test_an_erasure_needs_a_reason_and_waits_for_a_publication(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database
) -> None:
    number = _submitted(review, cho, lantern)
    with pytest.raises(WrongUsage):
        erase(database, number, " ", actor="operator", now=NOW)
    with pytest.raises(NotFound):
        erase(database, 99, "x", actor="operator", now=NOW)
    review.accept(yun, number)
    with pytest.raises(Conflict):
        erase(database, number, "x", actor="operator", now=NOW)


@pytest.mark.slow
def test_no_byte_of_what_was_public_is_left_once_it_was_corrected_withdrawn_and_erased(
    review: Review, cho: Person, yun: Person, lantern: str, database: Database, workspace: PresentWorkspace
) -> None:
    var = database.path.parent
    resident = ResidentBuild(workspace.tree, var, input_size=2**20)
    publisher = Publisher(database, workspace.tree, var, now=lambda: NOW, release=resident.build)
    body = _dated(lantern).replace(b'"Removal support"@en', f'"{SECRET}"@en'.encode())
    number = review.submit(cho, body, TURTLE, "").submission.id
    review.accept(yun, number)
    publisher.publish()
    (public,) = release_folder.manifests(var)
    assert _holding(var)
    undo = review.undo(cho, number, "").submission.id
    review.accept(yun, undo)
    publisher.publish()
    assert withdraw(var, public.id, "An address that endangers somebody", NOW).also_held_by == ()
    for item in holding(database, SECRET):
        erase(database, item, "An address that endangers somebody", actor="operator", now=NOW)
    resident.close()
    assert _holding(var) == []
    assert SECRET.encode() not in (workspace.tree.data / "org" / "lantern.ttl").read_bytes()


def _holding(var: Path) -> list[Path]:
    """Return the files, unpacked where they are packed, that hold the words in any writing of theirs."""
    written = [form.encode() for form in (SECRET, SECRET.casefold(), quote(SECRET), json.dumps(SECRET)[1:-1])]
    found = []
    for place in sorted(item for item in var.rglob("*") if item.is_file()):
        data = gzip.decompress(place.read_bytes()) if place.suffix == ".gz" else place.read_bytes()
        if any(form in data for form in written):
            found.append(place)
    return found
