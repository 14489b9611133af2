"""Index directory: what it gives is what the tree states now, or nothing, whatever happened to it or to the tree."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from coopgraph.curation.index_directory import MOST_CHANGES, IndexDirectory, IndexedTree
from coopgraph.curation.workspace import tree_statements, validated_data
from coopgraph.dataset.tree import Tree, TreeDocuments, load_tree, parse_tree
from coopgraph.rdf.quad_index import UnreadableIndex

ORG = '<http://example.org/{0}> a <http://example.org/Org> ; <http://example.org/name> "{0}" , 1.0 ; <#p> [] .\n'


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree of few triples."""
    tree = Tree(tmp_path / "ontology", tmp_path / "shapes", tmp_path / "data")
    for place, text in (
        (tree.ontology / "terms.ttl", "<http://example.org/Org> a <http://example.org/Class> .\n"),
        (tree.shapes / "org.ttl", "<http://example.org/Shape> a <http://example.org/Shape> .\n"),
        *((tree.data / "org" / f"{name}.ttl", _org(name)) for name in "abc"),
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tree


@pytest.fixture
def directory(tree: Tree, tmp_path: Path) -> Iterator[IndexDirectory]:
    """The directory of the tree, with its index."""
    with IndexDirectory.locked(tmp_path / "var" / "check") as locked:
        assert locked is not None
        assert locked.read(_loaded(tree)) is None
        assert locked.write(_loaded(tree))
        yield locked


def _org(name: str) -> str:
    return ORG.format(name).replace("<#p>", "<http://example.org/p>")


def _loaded(tree: Tree) -> TreeDocuments:
    return load_tree(tree)


def _held(indexed: IndexedTree) -> tuple[set[str], set[str]]:
    return set(map(str, indexed.index.triples())), set(map(str, indexed.index.stated()))


def _true(tree: Tree) -> tuple[set[str], set[str]]:
    content = parse_tree(load_tree(tree))
    return set(map(str, validated_data(content))), set(map(str, tree_statements(content)))


def test_what_was_indexed_is_read_back(tree: Tree, directory: IndexDirectory) -> None:
    found = directory.read(_loaded(tree))
    assert found is not None
    assert found.changes == {}
    assert _held(found) == _true(tree)
    assert found.size == len(_true(tree)[0])


def test_files_that_came_changed_or_went_are_changes(tree: Tree, directory: IndexDirectory) -> None:
    (tree.data / "org" / "a.ttl").write_text(_org("new"))
    (tree.data / "org" / "b.ttl").unlink()
    (tree.data / "org" / "d.ttl").write_text(_org("d"))
    found = directory.read(_loaded(tree))
    assert found is not None
    assert found.changes == {
        "data/org/a.ttl": _org("new").encode(),
        "data/org/b.ttl": None,
        "data/org/d.ttl": _org("d").encode(),
    }


def test_no_time_stamp_hides_a_change(tree: Tree, directory: IndexDirectory) -> None:
    place = tree.data / "org" / "a.ttl"
    before = place.stat()
    with place.open("r+", encoding="utf-8") as stream:
        stream.write(place.read_text().replace('"a"', '"z"'))
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = directory.read(_loaded(tree))
    assert found is not None
    assert set(found.changes) == {"data/org/a.ttl"}


@pytest.mark.parametrize("folder", ["ontology", "shapes"])
def test_a_change_of_vocabulary_or_shapes_needs_another_index(
    folder: str, tree: Tree, directory: IndexDirectory
) -> None:
    with next((tree.ontology if folder == "ontology" else tree.shapes).iterdir()).open("a") as stream:
        stream.write("# changed\n")
    assert directory.read(_loaded(tree)) is None
    assert directory.write(_loaded(tree))
    assert directory.read(_loaded(tree)) is not None


def test_too_many_changes_need_another_index(tree: Tree, directory: IndexDirectory) -> None:
    for number in range(MOST_CHANGES + 1):
        assert directory.read(_loaded(tree)) is not None
        (tree.data / "org" / f"n{number}.ttl").write_text(_org(str(number)))
    assert directory.read(_loaded(tree)) is None


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"made_by": "another version"}', b'{"files": 1}'],
)
def test_a_damaged_manifest_is_no_index(manifest: bytes, tree: Tree, directory: IndexDirectory, tmp_path: Path) -> None:
    (tmp_path / "var" / "check" / "current" / "manifest.json").write_bytes(manifest)
    assert directory.read(_loaded(tree)) is None


def test_an_index_of_another_version_is_none(tree: Tree, directory: IndexDirectory, tmp_path: Path) -> None:
    place = tmp_path / "var" / "check" / "current" / "manifest.json"
    held = json.loads(place.read_text())
    place.write_text(json.dumps({**held, "made_by": held["made_by"][::-1]}))
    assert directory.read(_loaded(tree)) is None


@pytest.mark.slow
def test_a_damaged_store_gives_what_is_true_or_says_that_it_is_damaged(
    tree: Tree, directory: IndexDirectory, tmp_path: Path
) -> None:
    store = tmp_path / "var" / "check" / "current" / "store"
    intact = tmp_path / "intact"
    shutil.copytree(store, intact)
    true = _true(tree)
    seen = 0
    for file in sorted(intact.iterdir()):
        data = file.read_bytes()
        for damaged in (None, data[: len(data) // 2], *_flipped(data)):
            if not data or damaged == data:
                continue
            shutil.rmtree(store)
            shutil.copytree(intact, store)
            (store / file.name).unlink()
            if damaged is not None:
                (store / file.name).write_bytes(damaged)
            found = directory.read(_loaded(tree))
            with suppress(UnreadableIndex):
                assert found is None or _held(found) == true, file.name
                continue
            seen += 1
    assert seen > 0


def _flipped(data: bytes) -> Iterator[bytes]:
    for part in (0.05, 0.5, 0.95):
        at = int(part * len(data))
        yield data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :] if data else data


def test_nobody_writes_what_another_reads(tree: Tree, directory: IndexDirectory, tmp_path: Path) -> None:
    with IndexDirectory.locked(tmp_path / "var" / "check") as other:
        assert other is not None
        assert not other.write(_loaded(tree))
        assert other.read(_loaded(tree)) is not None


def test_who_finds_it_being_written_does_without(tmp_path: Path) -> None:
    place = tmp_path / "check"
    place.mkdir()
    writer = os.open(place, os.O_RDONLY)
    fcntl.flock(writer, fcntl.LOCK_EX)
    with IndexDirectory.locked(place) as locked:
        assert locked is None
    os.close(writer)
    with IndexDirectory.locked(place) as locked:
        assert locked is not None


def test_what_a_killed_process_left_is_no_index_and_no_hindrance(
    tree: Tree, directory: IndexDirectory, tmp_path: Path
) -> None:
    place = tmp_path / "var" / "check"
    (place / "current").rename(place / "building")
    assert directory.read(_loaded(tree)) is None
    assert directory.write(_loaded(tree))
    assert directory.read(_loaded(tree)) is not None
    assert not (place / "building").exists()


def test_a_place_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with IndexDirectory.locked(tmp_path / "var" / "check") as locked:
        assert locked is None


def test_a_discarded_index_is_made_anew(tree: Tree, directory: IndexDirectory) -> None:
    directory.discard()
    assert directory.read(_loaded(tree)) is None
