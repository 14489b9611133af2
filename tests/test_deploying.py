"""The systemd unit calls the command as it is, names settings that there are, and closes what it can."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from coopgraph.cli.main import cli
from coopgraph.settings import load_settings

UNIT = Path(__file__).parents[1] / "docs" / "systemd" / "coopgraph@.service"


def test_the_command_takes_the_options_of_the_unit() -> None:
    (line,) = re.findall(r"^ExecStart=\S*/coopgraph (.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    command, *arguments = line.split()
    told = CliRunner().invoke(cli, [command, "--help"]).output
    assert all(option in told for option in arguments if option.startswith("--"))


def test_every_variable_is_a_setting() -> None:
    variables = dict(re.findall(r"^Environment=(\w+)=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE))
    assert variables
    load_settings(environment=variables, folder=UNIT.parent)


def test_systemd_finds_little_that_is_open() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed on this machine")
    done = subprocess.run(
        [program, "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True, check=False
    )
    found = re.search(r"Overall exposure level for .*?: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip("this systemd-analyze does not read a unit that is not installed")
    assert float(found[1]) < 2
