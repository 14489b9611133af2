"""Notes of releases: what a release was made for, kept as a text in its manifest and told in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coopgraph.messages.message import Message

_OF_SUBMISSIONS = re.compile(r"Submissions ([0-9]+(?:, [0-9]+)*)")


def submissions_note(numbers: Iterable[int]) -> str:
    """Return the note of a release made of the desk's submissions with these numbers."""
    return f"Submissions {', '.join(map(str, numbers))}"


def note_in_words(note: str, language: str) -> str:
    """Return a note in a reader's language where a program wrote it; a person's note as it was written."""
    if found := _OF_SUBMISSIONS.fullmatch(note):
        return Message("Submissions of the desk: {numbers}", numbers=found[1]).in_language(language)
    return note
