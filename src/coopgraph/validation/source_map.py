"""Source map of a Turtle document: where each triple stands.

No RDF library keeps places. So the tokens of a document that pyoxigraph has accepted are walked once more (Turtle 1.1,
section 7), and each statement that they make is noted with the place of its object. pyoxigraph gives its triples in the
order of the tokens that complete them, and those that one token completes in reverse; in this order they are matched.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from coopgraph.rdf.terms import Triple
from coopgraph.rdf.turtle_text import TurtleToken, turtle_tokens

Position = tuple[int, int]
"""Line and column, both from 1, in characters."""

_DIRECTIVES = {"prefix": 2, "base": 1, "version": 1}
"""Directive → how many tokens follow its keyword; with ``@`` a dot more."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Places of triples, each at its object, and of subjects, each where its first block begins."""

    triples: dict[Triple, Position]
    subjects: dict[object, Position]


def map_source(document: str, triples: Iterable[Triple]) -> SourceMap:
    """Return the places of ``triples``, which are those of ``document`` in its order, duplicates included.

    A triple that stands twice has the first place. The cells of a list stand at its members, its end at the bracket
    that closes it. Where the document does not make as many triples as are given, there are no places at all.
    """
    held, noted = list(triples), list(_noted(document))
    if len(held) != len(noted):
        return SourceMap({}, {})
    line_starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", document))]

    def position(offset: int) -> Position:
        line = bisect_right(line_starts, offset)
        return line, offset - line_starts[line - 1] + 1

    found = SourceMap({}, {})
    for triple, note in zip(held, noted, strict=True):
        found.triples.setdefault(triple, position(note.value))
        found.subjects.setdefault(triple.subject, position(note.subject))
    return found


class _Note(NamedTuple):
    """A statement: the offsets of its subject and of its object."""

    subject: int
    value: int


@dataclass(slots=True)
class _Block:
    """What is said of one subject: a whole statement, or the inside of square brackets."""

    subject: int
    has_verb: bool = False


@dataclass(slots=True)
class _List:
    """A list in round brackets: its offset, and that of its last member so far."""

    start: int
    last: int | None = None


def _noted(document: str) -> Iterator[_Note]:
    """Yield the statements of a document in pyoxigraph's order."""
    walk = _Walk()
    for token in turtle_tokens(document):
        walk.take(token)
        yield from reversed(walk.completed)
        walk.completed.clear()


class _Walk:
    """The state between two tokens: which brackets are open; ``completed`` are the statements of the last token."""

    def __init__(self) -> None:
        self.completed: list[_Note] = []
        self._open: list[_Block | _List] = []
        self._directive = 0
        self._literal: int | None = None
        """Offset of a text whose language or datatype may follow."""
        self._typed = False

    def take(self, token: TurtleToken) -> None:
        """Go on by one token."""
        if self._directive:
            self._directive -= 1
        elif not self._open and (length := _directive(token)):
            self._directive = length
        elif token.kind == "type":
            self._typed = True
        elif self._literal is not None and (self._typed or token.kind == "tag"):
            self._end_literal()
        else:
            if self._literal is not None:
                self._end_literal()
            self._go_on(token)

    def _end_literal(self) -> None:
        if self._literal is not None:
            self._value(self._literal)
        self._literal, self._typed = None, False

    def _go_on(self, token: TurtleToken) -> None:
        inner = self._open[-1] if self._open else None
        if isinstance(inner, _List):
            self._reach(inner, token)
        if token.text == "[":
            self._open.append(_Block(token.start))
        elif token.text == "(":
            self._open.append(_List(token.start))
        elif token.text == "]" and isinstance(inner, _Block):
            self._open.pop()
            self._value(inner.subject)
        elif token.text == ")" and isinstance(inner, _List):
            self._open.pop()
            # What holds a list that is not empty was told when its first member began; but it may be a subject.
            if inner.last is None or not self._open:
                self._value(inner.start)
        elif token.kind == "end":
            self._open.clear()
        elif token.text == ";" and isinstance(inner, _Block):
            inner.has_verb = False
        elif isinstance(inner, _Block) and not inner.has_verb:
            inner.has_verb = True
        elif token.kind == "text":
            self._literal = token.start
        elif token.text != ",":
            self._value(token.start)

    def _reach(self, inner: _List, token: TurtleToken) -> None:
        """Note what the beginning of a member, or the end of the list, says of the cell before it."""
        if inner.last is not None:
            self.completed.append(_Note(inner.last, token.start))
        elif token.text != ")" and len(self._open) > 1:
            self._note(self._open[-2], inner.start)
        inner.last = token.start if token.text != ")" else inner.last

    def _value(self, start: int) -> None:
        """Take what begins at ``start`` as the value of what is open, or as the subject of a new statement."""
        if self._open:
            self._note(self._open[-1], start)
        else:
            self._open.append(_Block(start))

    def _note(self, holder: _Block | _List, start: int) -> None:
        self.completed.append(_Note(holder.subject if isinstance(holder, _Block) else start, start))


def _directive(token: TurtleToken) -> int:
    """Return how many tokens of a directive follow the one that begins it; 0 for any other."""
    length = _DIRECTIVES.get(token.text.removeprefix("@").lower(), 0) if token.kind in ("tag", "name") else 0
    return length + 1 if length and token.kind == "tag" else length
