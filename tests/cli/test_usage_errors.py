from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from coopgraph.cli.main import cli
from coopgraph.cli.usage_errors import usage_message
from coopgraph.model.language import LANGUAGES

CALLS = {
    ("bild",): "There is no command bild. Did you mean build?",
    ("quux",): "There is no command quux.",
    ("check", "--langg", "ko"): "There is no option --langg. Did you mean --lang?",
    ("check", "--quux"): "There is no option --quux.",
    ("check", "--lang"): "The option --lang needs a value.",
    ("check", "--format", "pdf"): "--format takes one of text, json, turtle, sarif, github, junit, csv.",
    ("check", "--format", "txet"): "--format takes one of text, json, turtle, sarif, github, junit, csv. "
    "Did you mean text?",
    ("desk", "show", "some"): "ID takes a whole number.",
    ("serve", "--port", "99999"): "--port takes a whole number from 1 to 65535.",
    ("generate", "--triples", "0", "-o", "-"): "--triples takes a whole number from 1 on.",
    ("releases", "show"): "ID is missing.",
    ("releases", "withdraw", "x"): "--reason is missing.",
    ("settings", "a", "b"): "That is one argument too many: a b",
}


@pytest.mark.parametrize(("arguments", "sentence"), CALLS.items(), ids=" ".join)
def test_a_wrong_call_is_told_in_each_language_what_is_wrong(arguments: tuple[str, ...], sentence: str) -> None:
    wrong = CliRunner().invoke(cli, arguments, standalone_mode=False).exception
    assert isinstance(wrong, click.ClickException)
    told = usage_message(wrong)
    assert str(told) == sentence
    assert str(told) not in [told.in_language(language) for language in LANGUAGES if language != "en"]
