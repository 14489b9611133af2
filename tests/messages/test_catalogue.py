"""The catalogues of the program's own sentences."""

import re
from importlib.resources import files
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from coopgraph.messages.catalogue import translated, translator
from coopgraph.model.language import LANGUAGES

TRANSLATED = tuple(tag for tag in LANGUAGES if tag != "en")


def catalogue(tag):
    with files("coopgraph.messages").joinpath(f"{tag}.po").open("rb") as stream:
        return [entry for entry in read_po(stream) if entry.id]


def placeholders(sentence):
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_translated_with_the_same_placeholders(tag):
    wrong = [
        entry.id
        for entry in catalogue(tag)
        if entry.fuzzy or not entry.string or placeholders(entry.id) != placeholders(entry.string)
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_all_catalogues_hold_the_same_sentences(tag):
    assert {entry.id for entry in catalogue(tag)} == {entry.id for entry in catalogue(TRANSLATED[0])}


def test_a_sentence_no_catalogue_knows_is_given_in_english_with_its_values():
    assert translated("Not {word} yet.", "ko", word="translated") == "Not translated yet."


def test_the_translator_of_a_language_speaks_that_language():
    known = catalogue("ko")[0]
    assert translator("ko")(known.id) == known.string != known.id


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_of_the_pages_is_in_the_catalogue(tag):
    known = {entry.id for entry in catalogue(tag)}
    templates = [item for item in files("coopgraph.web").joinpath("templates").iterdir() if item.name.endswith(".html")]
    asked = {
        match[2]
        for item in templates
        for match in re.finditer(r"""\bt\((["'])(.+?)\1[,)]""", item.read_text(encoding="utf-8"))
    }
    assert len(asked) > 100
    assert asked - known == set()
