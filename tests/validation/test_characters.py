"""What is odd about a character is told with its name and place, and no more than is odd."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.validation.characters import oddities
from tests.conftest import example_count


def found(text: str, lang: str = "en") -> list[tuple[str, str, int, int]]:
    return [
        (item.rule, item.words["character"], int(item.words["line"]), int(item.words["position"]))
        for item in oddities(Literal(text, language=lang))
    ]


@pytest.mark.parametrize(
    ("text", "rule", "character", "line", "position"),
    [
        ("a\u200bb", "TextVisible", "U+200B ZERO WIDTH SPACE", 1, 2),
        ("one\ntwo\u00adthree", "TextVisible", "U+00AD SOFT HYPHEN", 2, 4),
        ("a\ufeffb", "TextVisible", "U+FEFF ZERO WIDTH NO-BREAK SPACE", 1, 2),
        ("abc\u202edef", "TextVisible", "U+202E RIGHT-TO-LEFT OVERRIDE", 1, 4),
        ("abc\u2066def", "TextVisible", "U+2066 LEFT-TO-RIGHT ISOLATE", 1, 4),
        ("name\u200e", "TextVisible", "U+200E LEFT-TO-RIGHT MARK", 1, 5),
        ("a\u200db", "TextVisible", "U+200D ZERO WIDTH JOINER", 1, 2),
        ("쉼\u3164터", "TextVisible", "U+3164 HANGUL FILLER", 1, 2),
        ("it\x92s", "TextDecoded", "U+0092 CONTROL CHARACTER", 1, 3),
        ("a\x85b", "TextDecoded", "U+0085 NEXT LINE", 1, 2),
        ("se\ufffdor", "TextDecoded", "U+FFFD REPLACEMENT CHARACTER", 1, 3),
        ("a\ue001b", "TextDecoded", "U+E001 PRIVATE USE CHARACTER", 1, 2),
        ("cafÃ©", "TextDecoded", "U+00C3 LATIN CAPITAL LETTER A WITH TILDE", 1, 4),
        ("victimâ€™s", "TextDecoded", "U+00E2 LATIN SMALL LETTER A WITH CIRCUMFLEX", 1, 7),
        ("one\r\ntwo", "TextControl", "U+000D CARRIAGE RETURN", 1, 4),
        ("a\x1b[1mb", "TextControl", "U+001B ESCAPE", 1, 2),
        (" a", "TextTidy", "U+0020 SPACE", 1, 1),
        ("a\nb\u00a0", "TextTidy", "U+00A0 NO-BREAK SPACE", 2, 2),
        ("a\u3000", "TextTidy", "U+3000 IDEOGRAPHIC SPACE", 1, 2),
        ("cafe\u0301", "TextComposed", "U+0065 LATIN SMALL LETTER E + U+0301 COMBINING ACUTE ACCENT", 1, 4),
    ],
)
def test_a_character_that_does_not_belong_is_named_with_its_place(
    text: str, rule: str, character: str, line: int, position: int
) -> None:
    assert found(text) == [(rule, character, line, position)]


def test_a_decomposed_syllable_is_shown_as_it_should_be() -> None:
    (item,) = oddities(Literal(unicodedata.normalize("NFD", "버그비 쉼터"), language="ko"))
    assert (item.rule, item.words["composed"]) == ("TextComposed", "버")
    assert item.words["character"] == "U+1107 HANGUL CHOSEONG PIEUP + U+1165 HANGUL JUNGSEONG EO"


def test_an_empty_text_is_told() -> None:
    assert [item.rule for item in oddities(Literal(""))] == ["TextEmpty"]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("می\u200cخواهم", "fa"),
        ("क्\u200dष", "hi"),
        ("👩\u200d💻 👩🏽\u200d⚕\ufe0f", "en"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "en"),
        ("שלום\u200f!", "he"),
        ("สวัส\u200bดี", "th"),
        ("辻\U000e0100", "ja"),
        ("IRMÃ®, CAFÉ\u00a0!", "pt"),
        ("a\tb\nc", "en"),
        ("KakaoTalk", "ko"),
        ("ＬＩＮＥ®", "ja"),
        ("大阪", "ja"),
        ("1 234 (5,6 %) – 100", "ko"),
        ("Ligue des Alliées", "zh-Latn"),
        ("Ministère", "fr"),
    ],
)
def test_what_a_script_or_a_language_needs_is_not_odd(text: str, lang: str) -> None:
    assert [item for item in oddities(Literal(text, language=lang)) if item.rule != "TextEmpty"] == []


@pytest.mark.parametrize(
    ("text", "lang", "character"),
    [
        ("¹ö±×ºñ ½°ÅÍ", "ko", "U+00F6 LATIN SMALL LETTER O WITH DIAERESIS"),
        ("“Œ‹ž‘Š’kŽº", "ja", "U+0152 LATIN CAPITAL LIGATURE OE"),
        ("滚弊厚 浆磐", "ko", "U+6EDA CJK UNIFIED IDEOGRAPH-6EDA"),
        ("жертвы", "zh-Hans", "U+0436 CYRILLIC SMALL LETTER ZHE"),
    ],
)
def test_a_text_without_a_letter_of_its_language_names_the_first_that_is_not(
    text: str, lang: str, character: str
) -> None:
    assert [item[:2] for item in found(text, lang)] == [("TextScript", character)]


def test_an_address_is_looked_at_too_but_not_for_its_normal_form() -> None:
    assert [item.rule for item in oddities(NamedNode("https://example.org/a\u200bb"))] == ["TextVisible"]
    address = Literal("https://example.org/cafe\u0301", datatype=XSD.anyURI)
    assert list(oddities(address)) == []


def test_each_odd_character_of_a_text_is_told_once() -> None:
    assert found("\u200ba\u00adb\u200bc\u00ad") == [
        ("TextVisible", "U+200B ZERO WIDTH SPACE", 1, 1),
        ("TextVisible", "U+00AD SOFT HYPHEN", 1, 3),
    ]


@settings(max_examples=example_count(300), deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(["en", "ko", "ja", "zh"])
)
def test_whatever_a_text_holds_its_oddities_stand_where_they_are_said_to(text: str, lang: str) -> None:
    for rule, character, line, position in found(text, lang) if text else ():
        assert character.startswith(f"U+{ord(text.split(chr(10))[line - 1][position - 1 : position] or chr(10)):04X} ")
        assert rule.startswith("Text")


@settings(max_examples=example_count(300), deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_text_is_told_to_be_decomposed_exactly_where_it_is_not_nfc(text: str) -> None:
    told = any(item.rule == "TextComposed" for item in oddities(Literal(text, language="en")))
    assert told == (not unicodedata.is_normalized("NFC", text))
