"""The gettext catalogues: they hold what the sources say, nothing else, in every language."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message as CatalogueEntry
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from coopgraph.messages.message import Message, PluralMessage, translated, translator, verbatim
from coopgraph.model.language import LANGUAGES

ROOT = Path(__file__).parents[2]
TRANSLATED = tuple(tag for tag in LANGUAGES if tag != "en")


def entries(tag: str) -> list[CatalogueEntry]:
    with files("coopgraph.messages").joinpath(f"{tag}.po").open("rb") as stream:
        return [entry for entry in read_po(stream) if entry.id]


def placeholders(sentence: str) -> list[tuple[str, str | None]]:
    """The placeholders of a sentence; one without values may have braces that are none."""
    try:
        return sorted((name, form) for _, name, form, _ in Formatter().parse(sentence) if name is not None)
    except ValueError:
        return []


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[object]:
    """The msgids that ``make messages`` finds in the sources."""
    keywords = re.search(r"^KEYWORDS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert keywords
    place = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = ["pybabel", "--quiet", "extract", "--mapping-file", str(ROOT / "babel.cfg"), *keywords[1].split()]
    CommandLineInterface().run([*command, "--no-location", "--output-file", str(place), str(ROOT)])
    with place.open("rb") as stream:
        return {entry.id for entry in read_po(stream) if entry.id}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalogue_holds_what_the_sources_say_and_nothing_else(tag: str, extracted: set[object]) -> None:
    known = {entry.id for entry in entries(tag)}
    assert len(extracted) > 800
    assert (extracted - known, known - extracted) == (set(), set()), "run `make messages` and fill in what is empty"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_translated_with_the_same_placeholders(tag: str) -> None:
    wrong = []
    for entry in entries(tag):
        plural = isinstance(entry.id, (list, tuple))
        sentence = entry.id[1] if plural else entry.id
        translations = entry.string if plural else (entry.string,)
        if (
            entry.fuzzy
            or not all(translations)
            or {*map(str, map(placeholders, translations))} != {str(placeholders(sentence))}
        ):
            wrong.append(entry.id)
    assert wrong == []


def test_a_sentence_no_catalogue_knows_is_given_in_english_with_its_values() -> None:
    assert translated("Not {word} yet.", "ko", word="translated") == "Not translated yet."


def test_the_translator_of_a_language_speaks_that_language() -> None:
    known = next(entry for entry in entries("ko") if not placeholders(str(entry.id)))
    assert translator("ko")(known.id) == known.string != known.id


def test_a_value_that_is_a_message_is_given_in_the_same_language() -> None:
    message = Message("This is {kind}.", kind=Message("a PDF document"))
    assert str(message) == "This is a PDF document."
    assert message.in_language("ko") == "이 파일은 PDF 문서입니다."


def test_words_of_others_stay_as_they_are_in_every_language() -> None:
    assert {verbatim("{0} “x”").in_language(tag) for tag in LANGUAGES} == {"{0} “x”"}


def test_one_is_told_otherwise_than_many_where_a_language_does_so() -> None:
    def told(number: int, tag: str) -> str:
        return PluralMessage("One row", "{number} rows", number=number).in_language(tag)

    assert [told(number, "en") for number in (0, 1, 2)] == ["0 rows", "One row", "2 rows"]
    assert told(2, "ko") == "2 rows"


def test_a_message_comes_whole_from_another_process() -> None:
    message = Message("At line {line}, column {column}, {problem}", line=1, column=2, problem=verbatim("no."))
    again = Message.from_json(message.to_json())
    assert (again, str(again)) == (message, "At line 1, column 2, no.")
