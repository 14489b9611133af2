"""``coopgraph settings`` shows every setting with its origin."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from coopgraph.settings import Settings

from .in_process import Ended, coopgraph


def _settings(folder: Path, *options: str, **variables: str) -> Ended:
    return coopgraph(*options, "settings", cwd=folder, environment=variables)


def test_every_setting_has_its_line_with_its_sentence(tmp_path: Path) -> None:
    lines = _settings(tmp_path).stdout.splitlines()
    assert [line.partition(" = ")[0] for line in lines] == [item.name for item in fields(Settings)]
    assert all(line.endswith(item.metadata["sentence"]) for line, item in zip(lines, fields(Settings), strict=True))


def test_the_origin_of_each_value_is_told(tmp_path: Path) -> None:
    (tmp_path / "coopgraph.toml").write_text("workers = 5\nport = 1\n", encoding="utf-8")
    shown = _settings(tmp_path, "--var", "elsewhere", COOPGRAPH_PORT="8080").stdout
    assert 'var = "elsewhere"  (flag)' in shown
    assert "port = 8080  (environment)" in shown
    assert "workers = 5 processes  (coopgraph.toml)" in shown
    assert 'host = "127.0.0.1"  (default)' in shown


def test_an_unknown_setting_is_an_error_with_its_place(tmp_path: Path) -> None:
    done = _settings(tmp_path, COOPGRAPH_PROT="1")
    assert done.returncode == 2
    assert "There is no setting named “prot” (environment)." in done.stderr
