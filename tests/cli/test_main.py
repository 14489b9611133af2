"""What holds for every command: help with an example, exit codes, pipes, interruption, completion."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from coopgraph.cli.main import COMMANDS, cli

from .in_process import coopgraph

PROGRAM = [sys.executable, "-c", "from coopgraph.cli.main import main; main()"]


def _commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, *before, name)


@pytest.mark.parametrize(("path", "command"), [((), cli), *_commands(cli)], ids=lambda item: str(item)[:40])
def test_every_command_has_help_with_an_example(path: tuple[str, ...], command: click.Command) -> None:
    assert f"Example: {' '.join(('coopgraph', *path))}" in (command.help or "").replace(" COOPGRAPH_PORT=8080", "")
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_overview_names_every_command_on_one_line_and_imports_none() -> None:
    program = """
import sys
from coopgraph.cli.main import COMMANDS, cli
cli.main(["--help"], standalone_mode=False)
assert not {f"coopgraph.cli.{lazy.module}" for lazy in COMMANDS.values()} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name, lazy in COMMANDS.items():
        assert f"  {name.ljust(8)}  {lazy.summary}\n" in done.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("generate", "--triples", "50000")])
def test_a_reader_that_has_gone_ends_the_command_as_in_a_shell_and_in_silence(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PROGRAM, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_an_interrupted_command_ends_with_130_and_no_traceback() -> None:
    command = [*PROGRAM, "generate", "--triples", "100000000"]

    # Where these tests run in the background of a shell, they ignore the signal, and would hand that on.
    def heed() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.read(1)
        running.send_signal(signal.SIGINT)
        running.stdout.read()
        said = running.stderr.read()
    assert running.returncode == 130
    assert said.strip() == b""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("coopgraph rel", "plain,releases"),
        ("coopgraph releases wi", "plain,withdraw"),
        ("coopgraph check --format js", "plain,json"),
        ("coopgraph check data/o", "file,data/o"),
        ("coopgraph fmt data/o", "file,data/o"),
        ("coopgraph query -f ques", "file,ques"),
        ("coopgraph import org new", "file,new"),
        ("coopgraph --var v", "file,v"),
    ],
)
def test_the_shell_completes_commands_values_and_files(words: str, expected: str) -> None:
    asked = {"_COOPGRAPH_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert coopgraph(cwd=Path(), environment=asked).stdout.splitlines() == [expected]


def test_a_file_as_folder_for_releases_is_wrong_usage_for_every_command(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    for arguments in (("query", "ASK {}"), ("releases", "list"), ("serve",), ("releases", "prune", "--keep", "1")):
        done = coopgraph(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "The folder for releases is a file." in done.stderr


def test_a_pipe_that_nobody_fills_does_not_hold_up_a_command(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    for arguments in (("check",), ("fmt",), ("import", "org"), ("query", "ASK {}", "--data"), ("serve", "--dataset")):
        done = coopgraph(*arguments, "pipe.ttl", cwd=tmp_path)
        assert done.returncode == 3
        assert "pipe.ttl is not a regular file." in done.stderr


@pytest.mark.parametrize(
    ("asked", "environment", "told"),
    [
        ((), {}, "coopgraph: There is no file or folder nothing."),
        ((), {"LC_ALL": "ko_KR.UTF-8"}, "coopgraph: nothing(이)라는 파일이나 폴더가 없습니다."),
        (("--lang", "zh-TW"), {"LC_ALL": "ko_KR.UTF-8"}, "coopgraph: 沒有檔案或資料夾 nothing。"),
    ],
)
def test_an_error_is_told_in_the_language_asked_for_else_the_system_s(
    asked: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    run = CliRunner(env={"LC_ALL": None, "LC_MESSAGES": None, "LANG": None, **environment}).invoke(
        cli, ["check", "nothing", *asked]
    )
    assert (run.exit_code, run.stderr.splitlines()[0]) == (3, told)
