"""A file of the tree is replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coopgraph.dataset.entity_file import create, replace
from coopgraph.errors import OurFault, WrongUsage


def test_replacing_keeps_the_permissions(tmp_path: Path) -> None:
    place = tmp_path / "a.ttl"
    place.write_bytes(b"old")
    place.chmod(0o640)
    replace(place, b"new")
    assert place.read_bytes() == b"new"
    assert place.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.ttl"]


def test_replacing_goes_through_a_link_to_the_file(tmp_path: Path) -> None:
    place, link = tmp_path / "a.ttl", tmp_path / "b.ttl"
    place.write_bytes(b"old")
    link.symlink_to(place)
    replace(link, b"new")
    assert link.is_symlink()
    assert place.read_bytes() == b"new"


def test_what_is_not_there_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(OurFault, match="could not be written"):
        replace(tmp_path / "a.ttl", b"new")
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    place = tmp_path / "a.ttl"
    place.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OurFault, match="It is as it was"):
            replace(place, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert place.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.ttl"]


def test_a_new_file_comes_with_its_folder_and_never_over_another(tmp_path: Path) -> None:
    place = tmp_path / "org" / "a.ttl"
    create(place, b"first")
    with pytest.raises(WrongUsage, match="already"):
        create(place, b"second")
    assert place.read_bytes() == b"first"
    assert os.listdir(place.parent) == ["a.ttl"]


def test_a_new_file_has_the_permissions_that_others_get(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    create(tmp_path / "a.ttl", b"")
    assert (tmp_path / "a.ttl").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "org").write_bytes(b"")
    with pytest.raises(OurFault, match="could not be written"):
        create(tmp_path / "org" / "a.ttl", b"")
