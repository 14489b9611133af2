from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from coopgraph.model import release_folder
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.query.citations.citation import Citation, ResultDigest
from coopgraph.query.citations.register import Register
from coopgraph.rdf.namespaces import COOP, DCTERMS
from coopgraph.rdf.terms import Literal, NamedNode, Quad

from .in_process import Ended, coopgraph

CONTEXT = (Path(__file__).parents[2] / "ontology" / "context" / "v1.jsonld").read_bytes()
RECORDS = NamedNode("https://w3id.org/coopgraph/graph/records")
LANTERN = NamedNode("https://w3id.org/coopgraph/id/org/lantern")
Run = Callable[..., Ended]


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Publish two releases that differ in one statement; return their names."""
    found = []
    for day, words in ((1, "before"), (2, "after")):
        quad = Quad(LANTERN, DCTERMS.description, Literal(words), RECORDS)
        more = Quad(LANTERN, COOP.seat, Literal("harbor", language="en"), RECORDS)
        contents = ReleaseContents((quad, more), {}, {"context/v1.jsonld": CONTEXT}, 0)
        with publishing(tmp_path / "var"):
            now = datetime(2026, 1, day, tzinfo=UTC)
            manifest = install_release(contents, tmp_path / "var", message=f"words {words}", now=now, built_from=None)
        assert manifest
        found.append(str(manifest.id))
    return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return lambda *arguments: coopgraph("releases", *arguments, cwd=tmp_path)


def test_the_list_shows_the_newest_first_and_marks_the_current(run: Run, names: list[str]) -> None:
    done = run("list")
    first, second = done.stdout.splitlines()
    assert first.startswith(f"* {names[1]}")
    assert first.endswith("words after")
    assert second.startswith(f"  {names[0]}")


def test_before_the_first_build_the_list_says_so(run: Run) -> None:
    done = run("list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no release yet" in done.stderr


def test_the_list_shows_the_names_also_where_no_release_can_be_told_to_be_current(
    run: Run, names: list[str], tmp_path: Path
) -> None:
    (tmp_path / "var" / "current.json").write_text("{", encoding="utf-8")
    done = run("list")
    assert done.returncode == 4
    assert [line.split()[0] for line in done.stdout.splitlines()] == names[::-1]
    assert "current.json" in done.stderr


def test_a_manifest_is_shown_and_its_files_are_checked(run: Run, names: list[str], tmp_path: Path) -> None:
    done = run("show", "current")
    assert done.returncode == 0
    assert json.loads(done.stdout)["id"] == names[1]
    release_folder.file(tmp_path / "var", names[1], "void.ttl").write_text("changed")
    damaged = run("show", names[1])
    assert damaged.returncode == 4
    assert "Missing or damaged: void.ttl." in damaged.stderr


def test_a_difference_is_an_rdf_patch_and_exits_with_1(run: Run, names: list[str]) -> None:
    done = run("diff", names[0])
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f'A {LANTERN} {DCTERMS.description} "after" {RECORDS} .',
        f'D {LANTERN} {DCTERMS.description} "before" {RECORDS} .',
    ]
    same = run("diff", names[0], names[0])
    assert (same.returncode, same.stdout) == (0, "")


def test_use_prune_and_withdraw_change_what_is_listed(run: Run, names: list[str], tmp_path: Path) -> None:
    assert run("use", names[0]).returncode == 0
    assert release_folder.current(tmp_path / "var") == names[0]
    assert run("prune", "--keep", "2").stdout == ""
    done = run("withdraw", names[1], "--reason", "An address was published.")
    assert done.returncode == 0, done.stderr
    assert "withdrawn on" in run("list").stdout
    assert "An address was published." in run("show", names[1]).stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "2026-01-01-00000000"), 2, "There is no release"),
        (("use", "../../etc"), 2, "There is no release"),
        (("withdraw", "current", "--reason", "Because."), 2, "There is no release"),
        (("prune", "--keep", "0"), 2, "At least one"),
        (("prune", "--keep", "some"), 2, "--keep takes a whole number."),
        (("withdraw", "2026-01-01-00000000"), 2, "--reason"),
    ],
)
def test_wrong_calls_exit_with_2_and_a_sentence(
    run: Run, names: list[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_warming_says_what_an_old_release_costs(run: Run, names: list[str]) -> None:
    done = run("warm", names[0])
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{names[0]}: \d+ statements, \d+\.\d s, [1-9]\d* MiB\n", done.stdout)


def test_warming_a_damaged_release_says_which_file(run: Run, names: list[str], tmp_path: Path) -> None:
    place = release_folder.folder(tmp_path / "var", names[0]) / release_folder.DUMP
    place.chmod(0o644)
    place.write_bytes(b"damaged")
    done = run("warm", names[0])
    assert (done.returncode, done.stdout) == (4, "")
    assert release_folder.DUMP in done.stderr


def test_withdrawing_erases_the_queries_that_cite_it(run: Run, names: list[str], tmp_path: Path) -> None:
    register = Register(tmp_path / "var", 10)
    result = ResultDigest("csv", "0" * 64, 10, 1)
    kept = register.add(Citation("SELECT 'what must vanish' {}", names[0], result, date(2026, 1, 3)))
    other = register.add(Citation("SELECT 'what may stay' {}", names[1], result, date(2026, 1, 3)))
    done = run("withdraw", names[0], "--reason", "An address was published.")
    assert "Citations of it whose queries are erased: 1." in done.stderr
    assert (register.find(kept.id).query, register.find(other.id)) == ("", other)  # type: ignore[union-attr]
    assert b"must vanish" not in b"".join(path.read_bytes() for path in (tmp_path / "var").glob("citations*"))
