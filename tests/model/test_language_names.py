from __future__ import annotations

from coopgraph.model.language_names import language_name


def test_a_language_is_named_in_the_readers_language_or_left_as_its_tag() -> None:
    assert language_name("ko", "ja") == "韓国語"
    assert language_name("zh-Hant", "en") == "Chinese (Traditional)"
    assert language_name("zz-unknown-tag", "en") == "zz-unknown-tag"
