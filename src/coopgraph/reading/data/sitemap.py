"""Sitemap: which pages there are, for those who look for all of them."""

from __future__ import annotations

from coopgraph.rdf.binding import Solution
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.pages.examples import examples
from coopgraph.reading.source import Source
from coopgraph.reading.vocabulary import Vocabulary

STANDING_PAGES = (
    *("/", "/help", "/laws", "/map", "/figures", "/examples", "/query", "/quality", "/def", "/catalog"),
    *("/about", "/about/method", "/about/privacy", "/about/accessibility", "/about/releases", "/about/guides/partners"),
)
"""Pages that every release has."""


def page_paths(reading: Source, words: Vocabulary) -> tuple[str, ...]:
    """Return the paths of all pages that come in every language, without a language in front.

    First those that lead to others, then the document about each thing; each path once, always in the same order.
    """
    lists = (f"/list/{kind.segment}" for kind in words.kinds if kind.count)
    questions = (f"/examples/{example.name}" for example in examples())
    things = (_path(row) for row in reading.rows("documents"))
    return (*STANDING_PAGES, *lists, *questions, *things)


def _path(row: Solution) -> str:
    return page_path(row["thing"].value)
