"""``coopgraph fmt`` as its users meet it: exit codes, words, and files left as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .in_process import Ended, coopgraph

ROOT = Path(__file__).parents[2]
HOUSE = '@prefix coop: <https://w3id.org/coopgraph/def/> .\n\n<urn:a> a coop:Claim ;\n    coop:quote "x"@zh-Hans ;\n.\n'
UNTIDY = '@prefix c: <https://w3id.org/coopgraph/def/> .\n<urn:a> c:quote "x"@zh-hans; a c:Claim.\n'


def _fmt(*arguments: str | Path, given: bytes = b"") -> Ended:
    return coopgraph("fmt", *map(str, arguments), cwd=ROOT, given=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.ttl").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "untidy.ttl").write_text(UNTIDY, encoding="utf-8")
    return tmp_path


def test_files_are_put_into_the_house_form_and_a_second_run_changes_none(folder: Path) -> None:
    first, second = _fmt(folder), _fmt(folder)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "Files changed: 1 of 2.\n")
    assert (folder / "untidy.ttl").read_text(encoding="utf-8") == HOUSE
    assert second.stderr == "Files changed: 0 of 2.\n"


def test_check_lists_the_files_and_changes_none(folder: Path) -> None:
    done = _fmt("--check", folder)
    assert (done.returncode, done.stdout) == (1, f"{folder / 'untidy.ttl'}\n")
    assert (folder / "untidy.ttl").read_text(encoding="utf-8") == UNTIDY
    assert _fmt("--check", folder / "good.ttl").returncode == 0


def test_diff_shows_what_would_change_and_changes_nothing(folder: Path) -> None:
    done = _fmt("--diff", folder)
    assert done.returncode == 1
    assert '-<urn:a> c:quote "x"@zh-hans; a c:Claim.\n' in done.stdout
    assert '+    coop:quote "x"@zh-Hans ;\n' in done.stdout
    assert (folder / "untidy.ttl").read_text(encoding="utf-8") == UNTIDY


def test_standard_input_goes_to_standard_output(folder: Path) -> None:
    done = _fmt("-", given=UNTIDY.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, HOUSE, "")


def test_comments_are_never_lost_unasked(folder: Path) -> None:
    place = folder / "comments.ttl"
    place.write_text("# one\n" + UNTIDY + "# three\n# four\n", encoding="utf-8")
    for done in (_fmt(place), _fmt("--check", place)):
        assert done.returncode == 1
        assert "comments on lines 1, 4, 5 would be lost" in done.stderr
    assert place.read_text(encoding="utf-8").startswith("# one")
    assert _fmt("--drop-comments", place).returncode == 0
    assert place.read_text(encoding="utf-8") == HOUSE


def test_bad_files_are_told_and_the_others_still_done(folder: Path) -> None:
    (folder / "broken.ttl").write_text("<urn:a> .\n<urn:b> no:c 1 .\n", encoding="utf-8")
    (folder / "table.ttl").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "latin.ttl").write_bytes(b"\xe9")
    (folder / "folder.ttl").mkdir()
    (folder / "loop.ttl").symlink_to("loop.ttl")
    done = _fmt(folder)
    assert done.returncode == 3
    assert f"{folder / 'broken.ttl'}:1:9: “.” cannot stand where a property belongs." in done.stderr
    assert f"{folder / 'broken.ttl'}:2:9: The prefix “no:” is used but not declared." in done.stderr
    assert "a table (CSV)" in done.stderr
    assert "not UTF-8" in done.stderr
    assert "is a folder, not a file" in done.stderr
    assert f"{folder / 'loop.ttl'} cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "untidy.ttl").read_text(encoding="utf-8") == HOUSE
    assert (folder / "broken.ttl").read_text(encoding="utf-8").startswith("<urn:a> .")


@pytest.mark.parametrize("given", ["no.ttl", "no/such/folder"])
def test_a_path_that_is_not_there_is_told(given: str, tmp_path: Path) -> None:
    done = _fmt(tmp_path / given)
    assert done.returncode == 3
    assert "There is no file" in done.stderr


def test_a_file_of_100_mb_is_refused_at_once(tmp_path: Path) -> None:
    place = tmp_path / "large.ttl"
    with place.open("wb") as stream:
        stream.truncate(100_000_000)
    done = _fmt(place)
    assert done.returncode == 3
    assert "100,000,000 bytes" in done.stderr


def test_a_file_of_the_tree_that_may_not_be_written_stays_whole(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    folder.chmod(0o500)
    done = _fmt(folder / "untidy.ttl")
    folder.chmod(0o700)
    assert done.returncode == 4
    assert "could not be written" in done.stderr


@pytest.mark.slow
def test_the_whole_tree_is_in_the_house_form() -> None:
    done = _fmt("--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_line_ends_become_line_feeds_within_texts_too_and_an_escaped_carriage_return_stays(folder: Path) -> None:
    text = (
        '@prefix coop: <https://w3id.org/coopgraph/def/> .\n\n<urn:a> coop:quote """x\ny""" ,\n        "a\\rb" ;\n.\n'
    )
    formatted = _fmt("-", given=text.encode()).stdout
    assert formatted.count("\\r") == 1
    for line_end in ("\r\n", "\r"):
        assert _fmt("-", given=text.replace("\n", line_end).encode()).stdout == formatted


def test_files_that_differ_in_their_line_ends_only_are_told_to_do_so_once(folder: Path) -> None:
    for name in ("good.ttl", "another.ttl"):
        (folder / name).write_bytes(HOUSE.replace("\n", "\r\n").encode())
    done = _fmt("--check", folder)
    assert done.returncode == 1
    assert done.stderr.count("only the line ends differ") == 1
    assert "In 2 of them" in done.stderr
    assert "-" not in _fmt("--diff", folder / "good.ttl").stdout
    assert _fmt(folder).returncode == 0
    assert (folder / "good.ttl").read_bytes() == HOUSE.encode()
