"""Nearest names to one that nothing has, by the likeness of their letters: “did you mean …?”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from coopgraph.messages.message import Message, verbatim

_SUGGESTED = 3


def nearest_names(name: str, known: Iterable[str], *, likeness: float = 0.6) -> list[str]:
    """Return at most three of ``known``, the most alike first; ``likeness`` is the least, from 0 to 1."""
    return get_close_matches(name, list(dict.fromkeys(known)), _SUGGESTED, likeness)


def did_you_mean(names: Sequence[str | Message]) -> Message:
    """Return the question whether one of ``names``, at least one, was meant."""
    first, *others = names
    told = first if isinstance(first, Message) else verbatim(first)
    for name in others:
        told = Message("{first} or {second}", first=told, second=name)
    return Message("Did you mean {names}?", names=told)


def with_nearest(problem: Message, names: Sequence[str]) -> Message:
    """Return ``problem`` and, where there are ``names``, the question whether one of them was meant."""
    return Message("{problem} {question}", problem=problem, question=did_you_mean(names)) if names else problem
