from __future__ import annotations

from pathlib import Path

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import SHAPE
from coopgraph.model.language import LANGUAGES
from coopgraph.reading.description import describe_resource
from coopgraph.reading.pages.rule_page import rule_example, rule_page
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary

FOLDER = Path(__file__).parents[2] / "shapes"
NAMES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir() and folder.name.isalnum())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["LabelEnglish", "ClaimHasSource", "SharesAddUp"])
def test_a_rule_is_told_in_the_readers_language(app_context: AppContext, name: str, language: str) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    page = rule_page(describe_resource(reading, SHAPE + name), read_vocabulary(reading), language)
    assert page is not None
    assert page.message is not None
    assert page.name.exact
    assert page.message.exact
    assert page.example is not None
    assert f"shape:{name}" in page.source


def test_every_rule_has_an_example_in_which_the_two_differ() -> None:
    assert len(NAMES) > 100
    for name in NAMES:
        example = rule_example(name)
        assert example is not None
        assert example.fails != example.conforms, name


def test_an_example_shows_what_differs_alone() -> None:
    example = rule_example("LabelEnglish")
    assert example is not None
    assert '"Example Centre"@en' in example.conforms
    assert '"Example Centre"@en' not in example.fails
    assert "dcterms:title" not in example.conforms


@pytest.mark.parametrize("name", ["Nothing", "../shapes", "", "."])
def test_what_is_no_rule_has_no_example(name: str) -> None:
    assert rule_example(name) is None
