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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal as OneOf
from typing import get_args
from urllib.parse import quote

from coopgraph.errors import NotFound, QueryTimeout, QueryTooLong, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import kind_segment
from coopgraph.model.language import Wording, choose, nearest
from coopgraph.model.nearest_names import did_you_mean, nearest_names
from coopgraph.model.search_index import SEARCH_INDEX
from coopgraph.model.search_text import folded, words_of
from coopgraph.reading.search_index import (
    COUNTED,
    IndexedKind,
    SearchIndex,
    StoredName,
    all_of,
    any_of,
    beginning,
    has_word,
    in_area,
    inside,
    whole,
)

LONGEST_SEARCH = 200
"""Characters that a search may have."""

MOST_WORDS = 12
"""Words of a search that count; the rest are passed over."""

RESULTS_PER_PAGE = 20
MOST_RESULTS_PER_PAGE = 100

SEARCH_TIME = 2.0
"""Seconds after which a search is given up; it takes some milliseconds."""

FEW_MATCHES = 10
"""With fewer matches than this, words with one slip in them are looked for as well."""

_CLOCK = 10_000  # SQLite's instructions between two looks at the clock

_DOCUMENTS = frozenset({"source"})
"""Kinds that come after all others: their titles have the words of what people look for, but are not that."""

MatchKind = OneOf["exact", "prefix", "word", "inside", "script", "spelling"]
"""Why a name matches, best first: it is the words, begins with them, has words that begin so, or has them inside words.

``script``: it does so once traditional, simplified and Japanese characters count as the same. ``spelling``: it has a
word that differs by one slip.
"""

_BEST_FIRST: tuple[MatchKind, ...] = get_args(MatchKind)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for: words, the reader's language, a kind's path segment or name or nothing, and a page (from 1).

    ``area`` is the key of an area (``kr``, ``kr-11``) or nothing; what is in a part of an area is in it.
    """

    words: str
    language: str
    kind: str = ""
    page: int = 1
    limit: int = RESULTS_PER_PAGE
    area: str = ""

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
    """A thing that was found: its IRI, its kind's path segment, its name for the reader, and the name that matched.

    ``areas`` are the keys of the areas that it is in.
    """

    iri: str
    kind: str
    label: Wording
    matched: MatchedName
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchFacet:
    """How many results a kind has, by its path segment, or an area, by its key.

    Of each kind at most :data:`COUNTED` results are counted.
    """

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of results. ``total`` counts those of the chosen kind and area, or of all.

    A ``total`` that is not ``exact`` counts at least so many. ``kinds`` counts those of each kind in the chosen area,
    ``areas`` those in each area of the chosen kind. ``first`` is the place of the page's first, from 1.
    """

    results: tuple[SearchResult, ...]
    total: int
    exact: bool
    kinds: tuple[SearchFacet, ...]
    areas: tuple[SearchFacet, ...]
    page: int
    pages: int
    first: int


def search_names(var: Path, release: str, request: SearchRequest) -> SearchResults:
    """Return the results of a search in the names of a release.

    Words of which nothing can be found give no results. Raises :class:`NotFound` where the release has no index,
    :class:`WrongUsage` for an unknown kind or area, :class:`QueryTimeout` where it takes longer than
    :data:`SEARCH_TIME`.
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
        request = replace(request, kind=kind_segment(request.kind))
        if request.kind and request.kind not in known:
            raise WrongUsage(
                Message("There is no kind “{kind}” to search in.", kind=request.kind),
                Message("Choose one of {kinds}.", kinds=", ".join(known)),
            )
        if request.area and request.area not in index.areas:
            near = nearest_names(request.area, index.areas)
            raise WrongUsage(
                Message("There is no area “{area}” to search in.", area=request.area),
                did_you_mean(near) if near else Message("Areas have keys such as kr, kr-11 or tw."),
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


def _found(index: SearchIndex, request: SearchRequest) -> SearchResults:
    text = folded(request.words)
    words = tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    if not (words and index.kinds):
        return SearchResults((), 0, True, (), (), 1, 1, 1)
    area = index.areas.get(request.area)
    kinds = [kind for kind in index.kinds if request.kind in ("", kind.segment)]
    groups = [[kind for kind in kinds if (kind.segment in _DOCUMENTS) == last] for last in (False, True)]

    def matches_of(expressions: Iterable[str]) -> Mapping[IndexedKind, list[int]]:
        return index.by_tokens(all_of([*expressions, *([] if area is None else [in_area(area)])]))

    has_inside = matches_of(map(inside, words))
    best_first: list[Callable[[IndexedKind], Iterable[int]]] = [
        lambda kind: index.by_name(kind, text, area),
        lambda kind: index.by_beginning(kind, text, area),
        matches_of(map(beginning, words)).__getitem__,
        has_inside.__getitem__,
    ]
    spellings: Mapping[str, Sequence[str]] = {}
    if sum(len(has_inside[kind]) for kind in kinds) < FEW_MATCHES:
        spellings = {word: others for word in words if (others := index.spellings(word))}
    wanted_words = [any_of([inside(word), *map(whole, spellings.get(word, ()))]) for word in words]
    counted = matches_of(wanted_words) if spellings else has_inside
    if spellings:
        best_first.append(counted.__getitem__)
    anywhere = counted if area is None else index.by_tokens(all_of(wanted_words))
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
            wanted.result(kind, *index.entity(number), index.areas_of(number))
            for number, kind in list(found.items())[last - request.limit : last]
        ),
        total=total,
        exact=all(len(counted[kind]) < COUNTED for kind in kinds),
        kinds=tuple(SearchFacet(kind.segment, len(numbers)) for kind, numbers in counted.items() if numbers),
        areas=_area_facets(index, (number for kind in kinds for number in anywhere[kind])),
        page=request.page,
        pages=max(1, -(-min(total, COUNTED) // request.limit)),
        first=last - request.limit + 1,
    )


def _area_facets(index: SearchIndex, entities: Iterable[int]) -> tuple[SearchFacet, ...]:
    """Return the areas of entities, those with most first."""
    counts = index.area_counts(entities)
    facets = [SearchFacet(key, counts[number]) for key, number in index.areas.items() if number in counts]
    return tuple(sorted(facets, key=lambda facet: -facet.count))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for, as the names of a result are held against it."""

    request: SearchRequest
    text: str
    words: tuple[str, ...]
    spellings: Mapping[str, Sequence[str]]

    def result(self, kind: IndexedKind, iri: str, names: Sequence[StoredName], areas: tuple[str, ...]) -> SearchResult:
        """Return a result whose names and areas these are."""
        language = self.request.language
        label = choose([name for name in names if name.preferred] or names, language)
        # Of names that fit equally well the first counts.
        matched = max(names, key=self._fit)
        return SearchResult(
            iri,
            kind.segment,
            label or Wording(iri, "", exact=False),
            MatchedName(matched.value, matched.language, self._how(matched)),
            areas,
        )

    def _fit(self, name: StoredName) -> tuple[int, int, bool]:
        """Return how many words a name has, how well, and whether it is in the reader's language."""
        held = self._held(name)
        how = _match(name.folded, self.text, held)
        return len(held), -_BEST_FIRST.index(how), nearest(name.language) == self.request.language

    def _held(self, name: StoredName) -> list[str]:
        return [word for word in self.words if has_word(name.folded, word)]

    def _how(self, name: StoredName) -> MatchKind:
        held = self._held(name)
        own_words = name.folded.split()
        if any(other in own_words for word in self.words if word not in held for other in self.spellings.get(word, ())):
            return "spelling"
        as_written = {folded(word): word for word in words_of(folded(self.request.words, scripts=False))}
        own = folded(name.value, scripts=False)
        if all(has_word(own, as_written.get(word, word)) for word in held):
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
