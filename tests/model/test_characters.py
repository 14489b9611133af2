"""Invisible characters have names, and can be seen."""

from __future__ import annotations

import pytest

from coopgraph.model.characters import described, visible


@pytest.mark.parametrize(
    ("character", "described_as"),
    [
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("a", "U+0061 LATIN SMALL LETTER A"),
        ("\r", "U+000D CARRIAGE RETURN"),
        ("\x92", "U+0092 CONTROL CHARACTER"),
        ("\ue000", "U+E000 PRIVATE USE CHARACTER"),
        ("\uffff", "U+FFFF UNASSIGNED CHARACTER"),
        ("\U000e0001", "U+E0001 LANGUAGE TAG"),
    ],
)
def test_every_character_has_a_name(character: str, described_as: str) -> None:
    assert described(character) == described_as


def test_only_what_cannot_be_seen_is_escaped() -> None:
    assert visible("a\u202eb\x1b[1m\u00ad é 가\n\t") == "a\\u202Eb\\u001B[1m\\u00AD é 가\n\t"
