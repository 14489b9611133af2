"""Notes of releases: a program's in the reader's language, a person's as it was written."""

from __future__ import annotations

import pytest

from coopgraph.model.release_note import note_in_words, submissions_note


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Submissions of the desk: 2, 7"), ("ko", "데스크의 제출: 2, 7")]
)
def test_a_note_that_the_desk_wrote_is_told_in_the_language_of_the_reader(language: str, words: str) -> None:
    assert note_in_words(submissions_note((2, 7)), language) == words


@pytest.mark.parametrize("note", ["", "Numbers of 2024", "Submissions", "Submissions 2 and a correction"])
def test_a_note_of_a_person_stays_as_it_was_written(note: str) -> None:
    assert note_in_words(note, "ko") == note
