from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.test_query import run


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker cannot be confined, which is trouble")
def test_a_sound_machine_is_told_to_be_sound(tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "cannot reach the network" in done.stdout
    assert "Landlock" in done.stdout
    assert "TROUBLE" not in done.stdout


def test_a_current_release_that_is_missing_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "current.json").write_text(json.dumps({"release": "2026-01-01-00000000"}), encoding="utf-8")
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "TROUBLE Current release: There is no release 2026-01-01-00000000" in done.stdout


def test_a_proxy_that_the_settings_leave_out_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text('address = "https://graph.example"\n', encoding="utf-8")
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "TROUBLE Proxies: others reach https://graph.example" in done.stdout
    (tmp_path / "coopgraph.toml").write_text('address = "https://graph.example"\nproxies = 1\n', encoding="utf-8")
    assert "TROUBLE Proxies" not in run("doctor", cwd=tmp_path).stdout
