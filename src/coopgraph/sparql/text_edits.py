"""Edits of a SPARQL query: pieces of its text replaced by others, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coopgraph.sparql.lexer import SparqlToken


class Edit(NamedTuple):
    """Text that stands from character ``start`` to before ``end``, and what replaces it."""

    start: int
    end: int
    text: str


def insertion(at: int, text: str) -> Edit:
    """Return the edit that puts ``text`` before the character ``at``."""
    return Edit(at, at, text)


def end_of(token: SparqlToken) -> int:
    """Return where ``token`` ends in its query, in characters."""
    return token.start + len(token.text)


def edited(query: str, edits: Iterable[Edit]) -> str:
    """Return ``query`` with ``edits``, which do not overlap; those at one place stand in their order."""
    parts = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [query[done : edit.start], edit.text]
        done = edit.end
    return "".join((*parts, query[done:]))
