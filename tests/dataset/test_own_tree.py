"""A tree of one's own begins empty, conforms, and is never written over anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgraph.dataset.own_tree import create_own_tree
from coopgraph.dataset.tree import locate, locate_own
from coopgraph.errors import WrongUsage
from coopgraph.settings import Settings, load_settings


def test_the_files_written_are_all_that_is_there_and_the_settings_name_the_data(tmp_path: Path) -> None:
    place = tmp_path / "graph"
    written = create_own_tree(place)
    assert {item for item in place.rglob("*") if item.is_file()} == set(written)
    settings, _ = load_settings({}, {}, place)
    assert (place / settings.data).is_dir()
    assert locate(Settings(data=str(place / settings.data))).files()


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    create_own_tree(tmp_path)
    with pytest.raises(WrongUsage, match="is not empty"):
        create_own_tree(tmp_path)
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(WrongUsage, match="is not empty"):
        create_own_tree(file)


def test_the_data_of_an_installed_program_are_not_written_into() -> None:
    import coopgraph

    inside = Path(coopgraph.__file__).parent / "dataset"
    with pytest.raises(WrongUsage, match="is not changed"):
        locate_own(Settings(data=str(inside)))
