from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph.errors import Gone, NotFound, OurFault, WrongUsage
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, Tombstone
from coopgraph.model.release_folder import ADDED, REMOVED
from coopgraph.publishing.files import EXPORTS, ReleaseContents
from coopgraph.publishing.releases import compare, finish_withdrawals, prune, use, withdraw

pytestmark = pytest.mark.slow

Publish = Callable[..., Manifest | None]
WithNote = Callable[[str], ReleaseContents]

SECRET = "an address that must vanish"
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def three(publish: Publish, contents: ReleaseContents, with_note: WithNote) -> list[str]:
    """Publish a clean release, one with a secret, and a cleansed one; return their names."""
    found = [publish(contents, day=1), publish(with_note(SECRET), day=2), publish(with_note("harmless"), day=3)]
    return [manifest.id for manifest in found if manifest]


def everything_in(var: Path) -> bytes:
    """Return all bytes under ``var``, unpacked."""
    files = (item for item in sorted(var.rglob("*")) if item.is_file())
    return b"\n".join(gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files)


def test_comparing_names_exactly_what_was_written_differently(three: list[str], tmp_path: Path) -> None:
    changes = {(sign, line) for sign, line in compare(tmp_path, three[1], three[2]) if b"/catalog" not in line}
    assert {(sign, SECRET.encode() in line) for sign, line in changes} == {("D", True), ("A", False)}
    assert len(changes) == 2
    assert list(compare(tmp_path, three[0], three[0])) == []


def test_an_older_release_can_be_used_again(three: list[str], tmp_path: Path) -> None:
    use(tmp_path, three[0])
    assert release_folder.current(tmp_path) == three[0]


def test_a_damaged_release_cannot_be_used(three: list[str], tmp_path: Path) -> None:
    release_folder.file(tmp_path, three[0], "dump.nq.gz").write_bytes(b"")
    with pytest.raises(OurFault, match=r"damaged \(dump\.nq\.gz\)"):
        use(tmp_path, three[0])
    assert release_folder.current(tmp_path) == three[2]


@pytest.mark.parametrize("name", ["2026-01-01-00000000", "../releases", "", "current.json"])
def test_an_unknown_release_is_not_found(three: list[str], tmp_path: Path, name: str) -> None:
    for attempt in (lambda: use(tmp_path, name), lambda: withdraw(tmp_path, name, "Because.", NOON)):
        with pytest.raises(NotFound, match="There is no release"):
            attempt()


def test_pruning_takes_exports_only_and_from_old_releases_only(three: list[str], tmp_path: Path) -> None:
    use(tmp_path, three[0])
    assert [manifest.id for manifest in prune(tmp_path, 1)] == [three[1]]
    for name in three:
        manifest = release_folder.manifest(tmp_path, name)
        assert release_folder.damaged(tmp_path, manifest) == ()
        place = release_folder.folder(tmp_path, name)
        assert {export for export in EXPORTS if (place / export).exists()} == EXPORTS & manifest.files.keys()
        assert (manifest.files.keys() >= EXPORTS) == (name != three[1])
        assert "dump.nq.gz" in manifest.files
    assert prune(tmp_path, 1) == ()


def test_keeping_no_release_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="At least one"):
        prune(tmp_path, 0)


def test_after_a_withdrawal_nothing_on_disk_names_what_was_removed(three: list[str], tmp_path: Path) -> None:
    assert SECRET.encode() in everything_in(tmp_path)
    done = withdraw(tmp_path, three[1], " An address was published. ", NOON)
    assert SECRET.encode() not in everything_in(tmp_path)
    assert done.tombstone == Tombstone(done.tombstone.id, "2026-02-01T12:00:00Z", "An address was published.")
    assert release_folder.tombstones(tmp_path) == (done.tombstone,)
    assert [item.name for item in release_folder.folder(tmp_path, three[1]).iterdir()] == ["tombstone.json"]


def test_after_a_withdrawal_the_other_releases_are_whole(three: list[str], tmp_path: Path) -> None:
    withdraw(tmp_path, three[1], "An address was published.", NOON)
    assert [manifest.id for manifest in release_folder.manifests(tmp_path)] == [three[2], three[0]]
    for manifest in release_folder.manifests(tmp_path):
        assert release_folder.damaged(tmp_path, manifest) == ()
        assert manifest.files.keys().isdisjoint({ADDED, REMOVED})


def test_readers_of_a_withdrawn_release_get_the_public_reason(three: list[str], tmp_path: Path) -> None:
    withdraw(tmp_path, three[1], "An address was published.", NOON)
    for attempt in (
        lambda: release_folder.manifest(tmp_path, three[1]),
        lambda: release_folder.file(tmp_path, three[1], "dump.nq.gz"),
        lambda: list(compare(tmp_path, three[0], three[1])),
        lambda: use(tmp_path, three[1]),
    ):
        with pytest.raises(Gone, match=r"withdrawn on 2026-02-01: An address was published\."):
            attempt()


def test_the_current_release_is_not_withdrawn(three: list[str], tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="is the current one") as caught:
        withdraw(tmp_path, three[2], "Because.", NOON)
    assert "coopgraph build" in str(caught.value.hint)
    assert release_folder.tombstones(tmp_path) == ()


def test_a_withdrawal_needs_a_reason(three: list[str], tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="needs a reason"):
        withdraw(tmp_path, three[1], "  ", NOON)


def test_a_withdrawal_names_other_releases_that_hold_the_same(
    publish: Publish, contents: ReleaseContents, with_note: WithNote, tmp_path: Path
) -> None:
    found = [publish(with_note(SECRET), day=1), publish(contents, day=2)]
    first = found[0]
    assert first
    both = replace(contents, quads=tuple({*with_note(SECRET).quads, *with_note("more").quads}))
    second = publish(both, day=3)
    assert second
    publish(contents, day=4)
    done = withdraw(tmp_path, second.id, "An address was published.", NOON)
    assert first.id in done.also_held_by


def test_an_interrupted_withdrawal_is_finished_by_the_next_change(three: list[str], tmp_path: Path) -> None:
    stone = Tombstone(release_folder.manifest(tmp_path, three[1]).id, "2026-02-01T12:00:00Z", "Because.")
    (release_folder.folder(tmp_path, three[1]) / "tombstone.json").write_text(stone.to_json())
    assert SECRET.encode() in everything_in(tmp_path)
    finish_withdrawals(tmp_path)
    assert SECRET.encode() not in everything_in(tmp_path)
    finish_withdrawals(tmp_path)
    assert (
        json.loads((release_folder.folder(tmp_path, three[1]) / "tombstone.json").read_text())["reason"] == "Because."
    )
