from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FIXTURE, PUBLISHED

from .in_process import Ended, coopgraph

HOLD_THE_LOCK = """
import pathlib, sys
from coopgraph.publishing.lock import publishing
with publishing(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line in an empty folder."""

    def ran(*arguments: str, data: Path = FIXTURE, **environment: str) -> Ended:
        said = {"SOURCE_DATE_EPOCH": "1769860800", **environment}
        return coopgraph("--data", str(data), *arguments, cwd=tmp_path, environment=said)

    return ran


def test_the_release_name_and_nothing_else_goes_to_standard_output(run: Run, tmp_path: Path) -> None:
    done = run("build", "--message", "The first")
    assert done.returncode == 0, done.stderr
    (name,) = done.stdout.splitlines()
    assert name.startswith("2026-01-31-")
    assert (tmp_path / "var" / "releases" / name / "manifest.json").exists()
    assert "Triples: " in done.stderr

    again = run("build")
    assert (again.returncode, again.stdout.splitlines()) == (0, [name])
    assert "Nothing has changed" in again.stderr


@pytest.mark.slow
def test_two_machines_build_the_same_bytes_from_the_same_tree(published: Path, tmp_path: Path) -> None:
    """The other one is this process: it has a seed of its own, and is where its clock says."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    told = {"PYTHONHASHSEED": seed, "TZ": "Asia/Seoul", "SOURCE_DATE_EPOCH": str(int(PUBLISHED.timestamp()))}
    command = [sys.executable, "-c", "from coopgraph.cli.main import main; main()", "--data", str(FIXTURE), "build"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | told, capture_output=True, check=True)
    found = [
        {item.relative_to(place): item.read_bytes() for item in (place / "releases").rglob("*") if item.is_file()}
        for place in (published, tmp_path / "var")
    ]
    assert found[0]
    assert found[0] == found[1]


def test_data_that_do_not_conform_exit_with_1_and_name_the_place(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(FIXTURE, data)
    place = data / "event" / "harbor-case.ttl"
    place.write_text(place.read_text(encoding="utf-8").replace("area:kr", "area:atlantis"), encoding="utf-8")
    done = run("build", data=data)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing was built" in done.stderr
    assert "data/event/harbor-case.ttl:" in done.stderr
    assert "coopgraph check" in done.stderr
    assert not (tmp_path / "var" / "releases").exists()


def test_a_data_folder_that_is_not_there_exits_with_3(run: Run, tmp_path: Path) -> None:
    done = run("build", data=tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (3, "")
    assert "There is no folder" in done.stderr


def test_a_release_folder_that_cannot_be_written_exits_with_4(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "releases").write_text("a file")
    done = run("build")
    assert (done.returncode, done.stdout) == (4, "")
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_as_release_folder_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    done = run("build")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is a file" in done.stderr
    assert (tmp_path / "var").read_text() == "a file"


def test_while_another_build_runs_a_second_one_exits_with_4(run: Run, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path / "var")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline()
        done = run("build")
    assert (done.returncode, done.stdout) == (4, "")
    assert "Another build" in done.stderr


@pytest.mark.parametrize("text", ["yesterday", "", "9" * 30])
def test_a_build_time_that_is_none_exits_with_2(run: Run, text: str) -> None:
    done = run("build", SOURCE_DATE_EPOCH=text)
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH cannot be" in done.stderr
