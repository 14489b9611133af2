from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from coopgraph.cli.serve import offers_desk
from coopgraph.settings import Settings
from tests.cli.test_query import run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.nt"
    path.write_text("<http://e/s> <http://e/p> <http://e/o> .\n", encoding="utf-8")
    return path


def test_a_port_in_use_is_a_sentence_and_nothing_is_started(data: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--dataset", str(data), "--port", port, cwd=tmp_path)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1, port {port}: another program uses it" in done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("arguments", [("--port", "70000"), ("--port", "none"), ("--host", "192.0.2.1")])
def test_an_address_that_cannot_be_is_wrong_usage(data: Path, arguments: tuple[str, str]) -> None:
    assert run("serve", "--dataset", str(data), *arguments).returncode == 2


def test_a_file_that_cannot_be_read_is_told_before_anything_is_served(tmp_path: Path) -> None:
    done = run("serve", "--dataset", "none.ttl", cwd=tmp_path)
    assert (done.returncode, "There is no file none.ttl" in done.stderr) == (3, True)


def test_no_release_and_no_build_is_told(tmp_path: Path) -> None:
    done = run("serve", "--no-build", cwd=tmp_path)
    assert (done.returncode, "There is no release to serve" in done.stderr) == (4, True)


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        (Settings(), True),
        (Settings(host="::1"), True),
        (Settings(host="0.0.0.0"), False),
        (Settings(proxies=1), False),
        (Settings(address="https://graph.example"), False),
        (Settings(address="https://graph.example", desk=True), True),
    ],
)
def test_the_desk_is_for_this_machine_alone_unless_the_operator_says_otherwise(
    settings: Settings, offered: bool, tmp_path: Path
) -> None:
    assert offers_desk(replace(settings, var=str(tmp_path))) is offered
    # Where there is no folder to write, readers are served all the same.
    assert offers_desk(replace(settings, var=str(tmp_path / "none"))) is settings.desk
