from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model.language import LANGUAGES, chain, choose, nearest, negotiate


@dataclass(frozen=True)
class Text:
    value: str
    language: str | None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO,en", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hant"),
        ("yue,en;q=0.9", "zh-Hant"),
        ("yue-HK,en;q=0.9", "zh-Hant"),
        ("zh-yue", "zh-Hant"),
        ("yue-CN", "zh-Hans"),
        ("yue-Hans", "zh-Hans"),
        ("nan-TW", "zh-Hant"),
        ("zh-min-nan", "zh-Hant"),
        ("cmn-Hant", "zh-Hant"),
        ("wuu", "zh-Hans"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("ja;q=0.3, en;q=0.7", "en"),
        ("fr-FR, de;q=0.8", "en"),
        ("fr, ja;q=0.1", "ja"),
        ("ko;q=0, ja;q=0.1", "ja"),
        ("", "en"),
        (None, "en"),
        ("*", "en"),
        ("not a header;;q=x,,;", "en"),
    ],
)
def test_a_browsers_header_leads_to_the_page_language_its_reader_reads(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_a_language_asked_for_by_name_wins_over_the_header() -> None:
    assert negotiate("ko", "zh-TW") == "zh-Hant"
    assert negotiate("ko", "xx") == "ko"


@given(st.text(max_size=300))
def test_any_header_gives_one_of_the_five_languages(header: str) -> None:
    assert negotiate(header) in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_language_serves_itself_first(language: str) -> None:
    assert nearest(language) == language
    assert chain(language)[0] == language


def test_chinese_falls_back_to_the_other_script_before_english() -> None:
    texts = [Text("RainLily", "en"), Text("风雨兰", "zh-Hans")]
    wording = choose(texts, "zh-Hant")
    assert wording is not None
    assert (wording.text, wording.tag, wording.exact) == ("风雨兰", "zh-Hans", False)


def test_a_missing_language_falls_back_to_english_then_to_any_and_to_romanized_last() -> None:
    names = [Text("Pappusu", "ja-Latn"), Text("ぱっぷす", "ja")]
    wording = choose(names, "ko")
    assert wording is not None
    assert (wording.text, wording.exact) == ("ぱっぷす", False)
    wording = choose([*names, Text("PAPS", "en")], "ko")
    assert wording is not None
    assert wording.text == "PAPS"


def test_nothing_is_chosen_only_from_nothing() -> None:
    assert choose([], "en") is None
    wording = choose([Text("12377", None)], "en")
    assert wording is not None
    assert (wording.text, wording.tag) == ("12377", "")


@given(
    st.lists(st.builds(Text, st.text(max_size=5), st.sampled_from(["en", "ko", "zh-Hans", "ja-Latn", "tl", None]))),
    st.sampled_from(LANGUAGES),
    st.randoms(),
)
def test_the_choice_does_not_depend_on_the_order_of_the_texts(texts: list[Text], language: str, random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(texts, language) == choose(shuffled, language)
