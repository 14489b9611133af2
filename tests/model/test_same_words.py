"""The same words: what keyboards and programs vary makes no other words, and nothing else is passed over."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model.same_words import composed, holds_words, same_words, words_key

TEXT = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (unicodedata.normalize("NFD", "예시 센터"), "예시 센터"),
        ("예시\u00a0센터", "예시 센터"),
        ("支援\u3000センター", "支援 センター"),
        ("Women\u2019s Aid", "Women's Aid"),
        ("\u201chelp\u201d", '"help"'),
        ("one\r\ntwo", "one two"),
        ("ＮＧＯ", "NGO"),
        ("02\u2013733", "02-733"),
        ("Ex\u00adample\u200b", "Example"),
    ],
)
def test_what_keyboards_and_programs_vary_makes_no_other_words(one: str, other: str) -> None:
    assert same_words(one, other)


@pytest.mark.parametrize(("one", "other"), [("예시센터", "예시 센터"), ("Aid", "aid"), ("1366", "01366"), ("é", "e")])
def test_what_a_reader_would_tell_apart_are_other_words(one: str, other: str) -> None:
    assert not same_words(one, other)


def test_case_is_looked_past_where_asked() -> None:
    assert same_words("Help@Refuge.example", "help@refuge.EXAMPLE", any_case=True)
    assert holds_words("Write to HELP@refuge.example.", "help@refuge.example", any_case=True)
    assert not holds_words("Write to HELP@refuge.example.", "help@refuge.example")


def test_lines_end_with_lf_in_a_composed_text() -> None:
    assert composed("one\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


@given(TEXT)
def test_a_text_is_the_same_words_in_every_form_of_unicode(text: str) -> None:
    for any_case in (False, True):
        key = words_key(text, any_case=any_case)
        assert words_key(key, any_case=any_case) == key
        assert key == words_key(unicodedata.normalize("NFD", text), any_case=any_case)
        assert key == words_key(composed(text), any_case=any_case)


@pytest.mark.parametrize("text", ["e\u200b\u0301", "\u1f80\u0301", "\u0390", "\uff45\u0301"])
def test_invisible_and_wide_characters_hide_no_accent(text: str) -> None:
    for any_case in (False, True):
        assert words_key(words_key(text, any_case=any_case), any_case=any_case) == words_key(text, any_case=any_case)
