from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model.collation import sort_key
from coopgraph.model.language import LANGUAGES


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Åland", "Albania", "Zambia"]),
        ("ko", ["경기도", "대한민국", "아일랜드", "일본"]),
        ("ja", ["アメリカ", "オーストラリア", "オランダ", "日本"]),
        ("zh-Hans", ["爱尔兰", "不列颠哥伦比亚省", "韩国", "日本", "中国"]),
        ("zh-Hant", ["中國", "日本", "愛爾蘭", "韓國"]),
    ],
)
def test_names_come_in_the_order_of_a_dictionary(language: str, names: list[str]) -> None:
    assert sorted(set(names), key=lambda name: sort_key(name, language)) == names


@given(st.text(max_size=8), st.sampled_from(LANGUAGES))
def test_any_text_has_a_key(text: str, language: str) -> None:
    assert sort_key(text, language) == sort_key(text, language)
