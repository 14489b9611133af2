"""Sections of a dump: its sorted lines, cut before certain subjects, so that a change of a few lines leaves the others.

Where a section ends follows from the names of the subjects alone. So two dumps share every section in which no line
differs, and what was made of it for the one holds for the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from zlib import crc32

SUBJECTS = 32
"""How many subjects a section has on average."""


class Sections:
    """Lines of canonical N-Quads, sorted and free of duplicates; all lines of a subject stand in one section."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self.parts = parts
        self._firsts = [_subject(part) for part in parts]

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Sections:
        """Return sorted lines in sections."""
        return cls(tuple(_cut(lines)))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def changed(self, removed: Iterable[bytes], added: Iterable[bytes]) -> Sections:
        """Return the sections of these lines without ``removed``, with ``added``. What stays is shared, not copied."""
        gone: defaultdict[int, set[bytes]] = defaultdict(set)
        new: defaultdict[int, set[bytes]] = defaultdict(set)
        for lines, by_place in ((removed, gone), (added, new)):
            for line in lines:
                by_place[self._place(_subject(line))].add(line)
        touched = {*gone, *new}
        if not self.parts:
            return Sections.of(sorted(new[0]))
        parts: list[bytes] = []
        for place, part in enumerate(self.parts):
            if place not in touched:
                parts.append(part)
                continue
            lines = {*part.splitlines(keepends=True)} - gone[place] | new[place]
            if lines and parts and not _begins(_subject(min(lines))):
                lines.update(parts.pop().splitlines(keepends=True))
            parts += _cut(sorted(lines))
        return Sections(parts)

    def holding(self, subjects: Iterable[bytes]) -> set[bytes]:
        """Return the sections in which there are lines about ``subjects``, or would be."""
        return {self.parts[self._place(subject + b" ")] for subject in subjects} if self.parts else set()

    def lines(self, parts: set[bytes]) -> Iterator[bytes]:
        """Yield the lines of some of these sections, in order."""
        for part in self.parts:
            if part in parts:
                yield from part.splitlines(keepends=True)

    def _place(self, subject: bytes) -> int:
        return max(bisect_right(self._firsts, subject) - 1, 0)


def _cut(lines: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    before = b""
    for line in lines:
        if not (before and line.startswith(before)):
            before = _subject(line)
            if held and _begins(before):
                yield b"".join(held)
                held = []
        held.append(line)
    if held:
        yield b"".join(held)


def _subject(line: bytes) -> bytes:
    """Return the subject with the space behind it, without which one could be the beginning of another."""
    return line[: line.index(b" ") + 1]


def _begins(subject: bytes) -> bool:
    return crc32(subject) % SUBJECTS == 0
