from __future__ import annotations

import gzip
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coopgraph.errors import DoesNotConform, OurFault
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.model.release_folder import ADDED, REMOVED
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release, verified_current
from coopgraph.publishing.lock import publishing, writing
from coopgraph.publishing.releases import withdraw
from coopgraph.rdf.namespaces import COOP, RDF
from tests.conftest import THOROUGH

pytestmark = pytest.mark.slow

Publish = Callable[..., Manifest | None]
WithNote = Callable[[str], ReleaseContents]


def must(manifest: Manifest | None) -> Manifest:
    assert manifest is not None
    return manifest


def test_a_release_is_whole_current_and_says_what_it_holds(
    publish: Publish, contents: ReleaseContents, tmp_path: Path
) -> None:
    manifest = must(publish(contents, message="The first"))
    assert release_folder.current(tmp_path) == manifest.id
    assert release_folder.manifest(tmp_path, manifest.id) == manifest
    assert release_folder.damaged(tmp_path, manifest) == ()
    place = release_folder.folder(tmp_path, manifest.id)
    there = {str(item.relative_to(place)) for item in place.rglob("*") if item.is_file()}
    assert there == {*manifest.files, "manifest.json"}
    assert (manifest.message, manifest.created, manifest.previous) == ("The first", "2026-01-31T12:00:00Z", None)
    assert manifest.claims == len(
        {q.subject for q in contents.quads if q.predicate == RDF.type and q.object == COOP.Claim}
    )
    assert not (tmp_path / "staging").exists()


def test_the_same_contents_are_no_new_release(publish: Publish, contents: ReleaseContents, tmp_path: Path) -> None:
    manifest = must(publish(contents, day=30))
    assert publish(contents, day=31) is None
    assert release_folder.manifests(tmp_path) == (manifest,)


def test_another_day_and_another_order_change_nothing_but_the_date(contents: ReleaseContents, tmp_path: Path) -> None:
    found = []
    for name, day in (("a", 1), ("b", 2)):
        var = tmp_path / name
        with publishing(var):
            now = datetime(2026, 1, day, tzinfo=UTC)
            found.append(must(install_release(contents, var, message="", now=now, built_from=None)))
    assert found[0].id != found[1].id
    assert replace(found[1], id=found[0].id, created=found[0].created) == found[0]


def test_a_release_tells_its_difference_from_the_one_before(
    publish: Publish, contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    first = must(publish(contents, day=30))
    second = must(publish(with_note("words to find"), day=31))
    assert second.previous == first.id
    assert (second.added > 0, second.removed > 0) == (True, True)  # the catalogue's counts changed too
    assert ADDED not in first.files
    added = gzip.decompress(release_folder.file(tmp_path, second.id, ADDED).read_bytes())
    removed = gzip.decompress(release_folder.file(tmp_path, second.id, REMOVED).read_bytes())
    assert (added.count(b"\n"), removed.count(b"\n")) == (second.added, second.removed)
    assert b"words to find" in added
    assert b"words to find" not in removed


def test_going_back_to_an_earlier_content_of_the_day_uses_that_release(
    publish: Publish, contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    first = must(publish(contents))
    second = must(publish(with_note("more")))
    assert must(publish(contents)) == first
    assert release_folder.current(tmp_path) == first.id
    assert {item.id for item in release_folder.manifests(tmp_path)} == {first.id, second.id}


def test_a_damaged_current_release_is_made_whole_again(
    publish: Publish, contents: ReleaseContents, tmp_path: Path
) -> None:
    manifest = must(publish(contents))
    release_folder.file(tmp_path, manifest.id, "coopgraph.ttl.gz").write_bytes(b"not this")
    assert verified_current(tmp_path) is None
    assert must(publish(contents)).id == manifest.id
    assert verified_current(tmp_path) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"release": 7}', '{"release": "../.."}', '{"release": "x"}'])
def test_an_unreadable_sign_of_the_current_release_is_mended_by_the_next_build(
    publish: Publish, contents: ReleaseContents, tmp_path: Path, text: str
) -> None:
    manifest = must(publish(contents))
    (tmp_path / "current.json").write_text(text)
    publish(contents)
    assert release_folder.current(tmp_path) == manifest.id


def test_the_content_of_a_withdrawn_release_is_not_published_again(
    publish: Publish, contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    unsafe = must(publish(with_note("an address"), day=29))
    safe = must(publish(contents, day=30))
    withdraw(tmp_path, unsafe.id, "An address was published.", datetime(2026, 1, 30, tzinfo=UTC))
    with pytest.raises(DoesNotConform, match=r"withdrawn: An address was published\."):
        publish(with_note("an address"), day=31)
    assert release_folder.current(tmp_path) == safe.id


def test_killed_at_any_moment_the_current_release_stays_whole(
    contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    versions = [contents, with_note("one"), with_note("two")]

    def started(number: int) -> int:
        """Publish one of the versions in a child process, each time on another day."""
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with publishing(tmp_path):
                    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
                    install_release(versions[number % 3], tmp_path, message="", now=now, built_from=None)
                status = 0
            finally:
                os._exit(status)
        return child

    def done(number: int) -> Manifest:
        assert os.waitpid(started(number), 0)[1] == 0
        return must(verified_current(tmp_path))

    begun = time.monotonic()
    digits = [done(number).id[-8:] for number in range(3)]
    usual = (time.monotonic() - begun) / 3
    chance = random.Random(50)
    killed = 0
    moments = 50 if THOROUGH else 15
    for number in range(3, 3 + moments):
        before = release_folder.current(tmp_path)
        child = started(number)
        time.sleep(chance.uniform(0, usual))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        current = must(verified_current(tmp_path)).id
        assert current == before or current.endswith(digits[number % 3])
    assert killed >= moments / 5
    assert done(53).id.endswith(digits[53 % 3])
    assert not (tmp_path / "staging").exists()
    assert all(release_folder.damaged(tmp_path, manifest) == () for manifest in release_folder.manifests(tmp_path))


def test_a_file_size_limit_while_writing_leaves_the_current_release(
    publish: Publish, contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    manifest = must(publish(contents, day=30))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OurFault, match="no room left"), writing():
            publish(with_note("too much"), day=31)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert verified_current(tmp_path) == manifest
    assert [item.name for item in (tmp_path / "releases").iterdir()] == [manifest.id]
    assert not (tmp_path / "staging").exists()
    assert publish(with_note("too much"), day=31) is not None


def test_a_full_disk_leaves_the_current_release(
    contents: ReleaseContents, with_note: WithNote, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    now = datetime(2026, 1, 30, tzinfo=UTC)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with publishing(elsewhere):
        install_release(contents, elsewhere, message="", now=now, built_from=None)
    one = sum(item.stat().st_blocks * 512 for item in elsewhere.rglob("*"))
    size = f"size={one * 3 // 2}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted only with the right to mount")
    try:
        var = tmp_path / "var"
        with publishing(var):
            manifest = must(install_release(contents, var, message="", now=now, built_from=None))
        with pytest.raises(OurFault, match="no room left"), publishing(var), writing():
            install_release(with_note("too much"), var, message="", now=now, built_from=None)
        assert verified_current(var) == manifest
        assert not (var / "staging").exists()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
