"""Search in the names of a release: words in any language and script, and why each result is one.

The index is a file of the release (:mod:`coopgraph.model.search_index`), opened for each search and never written to.
Better kinds of match come first, and within one kind of match organizations and services before concepts; documents
come last.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf
from typing import NamedTuple, get_args
from urllib.parse import quote

from coopgraph.errors import NotFound, QueryTimeout, QueryTooLong, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.language import Wording, choose, nearest
from coopgraph.model.search_index import SEARCH_INDEX
from coopgraph.model.search_text import BREAK, GRAM_SIZE, WORD_MARK, folded, grams, is_dense, words_of

LONGEST_SEARCH = 200
"""Characters that a search may have."""

MOST_WORDS = 12
"""Words of a search that count; the rest are passed over."""

RESULTS_PER_PAGE = 20
MOST_RESULTS_PER_PAGE = 100

COUNTED = 1000
"""How far the matches of one kind are counted, and how deep pages go."""

SEARCH_TIME = 2.0
"""Seconds after which a search is given up; it takes some milliseconds."""

FEW_MATCHES = 10
"""With fewer matches than this, words with one slip in them are looked for as well."""

_SLIP_FROM = 4  # letters: nearly every shorter word is one slip away from another
_SPELLINGS = 20  # words of the index that one word may be a slip of
_CLOCK = 10_000  # SQLite's instructions between two looks at the clock

_DOCUMENTS = frozenset({"source"})
"""Kinds that come after all others: their titles have the words of what people look for, but are not that."""

_HIGHEST = chr(0x10FFFF)

MatchKind = OneOf["exact", "prefix", "word", "inside", "script", "spelling"]
"""Why a name matches, best first: it is the words, begins with them, has words that begin so, or has them inside words.

``script``: it does so once traditional, simplified and Japanese characters count as the same. ``spelling``: it has a
word that differs by one slip.
"""

_BEST_FIRST: tuple[MatchKind, ...] = get_args(MatchKind)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for: words, the reader's language, a kind's path segment or nothing, and a page (from 1)."""

    words: str
    language: str
    kind: str = ""
    page: int = 1
    limit: int = RESULTS_PER_PAGE

    def __post_init__(self) -> None:
        if len(self.words) > LONGEST_SEARCH:
            raise QueryTooLong(
                Message(
                    "A search may have {most} characters; this one has {length}.",
                    most=LONGEST_SEARCH,
                    length=len(self.words),
                ),
                Message("Look for a name, or for a few of its words."),
            )
        last = COUNTED // max(1, self.limit)
        if not (1 <= self.limit <= MOST_RESULTS_PER_PAGE and 1 <= self.page <= last):
            raise WrongUsage(
                Message(
                    "A page of a search has 1 to {most} results, and {counted} results can be paged through.",
                    most=MOST_RESULTS_PER_PAGE,
                    counted=COUNTED,
                ),
                Message("Add a word, or choose a kind."),
            )


@dataclass(frozen=True, slots=True)
class MatchedName:
    """The name by which a result was found: its text, its language tag (may be empty), and why it matches."""

    text: str
    language: str
    how: MatchKind


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A thing that was found: its IRI, its kind's path segment, its name for the reader, and the name that matched."""

    iri: str
    kind: str
    label: Wording
    matched: MatchedName


@dataclass(frozen=True, slots=True)
class SearchFacet:
    """How many results a kind has; from :data:`COUNTED` on that is at least so many."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of results. ``total`` counts those of the chosen kind, or of all; ``facets`` those of each kind.

    A ``total`` that is not ``exact`` counts at least so many. ``first`` is the place of the page's first, from 1.
    """

    results: tuple[SearchResult, ...]
    total: int
    exact: bool
    facets: tuple[SearchFacet, ...]
    page: int
    pages: int
    first: int


def search_names(var: Path, release: str, request: SearchRequest) -> SearchResults:
    """Return the results of a search in the names of a release.

    Words of which nothing can be found give no results. Raises :class:`NotFound` where the release has no index,
    :class:`WrongUsage` for an unknown kind, :class:`QueryTimeout` where it takes longer than :data:`SEARCH_TIME`.
    """
    if SEARCH_INDEX not in release_folder.manifest(var, release).files:
        raise NotFound(
            Message("The release {release} has no search index.", release=release),
            Message("The next `coopgraph build` makes one; any release can be asked by SPARQL."),
        )
    place = release_folder.file(var, release, SEARCH_INDEX)
    return search_file(place, request)


def search_file(place: Path, request: SearchRequest) -> SearchResults:
    """Return the results of a search in the index at ``place``; raises as :func:`search_names` does."""
    with _opened(place) as database:
        index = SearchIndex(database)
        known = [kind.segment for kind in index.kinds]
        if request.kind and request.kind not in known:
            raise WrongUsage(
                Message("There is no kind “{kind}” to search in.", kind=request.kind),
                Message("Choose one of {kinds}.", kinds=", ".join(known)),
            )
        return _found(index, request)


@contextmanager
def _opened(place: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(f"file:{quote(str(place.resolve()))}?mode=ro&immutable=1", uri=True)
    with closing(database):
        end = time.monotonic() + SEARCH_TIME
        database.set_progress_handler(lambda: time.monotonic() > end, _CLOCK)
        try:
            yield database
        except sqlite3.OperationalError as error:
            if time.monotonic() <= end:
                raise
            raise QueryTimeout(
                Message("The search took too long and was given up."), Message("Look for longer or fewer words.")
            ) from error


class IndexedKind(NamedTuple):
    """A kind as the index has it: its path segment, its number, and the numbers of its first and last entity."""

    segment: str
    number: int
    first: int
    last: int


class _StoredName(NamedTuple):
    """A name as the index has it; its ``value`` and ``language`` as in a literal."""

    value: str
    language: str
    preferred: bool
    folded: str


class SearchIndex:
    """Questions to the index; each gives at most :data:`COUNTED` entities of one kind, by number."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._ask = database.execute
        self.kinds = tuple(
            IndexedKind(*row) for row in self._ask("SELECT segment, id, first, last FROM kind ORDER BY id")
        )

    def by_name(self, kind: IndexedKind, text: str) -> list[int]:
        """Return entities one of whose names is ``text``."""
        asked = "SELECT entity FROM name WHERE kind = ? AND folded = ? ORDER BY entity LIMIT ?"
        return self._numbers(asked, kind.number, text, COUNTED)

    def by_beginning(self, kind: IndexedKind, text: str) -> list[int]:
        """Return entities one of whose names begins with ``text``, by that name."""
        asked = "SELECT entity FROM name WHERE kind = ? AND folded >= ? AND folded < ? ORDER BY folded, entity LIMIT ?"
        return self._numbers(asked, kind.number, text, text + _HIGHEST, COUNTED)

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
        """Return the words of the index that differ from ``word`` by one slip.

        A slip leaves one half of a word as it is, but for two letters in its middle that changed places.
        """
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

    def entity(self, number: int) -> tuple[str, list[_StoredName]]:
        """Return an entity's IRI and its names, preferred ones first."""
        (iri,) = self._ask("SELECT iri FROM entity WHERE id = ?", (number,)).fetchone()
        asked = "SELECT text, language, preferred, folded FROM name WHERE entity = ? ORDER BY place"
        return iri, [_StoredName(*row) for row in self._ask(asked, (number,))]

    def _numbers(self, asked: str, *values: object) -> list[int]:
        return [number for (number,) in self._ask(asked, values)]


def _found(index: SearchIndex, request: SearchRequest) -> SearchResults:
    text = folded(request.words)
    words = tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    if not (words and index.kinds):
        return SearchResults((), 0, True, (), 1, 1, 1)
    kinds = [kind for kind in index.kinds if request.kind in ("", kind.segment)]
    groups = [[kind for kind in kinds if (kind.segment in _DOCUMENTS) == last] for last in (False, True)]
    beginnings, inside = (index.by_tokens(_all_of(map(expression, words))) for expression in (_beginning, _inside))
    best_first: list[Callable[[IndexedKind], Iterable[int]]] = [
        lambda kind: index.by_name(kind, text),
        lambda kind: index.by_beginning(kind, text),
        beginnings.__getitem__,
        inside.__getitem__,
    ]
    spellings: Mapping[str, Sequence[str]] = {}
    if sum(len(inside[kind]) for kind in kinds) < FEW_MATCHES:
        spellings = {word: others for word in words if _may_slip(word) and (others := index.spellings(word))}
    counted = inside
    if spellings:
        misspelt = (_any_of([_inside(word), *map(_whole, spellings.get(word, ()))]) for word in words)
        counted = index.by_tokens(_all_of(misspelt))
        best_first.append(counted.__getitem__)
    found: dict[int, IndexedKind] = {}
    for group in groups:
        for matches in best_first:
            for kind in group:
                if len(found) < COUNTED:
                    found.update((number, kind) for number in matches(kind) if number not in found)
    last = request.page * request.limit
    wanted = _Wanted(request, text, words, spellings)
    total = sum(len(counted[kind]) for kind in kinds)
    return SearchResults(
        results=tuple(
            wanted.result(kind, *index.entity(number))
            for number, kind in list(found.items())[last - request.limit : last]
        ),
        total=total,
        exact=all(len(counted[kind]) < COUNTED for kind in kinds),
        facets=tuple(SearchFacet(kind.segment, len(numbers)) for kind, numbers in counted.items() if numbers),
        page=request.page,
        pages=max(1, -(-min(total, COUNTED) // request.limit)),
        first=last - request.limit + 1,
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for, as the names of a result are held against it."""

    request: SearchRequest
    text: str
    words: tuple[str, ...]
    spellings: Mapping[str, Sequence[str]]

    def result(self, kind: IndexedKind, iri: str, names: Sequence[_StoredName]) -> SearchResult:
        """Return a result whose names these are."""
        language = self.request.language
        label = choose([name for name in names if name.preferred] or names, language)
        # Of names that fit equally well the first counts.
        matched = max(names, key=self._fit)
        return SearchResult(
            iri,
            kind.segment,
            label or Wording(iri, "", exact=False),
            MatchedName(matched.value, matched.language, self._how(matched)),
        )

    def _fit(self, name: _StoredName) -> tuple[int, int, bool]:
        """Return how many words a name has, how well, and whether it is in the reader's language."""
        held = self._held(name)
        how = _match(name.folded, self.text, held)
        return len(held), -_BEST_FIRST.index(how), nearest(name.language) == self.request.language

    def _held(self, name: _StoredName) -> list[str]:
        return [word for word in self.words if _holds(name.folded, word)]

    def _how(self, name: _StoredName) -> MatchKind:
        held = self._held(name)
        own_words = name.folded.split()
        if any(other in own_words for word in self.words if word not in held for other in self.spellings.get(word, ())):
            return "spelling"
        as_written = {folded(word): word for word in words_of(folded(self.request.words, scripts=False))}
        own = folded(name.value, scripts=False)
        if all(_holds(own, as_written.get(word, word)) for word in held):
            return _match(name.folded, self.text, held)
        return "script"


def _match(name: str, text: str, held: Sequence[str]) -> MatchKind:
    """Return how a folded name, which holds some words of a folded text, matches that."""
    if name == text:
        return "exact"
    if name.startswith(text):
        return "prefix"
    if not held:
        return "spelling"
    own = words_of(name)
    return "word" if all(any(one.startswith(word) for one in own) for word in held) else "inside"


def _holds(name: str, word: str) -> bool:
    """Return whether a folded name has a word, as the index finds it."""
    if is_dense(word):
        return word in name.replace(" ", "")
    if len(word) < GRAM_SIZE:
        return any(one.startswith(word) for one in words_of(name))
    return word in name


def _all_of(expressions: Iterable[str]) -> str:
    """Return an expression of FTS5 for what matches each of others."""
    return " AND ".join(f"({expression})" for expression in expressions)


def _any_of(expressions: Iterable[str]) -> str:
    return " OR ".join(expressions)


def _whole(word: str) -> str:
    return f'"{WORD_MARK}{word}"'


def _beginning(word: str) -> str:
    return f'"{WORD_MARK}{word}" *'


def _inside(word: str) -> str:
    """Return an expression of FTS5 for a word anywhere; of one or two letters, for words that begin so."""
    if is_dense(word) and len(word) == 1:
        return f'"{word}"'
    parts = [gram for gram in grams([word]) if gram != BREAK]
    return f'"{" ".join(parts)}"' if parts else _beginning(word)


def _may_slip(word: str) -> bool:
    """Return whether a word is looked for with a slip in it: one of letters alone, as another number is another."""
    return len(word) >= _SLIP_FROM and not is_dense(word) and word.isalpha()


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
