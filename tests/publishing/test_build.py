from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import coopgraph
from coopgraph.dataset.tree import Tree
from coopgraph.errors import DoesNotConform, UnreadableInput
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.publishing.build import PROGRAM, STEPS, build
from coopgraph.publishing.install import verified_current
from coopgraph.publishing.lock import publishing
from tests.conftest import THOROUGH

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def copy(tree: Tree, tmp_path: Path) -> Tree:
    """Give a tree whose data may be changed."""
    shutil.copytree(tree.data, tmp_path / "data")
    return replace(tree, data=tmp_path / "data")


@dataclass(frozen=True)
class Watched:
    """A build of the tree: its folder, the seconds of the processor that it took, the steps told, how often each file
    was opened, where it could be begun too."""

    var: Path
    seconds: float
    steps: list[str]
    opened: Counter[str]
    unlocked: list[str]


@pytest.fixture(scope="module")
def watched(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Build the tree and watch it; its folder is to be copied by tests that begin with a release."""
    seen = Watched(tmp_path_factory.mktemp("built"), 0, [], Counter(), [])
    listening = True

    def hear(event: str, details: tuple[object, ...]) -> None:
        if listening and event == "open" and isinstance(details[0], str | os.PathLike):
            seen.opened[os.fspath(details[0])] += 1

    def step(name: str) -> None:
        seen.steps.append(name)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with publishing(seen.var):
                    status = 0
            finally:
                os._exit(status)
        if os.waitpid(child, 0)[1] == 0:
            seen.unlocked.append(name)

    sys.addaudithook(hear)  # which no call takes away again
    started = time.process_time()
    assert build(tree, seen.var, message="", now=NOON, progress=step) is not None
    listening = False
    return replace(seen, seconds=time.process_time() - started)


@pytest.fixture
def var(watched: Watched, tmp_path: Path) -> Path:
    """Give a folder with the release of the tree in it."""
    return shutil.copytree(watched.var, tmp_path / "var")


def change(tree: Tree, old: str, new: str, path: str = "org/open-window.ttl") -> None:
    place = tree.data / path
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")


def built(tree: Tree, var: Path, now: datetime = NOON) -> Manifest:
    manifest = build(tree, var, message="", now=now)
    assert manifest is not None
    return manifest


def every_file(var: Path) -> dict[str, bytes]:
    return {str(item.relative_to(var)): item.read_bytes() for item in var.rglob("*") if item.is_file()}


def test_the_fixture_conforms(watched: Watched) -> None:
    release = release_folder.current(watched.var)
    assert release is not None
    report = json.loads(release_folder.file(watched.var, release, "report.json").read_bytes())
    assert (report["violations"], report["warnings"]) == (0, 0)


def test_the_parts_of_a_build_are_told_in_order(watched: Watched) -> None:
    assert tuple(watched.steps) == STEPS


def test_every_file_of_the_tree_is_opened_once(tree: Tree, watched: Watched) -> None:
    assert {watched.opened[str(file.place)] for file in tree.files()} == {1}


def test_an_unchanged_tree_is_told_without_being_read_again(tree: Tree, var: Path) -> None:
    told: list[str] = []
    assert build(tree, var, message="", now=NOON, progress=told.append) is None
    assert told == []


def test_the_code_that_makes_a_release_is_where_the_build_looks_for_it() -> None:
    package = Path(coopgraph.__file__).parent
    assert all(any((package / folder).rglob("*.py")) for folder in PROGRAM)


@pytest.mark.slow
def test_a_change_that_means_nothing_is_no_new_release(copy: Tree, var: Path) -> None:
    before = release_folder.manifests(var)
    place = copy.data / "period" / "2020.ttl"
    place.write_text(place.read_text() + "\n\n")  # not the house form, which is only counted
    assert build(copy, var, message="", now=NOON) is None
    assert release_folder.manifests(var) == before


@pytest.mark.slow
def test_a_corrected_word_is_a_new_release_that_tells_both_words(copy: Tree, var: Path) -> None:
    first = release_folder.current(var)
    change(copy, "열린창", "열린 창")
    second = built(copy, var)
    assert second.previous == first
    assert (second.added, second.removed) == (3, 3)  # the claim, and the name and label made from it


@pytest.mark.slow
def test_a_release_damaged_since_is_built_anew_although_the_tree_is_the_same(tree: Tree, var: Path) -> None:
    release = release_folder.current(var)
    assert release is not None
    release_folder.file(var, release, "dump.nq.gz").unlink()
    assert built(tree, var).id == release
    assert verified_current(var) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("o:open-window a coop:Organization ;", "o:open-window a coop:Organization", "data/org/open-window.ttl:"),
        ("rdf:object area:kr", "rdf:object area:atlantis", "data/org/open-window.ttl:"),
        ("coop:hasIndicator ind:victims-supported ;", "", "data/org/open-window.ttl:"),
    ],
    ids=["broken syntax", "an unknown area", "a figure of nothing"],
)
def test_what_does_not_conform_is_not_built_and_the_place_is_told(
    copy: Tree, var: Path, old: str, new: str, said: str
) -> None:
    release = release_folder.current(var)
    before = every_file(var)
    change(copy, old, new)
    with pytest.raises(DoesNotConform, match="nothing was built") as caught:
        build(copy, var, message="", now=NOON)
    assert said in str(caught.value)
    assert every_file(var) == before
    assert release_folder.current(var) == release


def test_a_missing_folder_is_told_and_nothing_is_made(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="There is no folder"):
        build(replace(tree, data=tmp_path / "nowhere"), tmp_path / "var", message="", now=NOON)
    assert release_folder.manifests(tmp_path / "var") == ()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_any_moment_of_a_whole_build_the_next_one_succeeds(copy: Tree, var: Path, watched: Watched) -> None:
    def killed(after: float) -> bool:
        """Build in a child that the kernel ends after so many seconds of its processor time."""
        child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.setitimer(signal.ITIMER_PROF, after)
                build(copy, var, message="", now=NOON)
                status = 0
            finally:
                os._exit(status)
        status = os.waitpid(child, 0)[1]
        assert status == 0 or os.WTERMSIG(status) == signal.SIGPROF
        return status != 0

    usual = watched.seconds
    chance = random.Random(10)
    word = "열린창"
    kills = 0
    for number in range(10 if THOROUGH else 2):
        assert verified_current(var) is not None
        change(copy, word, new := f"열린창 {number}")
        word = new
        kills += killed(chance.uniform(0, usual))
        assert verified_current(var) is not None
    assert kills
    assert not killed(1000 * usual)
    assert verified_current(var) is not None
    assert build(copy, var, message="", now=NOON) is None
    assert not (var / "staging").exists()


def test_the_lock_is_held_for_the_whole_build(watched: Watched) -> None:
    assert watched.unlocked == []


@pytest.mark.slow
def test_a_file_beyond_the_limit_is_not_published(copy: Tree, tmp_path: Path) -> None:
    largest = max(file.place.stat().st_size for file in copy.files())
    with pytest.raises(DoesNotConform, match="Split the file"):
        build(copy, tmp_path / "var", message="", now=NOON, input_size=largest - 1)
    assert not list((tmp_path / "var").glob("releases/*"))
