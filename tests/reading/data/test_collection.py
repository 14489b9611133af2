from __future__ import annotations

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopgraph.context import AppContext
from coopgraph.errors import NotFound, WrongUsage
from coopgraph.model.iris import BASE
from coopgraph.reading.data.collection import FacetIndexes, collection_page
from coopgraph.reading.data.entity_list import EntityPage
from coopgraph.reading.source import ReleaseSource


class Collection:
    """Pages of the invented graph."""

    def __init__(self, app_context: AppContext) -> None:
        self._reading = ReleaseSource.of(app_context.query_service)
        self._words = app_context.vocabularies.of(self._reading)
        self._indexes = FacetIndexes()

    def page(self, segment: str, after: str = "", limit: int = 100, **chosen: str) -> EntityPage:
        kind = self._words.kind(segment)
        assert kind is not None
        return collection_page(self._reading, self._words, self._indexes, kind, chosen, after, limit)

    def slugs(self, segment: str, **chosen: str) -> list[str]:
        return [thing.value.rpartition("/")[2] for thing in self.page(segment, **chosen).things]


@pytest.fixture(scope="module")
def collection(app_context: AppContext) -> Collection:
    return Collection(app_context)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 40))
def test_pages_one_after_the_other_hold_each_thing_once(collection: Collection, limit: int) -> None:
    found: list[str] = []
    after = ""
    while page := collection.page("area", after, limit):
        found += [thing.value for thing in page.things]
        after = page.next
        if not after:
            break
    assert len(found) == len(set(found)) == page.total
    assert found == sorted(found)


def test_an_organization_is_found_by_what_its_services_are(collection: Collection) -> None:
    assert collection.slugs("org", service="removal-support") == ["lantern"]
    assert "lantern" in collection.slugs("org", area="jp")
    assert collection.slugs("service", service="removal-support") == ["lantern.removal-support"]
    assert collection.slugs("org", area="jp", service="removal-support") == ["lantern"]


def test_a_value_that_nothing_here_has_leaves_an_empty_list_and_one_that_is_none_is_asked_after(
    collection: Collection,
) -> None:
    assert collection.slugs("org", area="kr", service="removal-support") == []
    assert collection.slugs("org", area="ar") == []
    for facet in ("area", "service", "language", "conduct", "kind"):
        with pytest.raises(NotFound):
            collection.page("org", **{facet: "no-such-thing"})


def test_a_place_holds_for_one_choice_alone(collection: Collection) -> None:
    token = collection.page("area", limit=1).next
    with pytest.raises(WrongUsage, match="no place in this list"):
        collection.page("org", token)
    with pytest.raises(WrongUsage, match="no place in this list"):
        collection.page("area", token, kind="area")


@pytest.mark.parametrize("token", ["é", "a", "!!!!", "_w", "W10", "WzEsMl0", "bnVsbA"])
def test_what_is_no_token_is_refused(collection: Collection, token: str) -> None:
    with pytest.raises(WrongUsage):
        collection.page("org", token)


def test_a_place_in_the_list_of_another_release_is_refused_with_the_way_to_it(collection: Collection) -> None:
    told = json.dumps(["id/org/a", "2026-01-01-00000000", "org", []]).encode()
    with pytest.raises(WrongUsage, match="another release") as raised:
        collection.page("org", base64.urlsafe_b64encode(told).decode().rstrip("="))
    assert "/at/2026-01-01-00000000" in str(raised.value.hint)


def test_a_collection_has_an_iri_of_its_own(collection: Collection) -> None:
    assert collection.page("org").iri == BASE + "doc/org"
    assert collection.page("org", area="jp", kind="ngo").iri == BASE + "doc/org?area=jp&kind=ngo"


@pytest.mark.parametrize("text", ["[" * 5_000, "[]", "[1, 2]", "{}", "5", '["a"]', '["a", {}]'])
def test_a_place_that_no_page_gave_is_refused_in_words(collection: Collection, text: str) -> None:
    token = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    with pytest.raises(WrongUsage):
        collection.page("org", token)
