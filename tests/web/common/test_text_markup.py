from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from coopgraph.reading.pages.display_text import DisplayText
from coopgraph.web.common.text_markup import attributes, remark_markup, text_markup

SHOWN = text_markup("/ko")


@pytest.mark.parametrize(
    ("item", "markup"),
    [
        (DisplayText("PAPS", path="/doc/org/paps"), '<a href="/ko/doc/org/paps">PAPS</a>'),
        (DisplayText("words", "en"), '<span lang="en">words</span>'),
        (DisplayText("words"), "words"),
        (DisplayText("قاوم"), '<span dir="auto">قاوم</span>'),
        (DisplayText("קו חם 105", "he", "/doc/org/x"), '<a href="/ko/doc/org/x" lang="he" dir="auto">קו חם 105</a>'),
        (
            DisplayText("site", url="https://example.org/?a=1&b"),
            '<a class="out" href="https://example.org/?a=1&amp;b" rel="noreferrer external">site</a>',
        ),
    ],
)
def test_a_text_leads_where_it_belongs_in_its_language_and_direction(item: DisplayText, markup: str) -> None:
    assert SHOWN(item) == markup


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30),
    st.booleans(),
)
def test_no_text_breaks_out_of_its_element(text: str, linked: bool) -> None:
    item = DisplayText(text, "de", "/doc/org/x" if linked else "")
    (element,) = html.fragment_fromstring(str(SHOWN(item)), create_parent="div")
    assert (element.text, len(element)) == (text, 0)
    assert "<" not in attributes(item)


def test_a_note_in_another_language_than_the_pages_says_which() -> None:
    remark = remark_markup("ko")
    assert remark(DisplayText("<reason>", "en")) == '<span lang="en">&lt;reason&gt;</span> (영어)'
    assert remark(DisplayText("이유")) == "이유"
