"""The reader that stays gives what a first reading gives, whatever happens to the files in between."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from coopgraph.dataset import tree_reader
from coopgraph.dataset.tree import Tree, load_tree
from coopgraph.dataset.tree_reader import TreeReader

A, B, C = "data/org/a.ttl", "data/org/b.ttl", "data/org/c.ttl"


@pytest.fixture(params=["watched", "listed"])
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Tree:
    if request.param == "listed":
        monkeypatch.setattr(tree_reader, "TreeWatch", _no_watch)
    for folder in ("ontology", "shapes", "data/org"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / A).write_bytes(b"<a:a> <a:b> <a:c> .\n")
    (tmp_path / B).write_bytes(b"<a:b> <a:b> <a:c> .\n")
    monkeypatch.setattr(tree_reader, "CLOCK_STEP", 0)
    time.sleep(0.02)
    return Tree(tmp_path / "ontology", tmp_path / "shapes", tmp_path / "data")


def test_a_second_reading_gives_what_is_there_now(tree: Tree, tmp_path: Path) -> None:
    reader = TreeReader(tree, input_size=1000)
    assert reader.read() == load_tree(tree, input_size=1000)
    (tmp_path / A).write_bytes(b"<a:a> <a:b> <a:d> .\n")  # as long as before
    (tmp_path / B).unlink()
    (tmp_path / C).write_bytes(b"x" * 1001)
    found = reader.read()
    assert found == load_tree(tree, input_size=1000)
    assert found.data == {A: b"<a:a> <a:b> <a:d> .\n"}
    assert [problem.rule for problem in found.problems] == ["FileTooLarge"]


def test_a_time_set_back_hides_no_change(tree: Tree, tmp_path: Path) -> None:
    reader = TreeReader(tree, input_size=1000)
    reader.read()
    before = (tmp_path / A).stat()
    (tmp_path / A).write_bytes(b"<a:a> <a:b> <a:d> .\n")
    os.utime(tmp_path / A, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert reader.read().data[A] == b"<a:a> <a:b> <a:d> .\n"


def test_a_file_that_stays_is_not_read_again(tree: Tree) -> None:
    reader = TreeReader(tree, input_size=1000)
    assert reader.read().data[A] is reader.read().data[A]


def test_a_file_just_written_is_read_again_where_it_is_not_watched(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_reader, "CLOCK_STEP", 10**12)
    monkeypatch.setattr(tree_reader, "TreeWatch", _no_watch)
    reader = TreeReader(tree, input_size=1000)
    assert reader.read().data[A] is not reader.read().data[A]


def test_a_tree_that_stays_gives_the_same_documents_without_a_look_at_its_files(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = TreeReader(tree, input_size=1000)
    found = reader.read()
    if reader.watches:
        monkeypatch.setattr(Tree, "files", lambda _: pytest.fail("the files were listed"))
        assert reader.read() is found


CHANGES: dict[str, Callable[[Path], object]] = {
    "rewritten": lambda root: (root / A).write_bytes(b"<a:x> <a:b> <a:d> .\n"),
    "appended": lambda root: _append(root / A),
    "replaced": lambda root: _replace(root / A),
    "replaced by a link": lambda root: _replace_by_link(root),
    "removed": lambda root: (root / A).unlink(),
    "new": lambda root: (root / C).write_bytes(b"<a:c> <a:b> <a:c> .\n"),
    "hidden": lambda root: (root / "data/org/.c.ttl").write_bytes(b"x"),
    "renamed": lambda root: (root / A).rename(root / C),
    "a new folder": lambda root: _new_folder(root / "data/law"),
    "a folder renamed": lambda root: (root / "data/org").rename(root / "data/law"),
    "a folder renamed away": lambda root: (root / "data/org").rename(root / "org"),
    "a folder replaced": lambda root: _replace_folder(root),
    "too large": lambda root: (root / A).write_bytes(b"x" * 1001),
    "a second name": lambda root: os.link(root / A, root / "other"),
    "written under a second name": lambda root: _append(root / "twin"),
    "written through a link": lambda root: _append(root / "behind"),
    "a file in the place of a folder": lambda root: _file_for_folder(root / "data/law"),
}


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_is_missed(tree: Tree, tmp_path: Path, change: str, twice: bool) -> None:
    if change == "written under a second name":
        os.link(tmp_path / A, tmp_path / "twin")
    if change == "written through a link":
        (tmp_path / A).rename(tmp_path / "behind")
        (tmp_path / A).symlink_to(tmp_path / "behind")
    reader = TreeReader(tree, input_size=1000)
    for _ in range(1 + twice):
        reader.read()
    CHANGES[change](tmp_path)
    assert reader.read() == load_tree(tree, input_size=1000)
    (tmp_path / "data/new.ttl").write_bytes(b"<a:n> <a:b> <a:c> .\n")
    assert reader.read() == load_tree(tree, input_size=1000)
    (tmp_path / "data/new.ttl").write_bytes(b"<a:m> <a:b> <a:c> .\n")
    assert reader.read() == load_tree(tree, input_size=1000)


def _no_watch(_: Tree) -> NoReturn:
    raise OSError


def _append(place: Path) -> None:
    with place.open("ab") as stream:
        stream.write(b"<a:a> <a:b> <a:e> .\n")


def _replace(place: Path) -> None:
    draft = place.with_name("draft")
    draft.write_bytes(b"<a:r> <a:b> <a:c> .\n")
    draft.replace(place)


def _replace_by_link(root: Path) -> None:
    (root / A).rename(root / "behind")
    (root / A).symlink_to(root / "behind")
    _append(root / "behind")


def _new_folder(place: Path) -> None:
    (place / "inner").mkdir(parents=True)
    (place / "inner/d.ttl").write_bytes(b"<a:d> <a:b> <a:c> .\n")


def _replace_folder(root: Path) -> None:
    shutil.copytree(root / "data", root / "copy")
    _append(root / "copy/org/b.ttl")
    (root / "data").rename(root / "before")
    (root / "copy").rename(root / "data")


def _file_for_folder(place: Path) -> None:
    _new_folder(place)
    shutil.rmtree(place)
    place.write_bytes(b"no folder")
