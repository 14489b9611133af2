from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from coopgraph.cli.main import cli
from coopgraph.messages.catalogue import catalogue
from coopgraph.messages.extraction import paragraphs
from coopgraph.model.language import LANGUAGES


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    yield group
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command) if isinstance(command, click.Group) else (command,)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_all_that_help_says_is_in_every_language(language: str) -> None:
    known = catalogue(language)
    said = [
        text
        for command in commands(cli)
        for text in (
            *paragraphs(command.help or ""),
            *(item.help for item in command.params if isinstance(item, click.Option) and item.help),
        )
    ]
    assert len(said) > 80
    assert [text for text in said if known.gettext(text) == text] == []


def test_help_is_in_the_language_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    shown = CliRunner().invoke(cli, ["releases", "withdraw", "--help"]).output
    assert "예: coopgraph releases withdraw" in shown
    assert "Remove a release" not in shown
    assert "--reason TEXT" in shown
