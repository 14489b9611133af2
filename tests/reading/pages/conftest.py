"""Views of things of the invented release, in the language that a test names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE
from coopgraph.reading.description import page_description
from coopgraph.reading.pages.display_text import View
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary

Views = Callable[..., View]


@pytest.fixture(scope="module")
def views(app_context: AppContext) -> Views:
    """Give the view of what ``name`` (``org/lantern``) describes, as its own page has it."""
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)

    def view(name: str, language: str = "en") -> View:
        return View(page_description(reading, f"{BASE}id/{name}").graph, words, language, f"{BASE}id/{name}")

    return view
