"""Search index of a release as readers ask it: entities by name, by tokens and by area, and words one slip away."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from coopgraph.model.search_index import unpacked
from coopgraph.model.search_text import BREAK, GRAM_SIZE, WORD_MARK, area_token, grams, is_dense, words_of

COUNTED = 1000
"""How far the matches of one kind are counted, and how deep pages go."""

_SLIP_FROM = 4  # letters: nearly every shorter word is one slip away from another
_SPELLINGS = 20  # words of the index that one word may be a slip of

_HIGHEST = chr(0x10FFFF)


class IndexedKind(NamedTuple):
    """A kind as the index has it: its path segment, its number, and the numbers of its first and last entity."""

    segment: str
    number: int
    first: int
    last: int


class StoredName(NamedTuple):
    """A name as the index has it; its ``value`` and ``language`` as in a literal."""

    value: str
    language: str
    preferred: bool
    folded: str


class SearchIndex:
    """Questions to the index; each gives at most :data:`COUNTED` entities of one kind, by number.

    ``areas`` are the numbers of areas by their keys; the index of an older program has none, or does not count them.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._ask = database.execute
        self.kinds = tuple(
            IndexedKind(*row) for row in self._ask("SELECT segment, id, first, last FROM kind ORDER BY id")
        )
        tables = {name for (name,) in self._ask("SELECT name FROM sqlite_master WHERE type = 'table'")}
        self.areas: Mapping[str, int] = (
            dict(self._ask("SELECT key, id FROM area ORDER BY id")) if "area" in tables else {}
        )
        self._counts_areas = "area_set" in tables

    def by_name(self, kind: IndexedKind, text: str, area: int | None = None) -> list[int]:
        """Return entities one of whose names is ``text``, of those in the area with this number, if one is given."""
        within, *numbers = _within(area)
        asked = f"SELECT entity FROM name WHERE kind = ? AND folded = ? {within} ORDER BY entity LIMIT ?"
        return self._numbers(asked, kind.number, text, *numbers, COUNTED)

    def by_beginning(self, kind: IndexedKind, text: str, area: int | None = None) -> list[int]:
        """Return entities one of whose names begins with ``text``, by that name; of those in the area, if given."""
        within, *numbers = _within(area)
        asked = (
            "SELECT entity FROM name WHERE kind = ? AND folded >= ? AND folded < ? "
            f"{within} ORDER BY folded, entity LIMIT ?"
        )
        return self._numbers(asked, kind.number, text, text + _HIGHEST, *numbers, COUNTED)

    def by_tokens(self, expression: str) -> Mapping[IndexedKind, list[int]]:
        """Return the entities of each kind that match an expression of FTS5."""
        asked = "SELECT rowid FROM name_tokens WHERE name_tokens MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
        first, last = self.kinds[0].first, self.kinds[-1].last
        # Few matches are found in one go, many quickly in each kind.
        found = self._numbers(asked, expression, first, last, COUNTED)
        if len(found) == COUNTED:
            return {kind: self._numbers(asked, expression, kind.first, kind.last, COUNTED) for kind in self.kinds}
        return {kind: [number for number in found if kind.first <= number <= kind.last] for kind in self.kinds}

    def spellings(self, word: str) -> list[str]:
        """Return the words of the index that differ from ``word`` by one slip; none where it is too short for one.

        A slip leaves one half of a word as it is, but for two letters in its middle that changed places.
        """
        # A number is no slip of another.
        if len(word) < _SLIP_FROM or is_dense(word) or not word.isalpha():
            return []
        half = len(word) // 2
        begin, end = word[:half], word[half:][::-1]
        swapped = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
        rows = self._ask(
            "SELECT word FROM word WHERE word >= ?1 AND word < ?2 AND abs(length(word) - ?5) <= 1 "
            "UNION SELECT word FROM word WHERE backward >= ?3 AND backward < ?4 AND abs(length(word) - ?5) <= 1 "
            "UNION SELECT word FROM word WHERE word = ?6 ORDER BY word",
            (begin, begin + _HIGHEST, end, end + _HIGHEST, len(word), swapped),
        )
        return [other for (other,) in rows if other != word and one_slip(word, other)][:_SPELLINGS]

    def entity(self, number: int) -> tuple[str, list[StoredName]]:
        """Return an entity's IRI and its names, preferred ones first."""
        (iri,) = self._ask("SELECT iri FROM entity WHERE id = ?", (number,)).fetchone()
        asked = "SELECT text, language, preferred, folded FROM name WHERE entity = ? ORDER BY place"
        return iri, [StoredName(*row) for row in self._ask(asked, (number,))]

    def areas_of(self, entity: int) -> tuple[str, ...]:
        """Return the keys of the areas that an entity is in."""
        if not self.areas:
            return ()
        asked = "SELECT key FROM entity_area JOIN area ON area.id = area WHERE entity = ? ORDER BY area.id"
        return tuple(key for (key,) in self._ask(asked, (entity,)))

    def area_counts(self, entities: Iterable[int]) -> Mapping[int, int]:
        """Return how many of these entities are in each area, by its number, for areas that have any."""
        if not self._counts_areas:
            return {}
        (sets,) = self._ask("SELECT sets FROM entity_area_sets").fetchone()
        set_of = unpacked(sets)
        counts: Counter[int] = Counter()
        members = dict(self._ask("SELECT id, areas FROM area_set"))
        for number, count in Counter(set_of[entity] for entity in entities).items():
            counts.update(dict.fromkeys(unpacked(members[number]), count))
        return counts

    def _numbers(self, asked: str, *values: object) -> list[int]:
        return [number for (number,) in self._ask(asked, values)]


def _within(area: int | None) -> tuple[str, *tuple[int, ...]]:
    """Return a condition on names, and its values: that their entity is in an area."""
    if area is None:
        return ("",)
    return "AND EXISTS (SELECT 1 FROM entity_area WHERE entity = name.entity AND area = ?)", area


def has_word(name: str, word: str) -> bool:
    """Return whether a folded name has a word, as the index finds it."""
    if is_dense(word):
        return word in name.replace(" ", "")
    if len(word) < GRAM_SIZE:
        return any(one.startswith(word) for one in words_of(name))
    return word in name


def all_of(expressions: Iterable[str]) -> str:
    """Return an expression of FTS5 for what matches each of others."""
    return " AND ".join(f"({expression})" for expression in expressions)


def any_of(expressions: Iterable[str]) -> str:
    """Return an expression of FTS5 for what matches one of others."""
    return " OR ".join(expressions)


def whole(word: str) -> str:
    """Return an expression of FTS5 for a word."""
    return f'"{WORD_MARK}{word}"'


def beginning(word: str) -> str:
    """Return an expression of FTS5 for words that begin so."""
    return f'"{WORD_MARK}{word}" *'


def inside(word: str) -> str:
    """Return an expression of FTS5 for a word anywhere; of one or two letters, for words that begin so."""
    if is_dense(word) and len(word) == 1:
        return f'"{word}"'
    parts = [gram for gram in grams([word]) if gram != BREAK]
    return f'"{" ".join(parts)}"' if parts else beginning(word)


def in_area(number: int) -> str:
    """Return an expression of FTS5 for what is in the area with this number."""
    return f'"{area_token(number)}"'


def one_slip(word: str, other: str) -> bool:
    """Return whether two words differ by a letter too many, missing, or changed, by two that changed places, or not."""
    if abs(len(word) - len(other)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), 0)
    if word.startswith(other) or other.startswith(word):
        return True
    rest, others_rest = word[start:], other[start:]
    return (
        rest[1:] == others_rest[1:]
        or rest[1:] == others_rest
        or rest == others_rest[1:]
        or (rest[:2] == others_rest[1::-1] and rest[2:] == others_rest[2:])
    )
