"""The reader that stays gives what a first reading gives, whatever happens to the files in between."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from coopgraph.dataset import tree_reader
from coopgraph.dataset.tree import Tree, load_tree
from coopgraph.dataset.tree_reader import TreeReader

A, B, C = "data/org/a.ttl", "data/org/b.ttl", "data/org/c.ttl"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
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


def test_a_file_just_written_is_read_again(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_reader, "CLOCK_STEP", 10**12)
    reader = TreeReader(tree, input_size=1000)
    assert reader.read().data[A] is not reader.read().data[A]
