from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from coopgraph.errors import Gone, NotFound, OurFault
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, ReleaseFile, ReleaseId, Tombstone

NAME = ReleaseId("2026-01-31-0123abcd")


@pytest.fixture
def held(tmp_path: Path) -> Manifest:
    place = tmp_path / "releases" / NAME
    place.mkdir(parents=True)
    (place / "void.ttl").write_bytes(b"text")
    (place / "unnamed.txt").write_bytes(b"not in the manifest")
    files = {"void.ttl": ReleaseFile(hashlib.sha256(b"text").hexdigest(), 4, "text/turtle")}
    held = Manifest(NAME, "2026-01-31T12:00:00Z", "", None, "", "", {}, (), 0, 0, 0, 0, 0, 0, files)
    (place / "manifest.json").write_text(held.to_json())
    (tmp_path / "current.json").write_text(f'{{"release": "{NAME}"}}')
    return held


def test_a_release_is_found_by_its_name(held: Manifest, tmp_path: Path) -> None:
    assert release_folder.current(tmp_path) == NAME
    assert release_folder.manifest(tmp_path, NAME) == held
    assert release_folder.manifests(tmp_path) == (held,)
    assert release_folder.file(tmp_path, NAME, "void.ttl").read_bytes() == b"text"


def test_before_the_first_build_there_is_no_release(tmp_path: Path) -> None:
    assert release_folder.current(tmp_path) is None
    assert release_folder.manifests(tmp_path) == ()
    assert release_folder.tombstones(tmp_path) == ()


@pytest.mark.parametrize("path", ["unnamed.txt", "../../current.json", "/etc/passwd", "", "."])
def test_only_files_that_the_manifest_names_are_given(held: Manifest, tmp_path: Path, path: str) -> None:
    with pytest.raises(NotFound, match="has no file"):
        release_folder.file(tmp_path, NAME, path)


def test_a_missing_and_a_changed_file_are_both_damage(held: Manifest, tmp_path: Path) -> None:
    place = release_folder.file(tmp_path, NAME, "void.ttl")
    assert release_folder.damaged(tmp_path, held) == ()
    place.write_bytes(b"Text")
    assert release_folder.damaged(tmp_path, held) == ("void.ttl",)
    place.unlink()
    assert release_folder.damaged(tmp_path, held) == ("void.ttl",)


def test_a_tombstone_is_believed_even_where_the_files_are_still_there(held: Manifest, tmp_path: Path) -> None:
    stone = Tombstone(NAME, "2026-02-01T12:00:00Z", "An address was published.")
    (release_folder.folder(tmp_path, NAME) / "tombstone.json").write_text(stone.to_json())
    with pytest.raises(Gone, match="An address was published"):
        release_folder.file(tmp_path, NAME, "void.ttl")
    assert release_folder.manifests(tmp_path) == ()
    assert release_folder.tombstones(tmp_path) == (stone,)


@pytest.mark.parametrize("text", ["", "null", "{}", '{"files": []}'])
def test_a_manifest_that_cannot_be_read_is_our_fault_in_words(held: Manifest, tmp_path: Path, text: str) -> None:
    (release_folder.folder(tmp_path, NAME) / "manifest.json").write_text(text)
    with pytest.raises(OurFault, match="cannot be read") as caught:
        release_folder.manifest(tmp_path, NAME)
    assert str(tmp_path) not in str(caught.value)
    assert release_folder.manifests(tmp_path) == ()
