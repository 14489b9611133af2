"""Turtle seen as text, for what a graph does not hold: where comments are, where statements begin and end.

Tokens follow Turtle 1.1, section 6.5, as far as these two questions need. Broken text is cut too: a quotation mark that
nobody closes does not hide what comes after its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r"|<[^<>\s]*>"
    r"|\\."
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<end>\.(?=\s|\#|$(?!\n)))",
    re.DOTALL,
)


class Statement(NamedTuple):
    """The text of one statement or directive, from the line and column (from 1) where the one before it ended."""

    text: str
    line: int
    column: int


def comment_lines(data: bytes) -> tuple[int, ...]:
    """Return the numbers (from 1) of the lines on which a comment begins."""
    text = data.decode("utf-8", "replace")
    lines, line, last = [], 1, 0
    for match in _TOKENS.finditer(text):
        if match["comment"] is not None:
            line += text.count("\n", last, match.start())
            last = match.start()
            lines.append(line)
    return tuple(lines)


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a Turtle document in order; together they are the whole text."""
    start, line, column = 0, 1, 1
    ends = [match.end() for match in _TOKENS.finditer(text) if match["end"]]
    for end in [*ends, len(text)]:
        piece = text[start:end]
        if piece:
            yield Statement(piece, line, column)
        breaks = piece.count("\n")
        line += breaks
        column = len(piece) - piece.rfind("\n") if breaks else column + len(piece)
        start = end
