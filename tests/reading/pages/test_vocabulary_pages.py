from __future__ import annotations

import pytest

from coopgraph.context import AppContext
from coopgraph.model.iris import BASE, DEFINITION
from coopgraph.model.language import LANGUAGES
from coopgraph.query.prepared import select
from coopgraph.reading.pages.vocabulary_pages import (
    CONCEPT_SCHEME,
    ConceptBranch,
    compact_name,
    concept_tree,
    term_page,
    vocabulary_page,
)
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import Vocabulary, read_vocabulary


@pytest.fixture(scope="module")
def reading(app_context: AppContext) -> ReleaseSource:
    return ReleaseSource.of(app_context.query_service)


@pytest.fixture(scope="module")
def words(reading: ReleaseSource) -> Vocabulary:
    return read_vocabulary(reading)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_of_ours_is_there_with_name_meaning_and_a_question(
    reading: ReleaseSource, words: Vocabulary, language: str
) -> None:
    page = vocabulary_page(reading, words, language)
    by_anchor = {item.term.anchor: item for item in page.classes}
    organization = by_anchor["Organization"]
    assert organization.term.compact == "coop:Organization"
    assert organization.term.uses == 3
    assert organization.term.definition is not None
    assert organization.term.definition.exact
    assert organization.example is not None
    assert organization.example.path.startswith("/doc/org/")
    assert all(item.example for item in page.classes if item.term.uses), [
        item.term.compact for item in page.classes if item.term.uses and not item.example
    ]
    assert "isBasedIn" in {item.anchor for item in organization.properties}
    assert len(page.schemes) > 20
    assert len(page.rules) > 100
    assert all(rule.path.startswith("/shape/") for rule in page.rules)


def test_every_property_of_ours_is_on_the_page(reading: ReleaseSource, words: Vocabulary) -> None:
    page = vocabulary_page(reading, words, "en")
    shown = {item.compact for entry in page.classes for item in entry.properties} | {
        item.compact for item in page.loose
    }
    assert {"coop:hasRank", "coop:hasEvidence", "coop:telephone", "coop:criminalizes"} <= shown
    assert len({entry.term.anchor for entry in page.classes}) == len(page.classes)


@pytest.mark.parametrize("term", ["Organization", "hasEvidence", "isBasedIn"])
def test_the_question_of_a_term_is_answered_by_what_uses_it(
    app_context: AppContext, reading: ReleaseSource, words: Vocabulary, term: str
) -> None:
    page = term_page(reading, words, "en", DEFINITION + term)
    assert page is not None
    assert page.term.uses > 0
    assert select(app_context.query_service, page.term.question)
    assert page.example is not None
    assert page.example.subject.path


def test_what_is_no_class_or_property_has_no_page_of_this_kind(reading: ReleaseSource, words: Vocabulary) -> None:
    assert term_page(reading, words, "en", f"{BASE}def/kind/org") is None


def test_a_scheme_is_a_tree_in_which_each_concept_stands_once(reading: ReleaseSource, words: Vocabulary) -> None:
    def keys(branches: tuple[ConceptBranch, ...]) -> list[str]:
        return [key for item in branches for key in (item.key, *keys(item.narrower))]

    tree = concept_tree(reading, words, "ko", f"{CONCEPT_SCHEME}conduct")
    found = keys(tree)
    expected = {iri for iri in words.labels if iri.startswith(f"{BASE}id/concept/conduct/")}
    assert len(found) == len(set(found)) == len(expected)
    (images,) = [item for item in tree if item.key == "image-based-sexual-abuse"]
    (sharing,) = [item for item in images.narrower if item.key == "non-consensual-dissemination"]
    assert sharing.uses > 0
    assert sharing.definition is not None
    assert sharing.definition.exact


def test_a_compact_name_has_the_longest_prefix_that_fits() -> None:
    prefixes = {"a": "http://x/", "b": "http://x/y/"}
    assert compact_name("http://x/y/z", prefixes) == "b:z"
    assert compact_name("http://z", prefixes) == "http://z"
