"""``coopgraph init`` gives a tree in which the other commands work as they stand in the files it writes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from .in_process import coopgraph

ROOT = Path(__file__).parents[2]
SCRIPT = re.compile(r"^\s*- run: coopgraph (.+)$", re.MULTILINE)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    done = coopgraph("init", "graph", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "graph/coopgraph.toml" in done.stdout.splitlines()
    return tmp_path / "graph"


@pytest.mark.slow
def test_the_commands_of_its_workflow_pass_in_a_new_tree(own: Path) -> None:
    workflow = (own / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(workflow)["jobs"]["check"]["steps"]
    commands = [shlex.split(step["run"])[1:] for step in steps if step.get("run", "").startswith("coopgraph ")]
    assert len(commands) == 2
    for command in commands:
        done = coopgraph(*command, cwd=own)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_second_init_and_a_file_in_the_way_are_refused(own: Path) -> None:
    again = coopgraph("init", ".", cwd=own)
    assert again.returncode == 2
    assert "is not empty" in again.stderr


def _hooks() -> list[Mapping[str, str]]:
    hooks: list[Mapping[str, str]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return hooks


def test_the_hooks_for_pre_commit_stop_a_file_with_gaps_and_name_line_and_column(own: Path) -> None:
    coopgraph("new", "source", "centre-about", cwd=own)
    path = "data/source/centre-about.ttl"
    done = {}
    for hook in _hooks():
        assert re.search(hook["files"], path)
        done[hook["id"]] = coopgraph(*shlex.split(hook["entry"])[1:], path, cwd=own)
    assert done["coopgraph-fmt"].returncode == 0
    assert done["coopgraph-check"].returncode == 1
    assert re.match(rf"{path}:\d+:\d+: violation: .* 8 places still say fill-in", done["coopgraph-check"].stdout)
