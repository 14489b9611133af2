"""Search index of a release: the SQLite file in which its names are found (https://www.sqlite.org/fts5.html).

Entities are numbered by kind and then by name, so that a kind is a range of numbers and matches come in that order.
``name_tokens`` is the full-text index, one row an entity, by number: the tokens of all its names and of its areas.
``word`` holds each word of letters, also backward, for words with a slip in them. ``entity_area`` tells in which areas
an entity is: those that the graph says, and each area that these are a part of. ``area_set`` lists which areas occur
together, and ``entity_area_sets`` has one row: the set of each entity as :func:`packed` numbers, at the entity's
number; so the areas of thousands of entities are counted without a look-up for each.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence

SEARCH_INDEX = "search.sqlite3"
"""The path of the index in a release's folder."""

SEARCH_SCHEMA = """
CREATE TABLE kind (id INTEGER PRIMARY KEY, segment TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE TABLE entity (id INTEGER PRIMARY KEY, iri TEXT NOT NULL);
CREATE TABLE name (
  entity INTEGER NOT NULL, place INTEGER NOT NULL, preferred INTEGER NOT NULL, kind INTEGER NOT NULL,
  text TEXT NOT NULL, language TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entity, place)
) WITHOUT ROWID;
CREATE TABLE area (id INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE entity_area (
  entity INTEGER NOT NULL, area INTEGER NOT NULL, PRIMARY KEY (entity, area)
) WITHOUT ROWID;
CREATE TABLE area_set (id INTEGER PRIMARY KEY, areas BLOB NOT NULL);
CREATE TABLE entity_area_sets (sets BLOB NOT NULL);
CREATE TABLE word (word TEXT PRIMARY KEY, backward TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE name_tokens USING fts5 (
  tokens, tokenize = 'ascii', content = '', columnsize = 0, prefix = '2 3'
);
"""
"""Tables of the index. ``kind`` tells which entities a kind has, from first to last."""

SEARCH_KEYS = """
CREATE INDEX name_by_text ON name (kind, folded, entity);
CREATE INDEX word_backward ON word (backward);
"""
"""Keys of the tables, made when these are full."""


_UNSIGNED = "I"  # four bytes wherever CPython runs


def packed(numbers: Iterable[int]) -> bytes:
    """Return numbers as bytes of the index: four each, the lowest first, on every machine."""
    return _little_endian(array(_UNSIGNED, numbers)).tobytes()


def unpacked(data: bytes) -> Sequence[int]:
    """Return the numbers that were :func:`packed`."""
    return _little_endian(array(_UNSIGNED, data))


def _little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
