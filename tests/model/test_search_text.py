"""Texts as they are compared in a search: what is looked past, and by which parts words are found."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.search_text import BREAK, folded, grams, tokens, words_of

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("風雨蘭", "风雨兰"),
        ("児童ポルノ", "兒童ポルノ"),
        ("声", "聲"),
        ("Défenseur des droits", "DEFENSEUR DES DROITS"),
        ("Ｄ４Ｕ", "d4u"),
        ("ｻｲﾊﾞｰ", "サイバー"),
        ("Straße", "strasse"),
        ("Łódź", "Lodz"),
        ("Men’s  (Aid)", "men's aid"),
        (unicodedata.normalize("NFD", "한국 성폭력"), "한국 성폭력"),
    ],
)
def test_two_spellings_are_compared_as_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("は", "ば"), ("상", "싱"), ("サ", "さ"), ("กา", "กี")])
def test_signs_that_make_other_words_stay(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_scripts_stay_apart_where_that_is_asked() -> None:
    assert folded("風雨蘭", scripts=False) == "風雨蘭"


@given(TEXTS)
@settings(max_examples=50)
def test_a_folded_text_is_folded_already(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
@settings(max_examples=50)
def test_words_have_all_that_a_folded_text_has_but_spaces(text: str) -> None:
    assert "".join(words_of(folded(text))) == folded(text).replace(" ", "")


@given(TEXTS)
@settings(max_examples=50)
def test_no_token_has_what_the_language_of_the_index_would_understand(text: str) -> None:
    found = list(tokens([words_of(folded(text))]))
    assert not any(set(token) & set("\"'*^:(){}+- \0") for token in found)


@given(st.text(alphabet="상담센터성범죄 ", min_size=2, max_size=12))
@settings(max_examples=50)
def test_every_two_characters_of_dense_words_side_by_side_are_a_gram(text: str) -> None:
    together = folded(text).replace(" ", "")
    assert [gram for gram in grams(words_of(folded(text))) if gram != BREAK] == [
        together[start : start + 2] for start in range(len(together) - 1)
    ]


def test_words_end_where_the_script_changes() -> None:
    assert words_of(folded("D4U센터 서울")) == ("d4u", "센터", "서울")


def test_grams_of_letters_stay_within_their_word() -> None:
    assert list(grams(("sexual", "act"))) == ["sex", "exu", "xua", "ual", BREAK, "act", BREAK]
