"""The tree is found, listed in order, and read whole however bad a file is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from coopgraph.dataset.tree import Tree, locate, read_document, read_tree
from coopgraph.errors import UnreadableInput
from coopgraph.model.iris import graph_iri
from coopgraph.settings import Settings

from .conftest import ROOT, Write


def _problems(tree: Tree) -> list[tuple[str, str, int, str]]:
    return [(item.rule, item.path, item.line, item.value) for item in read_tree(tree, input_size=1_000_000).problems]


def test_a_checkout_carries_its_own_graph() -> None:
    assert locate(Settings()) == Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "data")


def test_a_setting_replaces_the_data_folder_alone(tmp_path: Path) -> None:
    assert locate(Settings(data=str(tmp_path))) == Tree(ROOT / "ontology", ROOT / "shapes", tmp_path)


def test_a_data_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no folder"):
        locate(Settings(data=str(tmp_path / "no")))


@pytest.mark.parametrize("beside", ["shapes", "coopgraph.toml"])
def test_a_checkout_in_place_of_its_data_is_told_in_words(tmp_path: Path, beside: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / beside).mkdir()
    with pytest.raises(UnreadableInput, match="in the folder data below"):
        locate(Settings(data=str(tmp_path)))
    assert locate(Settings(data=str(tmp_path / "data"))).data == tmp_path / "data"


def test_each_file_belongs_to_the_graph_of_its_folder(tree: Tree, write: Write) -> None:
    write("org/lantern.ttl", "")
    graphs = {file.path: file.graph for file in tree.files()}
    assert graphs["ontology/kinds.ttl"] == "vocabulary"
    assert graphs["ontology/schemes/area.ttl"] == "schemes"
    assert graphs["shapes/files.ttl"] == "shapes"
    assert graphs["data/org/lantern.ttl"] == "records"


def test_files_come_sorted_without_hidden_ones_and_other_kinds(tree: Tree, write: Write) -> None:
    for path in ("org/b.ttl", "org/a.ttl", "org/.c.ttl", ".cache/d.ttl", "org/e.ttl~", "org/f.csv"):
        write(path, "")
    assert [file.path for file in tree.files() if file.graph == "records"] == ["data/org/a.ttl", "data/org/b.ttl"]
    assert [file.path for file in tree.files()] == sorted(file.path for file in tree.files())


def test_a_path_is_known_as_a_file_of_the_tree_or_as_none(tree: Tree, tmp_path: Path) -> None:
    file = tree.file(tree.data / "org" / "new.ttl")
    assert file is not None
    assert (file.graph, file.path) == ("records", "data/org/new.ttl")
    assert tree.file(tmp_path / "elsewhere.ttl") is None
    assert tree.file(tree.data / "org" / "table.csv") is None


def test_every_bad_file_is_told_in_one_run_and_the_good_ones_are_read(tree: Tree, write: Write) -> None:
    write("org/good.ttl", "<urn:a> <urn:p> 1 .")
    write("org/bad.ttl", b"<urn:a> <urn:p> .\n<urn:b> .\n<urn:c> <urn:p> 1 .\n")
    write("org/csv.ttl", b"name,city\nLantern,Harbor\n")
    write("org/empty.ttl", b"")
    write("org/large.ttl", b" " * 1_000_001)
    write("org/latin.ttl", "<urn:é> ".encode("cp1252"))
    write("org/nul.ttl", b"\0")
    (tree.data / "org" / "folder.ttl").mkdir()
    (tree.data / "org" / "loop.ttl").symlink_to("loop.ttl")
    found = _problems(tree)
    assert [(rule, path.removeprefix("data/org/"), line) for rule, path, line, _ in found] == [
        ("SyntaxError", "bad.ttl", 1),
        ("SyntaxError", "bad.ttl", 2),
        ("NotTurtle", "csv.ttl", 1),
        ("EmptyFile", "empty.ttl", 1),
        ("UnreadableFile", "folder.ttl", 1),
        ("FileTooLarge", "large.ttl", 1),
        ("NotUtf8", "latin.ttl", 1),
        ("UnreadableFile", "loop.ttl", 1),
        ("ControlCharacter", "nul.ttl", 1),
    ]
    content = read_tree(tree)
    assert len(content.quads["data/org/good.ttl"]) == 1
    assert all(str(tree.data) not in str(value) for *_, value in found)


def test_quads_carry_the_graph_of_their_file(tree: Tree, write: Write) -> None:
    write("org/good.ttl", "<urn:a> <urn:p> 1 .")
    (quad,) = read_tree(tree).quads["data/org/good.ttl"]
    assert str(quad.graph_name) == f"<{graph_iri('records')}>"


def test_the_same_label_in_two_files_is_two_blank_nodes(tree: Tree, write: Write) -> None:
    write("org/a.ttl", "_:x <urn:p> 1 .")
    write("org/b.ttl", "_:x <urn:p> 1 .")
    quads = read_tree(tree).quads
    assert quads["data/org/a.ttl"][0].subject != quads["data/org/b.ttl"][0].subject


def test_a_draft_is_read_as_if_it_stood_in_the_tree(tree: Tree) -> None:
    file = tree.file(tree.data / "org" / "draft.ttl")
    assert file is not None
    quads, problems = read_document(b"<urn:a> <urn:p> 1 .", file)
    assert (len(quads), problems) == (1, ())
    assert read_document(b"<urn:a> .", file)[1][0].path == "data/org/draft.ttl"


def test_a_missing_folder_stops_the_reading(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no folder"):
        read_tree(dataclasses.replace(tree, shapes=tmp_path / "no"))
