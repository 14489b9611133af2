from __future__ import annotations

import pytest

from coopgraph.context import AppContext
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.contested_figure import contested_figure
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_numbers_stand_with_the_words_that_print_them(app_context: AppContext, language: str) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    story = contested_figure(reading, read_vocabulary(reading), language)
    assert story is not None
    assert story.used.value != story.other.value
    assert story.used.passages
    assert story.other.passages
    assert story.defects
    assert story.organization.path == "/doc/org/lantern"
    assert story.period.startswith("2020")


def test_a_graph_in_which_sources_agree_has_no_such_story(app_context: AppContext) -> None:
    words = read_vocabulary(ReleaseSource.of(app_context.query_service))
    assert contested_figure(GraphSource.of([], "test"), words, "en") is None
