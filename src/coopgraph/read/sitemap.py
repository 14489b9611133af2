"""Which pages there are, for those who look for all of them."""

from __future__ import annotations

from coopgraph.ask.rows import Row
from coopgraph.read.examples import examples
from coopgraph.read.reading import Reading
from coopgraph.read.shown import page_path
from coopgraph.read.vocabulary import Vocabulary

STANDING = ("/", "/help", "/examples", "/query", "/quality", "/about", "/def", "/catalog")
"""Pages that every release has."""


def page_paths(reading: Reading, words: Vocabulary) -> tuple[str, ...]:
    """Return the paths of all pages that come in every language, without a language in front.

    First those that lead to others, then the document about each thing; each path once, always in the same order.
    """
    lists = (f"/list/{kind.segment}" for kind in words.kinds if kind.count)
    questions = (f"/examples/{example.name}" for example in examples())
    things = (_path(row) for row in reading.rows("documents"))
    return (*STANDING, *lists, *questions, *things)


def _path(row: Row) -> str:
    return page_path(row["thing"].value)
