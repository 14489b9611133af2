"""Turtle lexer, for what a graph does not hold: tokens, where comments are, where statements end.

Tokens follow Turtle 1.1, section 6.5, as far as these questions need. Broken text is cut too: a quotation mark that
nobody closes does not hide what comes after its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LETTER = r"[^\s<>\"'()\[\],;#.\\^@]"
_TEXT_IRI_OR_COMMENT = (
    # Possessive: a text of megabytes would leave a way back for each of its letters.
    r'(?P<text>"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n\r]++|\\.)*+"'
    r"|'(?:[^'\\\n\r]++|\\.)*+')"
    r"|(?P<iri><[^<>\s]*>)"
    r"|(?P<comment>\#[^\n\r]*)"
)
_MAY_HOLD_A_HASH = re.compile(_TEXT_IRI_OR_COMMENT + r"|\\.", re.DOTALL)
_WORDS = (
    _TEXT_IRI_OR_COMMENT + r"|(?P<number>[+-]?(?:(?:\d++(?:\.\d*+)?|\.\d++)[eE][+-]?\d++|\d*+\.\d++|\d++))"
    # A dot inside a name belongs to it; at its end it ends the statement.
    rf"|(?P<name>(?:\\.|{_LETTER})(?:\\.|{_LETTER}|\.++(?=\\|{_LETTER}))*)"
    r"|(?P<tag>@[A-Za-z0-9-]+)"
    r"|(?P<type>\^\^)"
    r"|(?P<end>\.)"
)
_MARKS = r"[\[\](),;]"
_TOKENS = re.compile(rf"{_WORDS}|(?P<mark>{_MARKS})", re.DOTALL)
# Where only ends are looked for, a run of marks counts as one: somebody may send millions of them.
_ENDS = re.compile(rf"{_WORDS}|(?:{_MARKS}|\s)++", re.DOTALL)
_LINE_ENDS = re.compile(rb"\r\n?")


class TurtleToken(NamedTuple):
    """A token of Turtle: what it is, its text, and its first character's place in the document, counted from 0.

    ``kind`` is ``text`` (with its quotation marks), ``iri`` (in full), ``number``, ``name`` (prefixed names, labels of
    blank nodes, keywords), ``tag`` (language tags, ``@prefix``, ``@base``), ``type`` (``^^``), ``mark`` (a bracket or
    separator) or ``end`` (the dot of a statement).
    """

    kind: str
    text: str
    start: int


class TurtleStatement(NamedTuple):
    """The text of one statement or directive, from the line and column (from 1) where the one before it ended."""

    text: str
    line: int
    column: int


def turtle_tokens(text: str) -> Iterator[TurtleToken]:
    """Yield the tokens of a Turtle document in order, comments left out."""
    for match in _TOKENS.finditer(text):
        if match.lastgroup and match.lastgroup != "comment":
            yield TurtleToken(match.lastgroup, match.group(), match.start())


def with_line_feeds(data: bytes) -> bytes:
    """Return a document with each line end (CRLF, or CR alone) as the line feed that editors take it for.

    A carriage return that a text really holds is written ``\\r`` and stays.
    """
    return _LINE_ENDS.sub(b"\n", data)


def comment_lines(data: bytes) -> tuple[int, ...]:
    """Return the numbers (from 1) of the lines on which a comment begins."""
    text = data.decode("utf-8", "replace")
    lines, line, last = [], 1, 0
    for match in _MAY_HOLD_A_HASH.finditer(text):
        if match.lastgroup == "comment":
            line += text.count("\n", last, match.start())
            last = match.start()
            lines.append(line)
    return tuple(lines)


def statements(text: str) -> Iterator[TurtleStatement]:
    """Yield the statements of a Turtle document in order; together they are the whole text."""
    start, line, column = 0, 1, 1
    ends = [match.end() for match in _ENDS.finditer(text) if match["end"]]
    for end in [*ends, len(text)]:
        piece = text[start:end]
        if piece:
            yield TurtleStatement(piece, line, column)
        breaks = piece.count("\n")
        line += breaks
        column = len(piece) - piece.rfind("\n") if breaks else column + len(piece)
        start = end
