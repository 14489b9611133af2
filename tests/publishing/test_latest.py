from __future__ import annotations

from coopgraph.publishing.latest import Latest


def test_a_result_is_made_anew_only_for_another_argument() -> None:
    asked: list[str] = []

    def upper(word: str) -> str:
        asked.append(word)
        return word.upper()

    latest = Latest(upper)
    assert [latest(word) for word in ("a", "a", "b", "a")] == ["A", "A", "B", "A"]
    assert asked == ["a", "b", "a"]
