"""Writing of the search index: names and areas of a release's entities, from its graph into one SQLite file."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import NamedTuple

from coopgraph.model.iris import AREA, BASE
from coopgraph.model.search_index import SEARCH_KEYS, SEARCH_SCHEMA, packed
from coopgraph.model.search_text import area_token, folded, is_dense, tokens, words_of
from coopgraph.rdf.namespaces import COOP, DCTERMS, ELI, OWL, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Triple

SEARCHED_KINDS = (
    *("org", "service", "law", "event", "area", "concept"),
    *("provision", "activity", "scheme", "source"),
)
"""Path segments of the kinds that are searched, in the order of equally good matches."""

PREFERRED_NAMES = frozenset({SKOS.prefLabel, DCTERMS.term("title")})
OTHER_NAMES = frozenset({SKOS.altLabel, SKOS.hiddenLabel, COOP.acronym, COOP.formerName})

AREAS_OF_A_THING = frozenset({COOP.isBasedIn, COOP.isLocatedIn, COOP.servesArea, ELI.jurisdiction})
"""Properties that say in which area an entity is."""

_PART_OF = {SKOS.broader, ELI.is_part_of}  # an area of another; a provision of a law, whose areas it shares
_WITHDRAWING = frozenset({OWL.deprecated, DCTERMS.isReplacedBy})
INDEXED_BY = PREFERRED_NAMES | OTHER_NAMES | AREAS_OF_A_THING | _PART_OF | _WITHDRAWING
"""Properties that the index is made from."""

_STEM = f"{BASE}id/"
_PLACES = {segment: place for place, segment in enumerate(SEARCHED_KINDS)}


class IndexedName(NamedTuple):
    """A name of an entity: whether it is not a preferred one, its language tag, its text. Sorted as readers see it."""

    other: bool
    language: str
    text: str


class IndexedThing(NamedTuple):
    """What the index says of an entity: its names, and the keys of all areas that it is in."""

    names: Collection[IndexedName]
    areas: Collection[str] = ()


IndexedThings = Mapping[str, IndexedThing]
"""What the index says of each entity, by its IRI."""


def indexed_things(statements: Iterable[Triple]) -> IndexedThings:
    """Return names and areas of all entities of the searched kinds; withdrawn and replaced ones are left out."""
    names: dict[str, set[IndexedName]] = defaultdict(set)
    places: dict[str, set[str]] = defaultdict(set)
    withdrawn = set()
    for triple in statements:
        predicate = triple.predicate
        if predicate not in INDEXED_BY or not isinstance(triple.subject, NamedNode):
            continue
        iri, value = triple.subject.value, triple.object
        if predicate in _WITHDRAWING:
            withdrawn.add(iri)
        elif isinstance(value, NamedNode):
            places[iri].add(value.value)
        elif isinstance(value, Literal) and _segment(iri) in _PLACES:
            names[iri].add(IndexedName(predicate in OTHER_NAMES, value.language or "", value.value))
    return {
        iri: IndexedThing(frozenset(found), _areas(iri, places)) for iri, found in names.items() if iri not in withdrawn
    }


def _areas(iri: str, places: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return the keys of all areas that are reached from an entity; an area is in itself."""
    reached = {iri}
    left = [iri]
    while left:
        further = set(places.get(left.pop(), ())) - reached
        reached |= further
        left += further
    return frozenset(place.removeprefix(AREA) for place in reached if place.startswith(AREA))


def search_index(things: IndexedThings) -> bytes:
    """Return the index of ``things`` as the bytes of an SQLite file: the same for the same things and SQLite."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(SEARCH_SCHEMA)
        database.execute("BEGIN")
        _fill(database, sorted(_IndexedEntity.of(iri, thing) for iri, thing in things.items()))
        database.execute("COMMIT")
        database.executescript(f"{SEARCH_KEYS} INSERT INTO name_tokens (name_tokens) VALUES ('optimize'); VACUUM;")
        return database.serialize()


class _IndexedEntity(NamedTuple):
    """An entity with its names, the first of which says where it stands among those of its kind, and its areas."""

    place: int
    key: str
    iri: str
    names: tuple[IndexedName, ...]
    areas: tuple[str, ...]

    @classmethod
    def of(cls, iri: str, thing: IndexedThing) -> _IndexedEntity:
        in_order = sorted(thing.names, key=lambda name: (name.other, name.language != "en", name))
        key = folded(in_order[0].text)
        return cls(_PLACES[_segment(iri)], key, iri, tuple(in_order), tuple(sorted(thing.areas)))


def _fill(database: sqlite3.Connection, entities: Sequence[_IndexedEntity]) -> None:
    vocabulary: set[str] = set()
    areas = {key: number for number, key in enumerate(sorted({key for item in entities for key in item.areas}), 1)}
    database.executemany("INSERT INTO area VALUES (?, ?)", [(number, key) for key, number in areas.items()])
    area_sets: dict[tuple[int, ...], int] = {}
    set_of = [0]  # entities are numbered from 1
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
        of_areas = tuple(areas[key] for key in entity.areas)
        set_of.append(area_sets.setdefault(of_areas, len(area_sets)))
        found_by = " ".join((*tokens(words), *map(area_token, of_areas)))
        database.execute("INSERT INTO name_tokens (rowid, tokens) VALUES (?, ?)", (number, found_by))
        database.executemany("INSERT INTO entity_area VALUES (?, ?)", [(number, area) for area in of_areas])
    sets = [(number, packed(some)) for some, number in area_sets.items()]
    database.executemany("INSERT INTO area_set VALUES (?, ?)", sets)
    database.execute("INSERT INTO entity_area_sets VALUES (?)", (packed(set_of),))
    for place, some in groupby(enumerate(entities, 1), key=lambda numbered: numbered[1].place):
        numbers = [number for number, _ in some]
        database.execute(
            "INSERT INTO kind VALUES (?, ?, ?, ?)", (place, SEARCHED_KINDS[place], numbers[0], numbers[-1])
        )
    database.executemany("INSERT INTO word VALUES (?, ?)", ((word, word[::-1]) for word in sorted(vocabulary)))


def _segment(iri: str) -> str:
    return iri.removeprefix(_STEM).partition("/")[0]
