"""The command ``check`` as a user meets it: exit codes, streams, languages, formats, bad input."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .in_process import Ended, coopgraph

FIXTURE = Path(__file__).parents[1] / "fixture" / "data"
CLAIM = "c:lantern.foundingDate.1 a coop:Claim ;\n"
Run = Callable[..., Ended]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The invented graph, to be changed."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "data"))


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which checks of a few files find the index that the first of them leaves."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def run(data: Path, var: Path, tmp_path: Path) -> Run:
    """Run ``coopgraph check`` beside the folder ``data``."""

    def ran(*arguments: str, given: str = "", **environment: str) -> Ended:
        command = ("--data", str(data), "--var", str(var), "check", *arguments)
        return coopgraph(*command, cwd=tmp_path, given=given.encode(), environment=environment)

    return ran


def break_lantern(data: Path) -> Path:
    place = data / "org" / "lantern.ttl"
    text = place.read_text(encoding="utf-8")
    broken = text.replace(CLAIM + "    coop:hasEvidence cite:bridge-page.s02 ;\n", CLAIM)
    assert broken != text
    place.write_text(broken, encoding="utf-8")
    return place


def plain(done: Ended) -> str:
    """Return all that was written, having made sure that it is no traceback."""
    assert "Traceback" not in done.stderr + done.stdout
    return done.stdout + done.stderr


def test_a_conforming_tree_ends_with_0(run: Run) -> None:
    done = run()
    assert done.returncode == 0, plain(done)
    assert done.stdout.splitlines()[-1] == "The data conforms."
    assert done.stderr == ""


def test_a_violation_ends_with_1_and_says_where_and_how_to_mend_without_colours_in_a_pipe(run: Run, data: Path) -> None:
    break_lantern(data)
    done = run()
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "data/org/lantern.ttl:" in done.stdout
    assert CLAIM.strip() in done.stdout
    assert "https://w3id.org/coopgraph/shape/ClaimHasSource" in done.stdout
    assert "Violations: 1" in done.stdout


@pytest.mark.slow
def test_warnings_fail_only_a_strict_check(run: Run, data: Path) -> None:
    place = data / "org" / "lantern.ttl"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("rdf:object area:jp ;", "rdf:object area:kr ;", 1), encoding="utf-8")
    lenient = run()
    assert "Warnings: 1." in lenient.stdout
    assert lenient.returncode == 0
    assert run("--strict").returncode == 1


@pytest.mark.slow
def test_the_language_is_the_one_asked_for_else_the_systems(run: Run, data: Path) -> None:
    assert "파일이나 폴더" in run("nowhere", "--lang", "ko", LANG="ja_JP.UTF-8").stderr
    assert "フォルダー" in run("nowhere", LANG="ja_JP.UTF-8").stderr
    assert "檔案" in run("nowhere", "--lang", "zh-TW").stderr
    assert "文件夹" in run("nowhere", LC_ALL="zh_CN.UTF-8", LANG="ja_JP.UTF-8").stderr
    assert "no file" in run("nowhere", LANG="C").stderr
    break_lantern(data)
    assert "위반" in run("--lang", "ko", LANG="ja_JP.UTF-8").stdout
    assert "違反" in run(LANG="ja_JP.UTF-8").stdout


def test_an_unknown_language_is_wrong_usage(run: Run) -> None:
    done = run("--lang", "xx")
    assert done.returncode == 2
    assert "zh-Hant" in plain(done)


def test_an_unknown_format_or_engine_is_wrong_usage(run: Run) -> None:
    assert run("--format", "pdf").returncode == 2
    assert run("--engine", "magic").returncode == 2


def test_each_format_is_what_it_says(run: Run, data: Path) -> None:
    break_lantern(data)
    written = {}
    for form in ("json", "turtle", "sarif", "github", "junit", "csv"):
        done = run("--format", form, "data/org/lantern.ttl")
        assert (done.returncode, done.stderr) == (1, "")
        written[form] = done.stdout
    assert json.loads(written["json"])["violations"] == 1
    assert json.loads(written["sarif"])["runs"][0]["results"]
    assert "a sh:ValidationReport" in written["turtle"]
    assert written["github"].startswith("::error file=data/org/lantern.ttl,line=")
    assert ElementTree.fromstring(written["junit"]).get("failures") == "1"
    assert written["csv"].startswith("severity,path,line,column,")


@pytest.mark.slow
def test_paths_limit_what_is_reported_not_what_is_known(run: Run, data: Path) -> None:
    break_lantern(data)
    assert run("data/law").returncode == 0
    assert run("data/org/open-window.ttl").returncode == 0
    assert run("data/org").returncode == 1
    assert run("data/law", "data/org/lantern.ttl").returncode == 1


@pytest.mark.slow
def test_standard_input_takes_the_place_of_its_entitys_file(run: Run, data: Path) -> None:
    place = data / "org" / "lantern.ttl"
    good = place.read_text(encoding="utf-8")
    break_lantern(data)
    assert run("-", given=good).returncode == 0
    done = run("-", given=place.read_text(encoding="utf-8"))
    assert done.returncode == 1
    assert done.stdout.startswith("-:")


def test_a_draft_from_elsewhere_keeps_its_own_name_in_the_report(run: Run, data: Path, tmp_path: Path) -> None:
    draft = tmp_path / "my draft.ttl"
    shutil.copy(break_lantern(data), draft)
    done = run("my draft.ttl")
    assert done.returncode == 1
    assert done.stdout.startswith("my draft.ttl:")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<https://example.org/a> <https://example.org/b> .\n", "Correct the Turtle"),
        (b"name,area\nLantern,jp\nWindow,kr\n", "a table (CSV)"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"<a:b> <a:c> <a:\x00d> .", "control character"),
    ],
    ids=["broken Turtle", "CSV", "not UTF-8", "NUL"],
)
def test_what_cannot_be_read_ends_with_3_and_says_why(run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "draft.ttl").write_bytes(content)
    done = run("draft.ttl")
    assert done.returncode == 3
    assert said in plain(done)
    assert "draft.ttl:1:" in done.stdout
    assert "Not checked further" in done.stdout


def test_a_syntax_error_comes_with_its_remedy(run: Run, data: Path) -> None:
    place = data / "org" / "lantern.ttl"
    place.write_text(place.read_text(encoding="utf-8").replace(" ;\n.", " ;\n", 1), encoding="utf-8")
    done = run()
    assert done.returncode == 3
    assert "The statement before this one has no end. End it with “.”" in done.stdout


def test_an_empty_file_does_not_conform(run: Run, tmp_path: Path) -> None:
    (tmp_path / "draft.ttl").touch()
    done = run("draft.ttl")
    assert done.returncode == 1
    assert "states nothing" in plain(done)


def test_a_file_of_100_mb_is_refused_before_it_is_read(run: Run, tmp_path: Path, data: Path) -> None:
    for place in (tmp_path / "draft.ttl", data / "org" / "large.ttl"):
        with place.open("wb") as stream:
            stream.truncate(100 * 1024**2)
    assert run("draft.ttl").returncode == 3
    done = run("data/org/large.ttl")
    assert done.returncode == 3
    assert "104857600" in plain(done)


def test_a_path_that_does_not_exist_ends_with_3(run: Run) -> None:
    done = run("data/nowhere")
    assert done.returncode == 3
    assert plain(done).startswith("coopgraph: There is no file or folder data/nowhere.")


def test_a_data_folder_that_does_not_exist_ends_with_3(run: Run, data: Path) -> None:
    shutil.rmtree(data)
    done = run()
    assert done.returncode == 3
    assert "There is no folder" in plain(done)


def test_a_folder_without_turtle_ends_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("empty").returncode == 3


def test_a_file_that_may_not_be_read_ends_with_3(run: Run, data: Path) -> None:
    if os.geteuid() == 0:
        # The superuser may read everything; a link to nowhere cannot be read by anyone.
        (data / "org" / "closed.ttl").symlink_to("nowhere.ttl")
    else:
        (data / "org" / "closed.ttl").touch(mode=0)
    done = run()
    assert done.returncode == 3
    assert "data/org/closed.ttl:1:1" in plain(done)


def test_help_shows_an_example(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "Example: coopgraph check" in done.stdout


def test_one_severity_can_be_listed_alone_and_the_rest_still_counts(run: Run, data: Path) -> None:
    place = break_lantern(data)
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("rdf:object area:jp ;", "rdf:object area:kr ;", 1), encoding="utf-8")
    violations = run("data/org/lantern.ttl", "--only", "violations")
    assert violations.returncode == 1
    assert ": warning: " not in violations.stdout
    assert "Violations: 1. Warnings: 1." in violations.stdout
    warnings = run("data/org/lantern.ttl", "--only", "warnings", "--format", "json")
    assert warnings.returncode == 1
    assert [finding["severity"] for finding in json.loads(warnings.stdout)["findings"]] == ["warning"]
    assert run("--only", "infos").returncode == 2
