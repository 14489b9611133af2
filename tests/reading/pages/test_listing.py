from __future__ import annotations

from collections.abc import Callable

import pytest

from coopgraph.context import AppContext
from coopgraph.errors import NotFound
from coopgraph.model.collation import sort_key
from coopgraph.reading.list_order import ListOrders
from coopgraph.reading.pages.listing import PER_PAGE, Listing, listing
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary

AREA_WITHOUT = "001"
"""The key of an area, the world, in which no organization is."""


@pytest.fixture(scope="module")
def listed(app_context: AppContext) -> Callable[..., Listing]:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)
    orders = ListOrders()

    def at(segment: str, language: str = "en", area: str = "", kind_of_thing: str = "") -> Listing:
        return listing(reading, words, orders, segment, language, area=area, kind_of_thing=kind_of_thing)

    return at


@pytest.mark.parametrize("language", ["en", "ko", "zh-Hant"])
@pytest.mark.parametrize("segment", ["org", "figure", "claim", "concept", "citation"])
def test_a_list_is_in_the_order_of_its_names_and_counts_all(
    listed: Callable[..., Listing], segment: str, language: str
) -> None:
    found = listed(segment, language)
    paths = [entry.name.path for entry in found.entries]
    assert found.total == found.kind.count
    assert len(paths) == len(set(paths)) == min(PER_PAGE, found.total)
    if segment != "figure":  # whose names there say less, as it stands beside them whose they are
        names = [sort_key(entry.name.text, language) for entry in found.entries]
        assert names == sorted(names)


def test_narrowing_leaves_what_has_the_area_and_the_type(listed: Callable[..., Listing]) -> None:
    whole = listed("org")
    for option in whole.areas:
        assert listed("org", area=option.key).found == option.count
    for option in whole.types:
        assert listed("org", kind_of_thing=option.key).found == option.count
    assert listed("org", area=AREA_WITHOUT).entries == ()


@pytest.mark.parametrize("filters", [{"area": "nowhere"}, {"kind_of_thing": "nothing"}])
def test_what_is_no_area_or_type_narrows_no_list(listed: Callable[..., Listing], filters: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        listed("org", **filters)


def test_an_unknown_kind_has_no_list(listed: Callable[..., Listing]) -> None:
    with pytest.raises(NotFound):
        listed("nothing")
