"""Writing of the search index: names of a release's entities, from its graph into one SQLite file."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import NamedTuple

from coopgraph.model.iris import BASE
from coopgraph.model.search_index import SEARCH_KEYS, SEARCH_SCHEMA
from coopgraph.model.search_text import folded, is_dense, tokens, words_of
from coopgraph.rdf.namespaces import COOP, DCTERMS, OWL, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Quad

SEARCHED_KINDS = (
    *("org", "service", "law", "event", "area", "concept"),
    *("provision", "activity", "scheme", "source"),
)
"""Path segments of the kinds that are searched, in the order of equally good matches."""

PREFERRED_NAMES = frozenset({SKOS.prefLabel, DCTERMS.term("title")})
OTHER_NAMES = frozenset({SKOS.altLabel, SKOS.hiddenLabel, COOP.acronym, COOP.formerName})

_WITHDRAWING = frozenset({OWL.deprecated, DCTERMS.isReplacedBy})
_READ = PREFERRED_NAMES | OTHER_NAMES | _WITHDRAWING
_STEM = f"{BASE}id/"
_PLACES = {segment: place for place, segment in enumerate(SEARCHED_KINDS)}


class IndexedName(NamedTuple):
    """A name of an entity: whether it is not a preferred one, its language tag, its text. Sorted as readers see it."""

    other: bool
    language: str
    text: str


IndexedNames = Mapping[str, Iterable[IndexedName]]
"""The names of entities by their IRIs."""


def names_in(quads: Iterable[Quad]) -> IndexedNames:
    """Return the names of all entities of the searched kinds; those of withdrawn and replaced ones are left out."""
    names: dict[str, set[IndexedName]] = defaultdict(set)
    withdrawn = set()
    for quad in quads:
        predicate = quad.predicate
        if predicate not in _READ or not isinstance(quad.subject, NamedNode):
            continue
        iri, value = quad.subject.value, quad.object
        if predicate in _WITHDRAWING:
            withdrawn.add(iri)
        elif isinstance(value, Literal) and _segment(iri) in _PLACES:
            names[iri].add(IndexedName(predicate in OTHER_NAMES, value.language or "", value.value))
    return {iri: found for iri, found in names.items() if iri not in withdrawn}


def search_index(names: IndexedNames) -> bytes:
    """Return the index of ``names`` as the bytes of an SQLite file: the same bytes for the same names and SQLite."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(SEARCH_SCHEMA)
        database.execute("BEGIN")
        _fill(database, sorted(_IndexedEntity.of(iri, some) for iri, some in names.items()))
        database.execute("COMMIT")
        database.executescript(f"{SEARCH_KEYS} INSERT INTO name_tokens (name_tokens) VALUES ('optimize'); VACUUM;")
        return database.serialize()


class _IndexedEntity(NamedTuple):
    """An entity with its names, the first of which says where it stands among those of its kind."""

    place: int
    key: str
    iri: str
    names: tuple[IndexedName, ...]

    @classmethod
    def of(cls, iri: str, names: Iterable[IndexedName]) -> _IndexedEntity:
        in_order = sorted(names, key=lambda name: (name.other, name.language != "en", name))
        return cls(_PLACES[_segment(iri)], folded(in_order[0].text), iri, tuple(in_order))


def _fill(database: sqlite3.Connection, entities: Sequence[_IndexedEntity]) -> None:
    vocabulary: set[str] = set()
    for number, entity in enumerate(entities, 1):
        database.execute("INSERT INTO entity VALUES (?, ?)", (number, entity.iri))
        texts = [folded(name.text) for name in entity.names]
        rows = zip(entity.names, texts, strict=True)
        database.executemany(
            "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (number, place, not name.other, entity.place, name.text, name.language, text)
                for place, (name, text) in enumerate(rows)
            ],
        )
        words = [words_of(text) for text in dict.fromkeys(texts)]
        vocabulary.update(word for some in words for word in some if len(word) > 2 and not is_dense(word))
        database.execute("INSERT INTO name_tokens (rowid, tokens) VALUES (?, ?)", (number, " ".join(tokens(words))))
    for place, some in groupby(enumerate(entities, 1), key=lambda numbered: numbered[1].place):
        numbers = [number for number, _ in some]
        database.execute(
            "INSERT INTO kind VALUES (?, ?, ?, ?)", (place, SEARCHED_KINDS[place], numbers[0], numbers[-1])
        )
    database.executemany("INSERT INTO word VALUES (?, ?)", ((word, word[::-1]) for word in sorted(vocabulary)))


def _segment(iri: str) -> str:
    return iri.removeprefix(_STEM).partition("/")[0]
