"""Source locations: from a node, property and value to a file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from coopgraph.rdf.terms import NamedNode, Term, Triple
from coopgraph.validation.report import SourceLocation
from coopgraph.validation.source_map import Position, SourceMap, map_source
from coopgraph.validation.tree_facts import TreeFacts


class SourceLocations:
    """The places of a tree's triples and subjects; a file is looked through only when something in it is wanted."""

    def __init__(self, facts: TreeFacts, text: Callable[[str], str], shown: Mapping[str, str]) -> None:
        """Take the facts of the tree, and the way to a file's text by its path; ``shown`` renames paths for readers."""
        self._facts, self._text, self._shown = facts, text, shown
        self._positions: dict[str, SourceMap] = {}
        self._lines: dict[str, list[str]] = {}

    def find(self, focus: Term, path: NamedNode | None, value: Term | None) -> tuple[str, SourceLocation] | None:
        """Return the file (its path in the tree) and place that best show what is wrong; None if there is none.

        That is the statement itself; else a statement of that property; else one with that value; else where the
        focus node's description begins; else where the focus node or the value is mentioned. A statement that was made
        from a claim is shown at the claim's object.
        """
        for step in (
            self._statements(focus, lambda triple: triple.predicate == path and triple.object == value),
            self._statements(focus, lambda triple: triple.predicate == path),
            self._statements(focus, lambda triple: triple.object == value and value != focus),
            self._description(focus),
            self._made_descriptions(focus),
            self._mentions(focus),
            self._description(value) if value is not None else iter(()),
        ):
            for found in step:
                return found
        return None

    def shown(self, path: str) -> str:
        """Return the reader's name of a file."""
        return self._shown.get(path, path)

    def start(self, path: str) -> SourceLocation:
        """Return the beginning of a file."""
        return SourceLocation(self.shown(path), 1, 1, "")

    def subject(self, path: str, subject: object) -> SourceLocation:
        """Return where the description of ``subject`` begins in the file ``path``; the file's beginning if nowhere."""
        position = self._look(path).subjects.get(subject)
        return self.at(path, position) if position else self.start(path)

    def triple(self, path: str, triple: Triple) -> SourceLocation:
        """Return where ``triple`` stands in the file ``path``."""
        return next(place for _, place in self._placed(path, triple))

    def at(self, path: str, position: Position) -> SourceLocation:
        """Return the place at a position of a file, with the line as excerpt."""
        if path not in self._lines:
            self._lines[path] = self._text(path).split("\n")
        line, column = position
        lines = self._lines[path]
        excerpt = lines[line - 1] if line <= len(lines) else ""
        return SourceLocation(self.shown(path), line, column, excerpt)

    def offset(self, path: str, offset: int) -> SourceLocation:
        """Return the place of a character of a file, counted from 0."""
        before = self._text(path)[:offset]
        return self.at(path, (before.count("\n") + 1, offset - before.rfind("\n")))

    def _statements(self, subject: Term, fits: Callable[[Triple], bool]) -> Iterator[tuple[str, SourceLocation]]:
        for path, triple in self._facts.held(subject):
            if fits(triple):
                yield from self._placed(path, triple)
        for triple in self._facts.made(subject):
            if fits(triple):
                yield from self._placed_origin(triple)

    def _description(self, subject: Term) -> Iterator[tuple[str, SourceLocation]]:
        for path in dict.fromkeys(path for path, _ in self._facts.held(subject)):
            if subject in self._look(path).subjects:
                yield path, self.subject(path, subject)

    def _made_descriptions(self, subject: Term) -> Iterator[tuple[str, SourceLocation]]:
        for triple in self._facts.made(subject):
            yield from self._placed_origin(triple)

    def _mentions(self, value: Term) -> Iterator[tuple[str, SourceLocation]]:
        for path, triple in self._facts.mentions(value):
            yield from self._placed(path, triple)

    def _placed_origin(self, triple: Triple) -> Iterator[tuple[str, SourceLocation]]:
        source = self._facts.origin(triple)
        for path, held in self._facts.held(cast(Term, source.subject)):
            if held == source:
                yield from self._placed(path, held)

    def _placed(self, path: str, triple: Triple) -> Iterator[tuple[str, SourceLocation]]:
        position = self._look(path).triples.get(triple)
        if position:
            yield path, self.at(path, position)
        else:
            yield path, self.subject(path, triple.subject)

    def _look(self, path: str) -> SourceMap:
        if path not in self._positions:
            triples = [quad.triple for quad in self._facts.quads(path)]
            self._positions[path] = map_source(self._text(path), triples)
        return self._positions[path]
