"""Nearest names: those alike are offered, in five languages, and nothing where nothing is alike."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.messages.message import verbatim
from coopgraph.model.language import LANGUAGES
from coopgraph.model.nearest_names import did_you_mean, nearest_names, with_nearest


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_a_name_that_is_known_is_the_nearest_to_itself(names: list[str]) -> None:
    assert nearest_names(names[0], names)[0] == names[0]
    assert len(nearest_names(names[0], names)) <= 3


def test_a_slip_finds_the_name_and_another_word_finds_nothing() -> None:
    assert nearest_names("fre", ["charged", "free"]) == ["free"]
    assert nearest_names("xyz", ["charged", "free"]) == []


def test_the_question_names_all_and_is_asked_in_each_language() -> None:
    question = did_you_mean(["cost:free", "cost:fee"])
    assert str(question) == "Did you mean cost:free or cost:fee?"
    asked = {question.in_language(language) for language in LANGUAGES}
    assert len(asked) == len(LANGUAGES)
    assert all("cost:free" in text for text in asked)


def test_a_problem_without_anything_near_stays_as_it_is() -> None:
    problem = verbatim("No.")
    assert with_nearest(problem, []) is problem
    assert str(with_nearest(problem, ["a"])) == "No. Did you mean a?"
