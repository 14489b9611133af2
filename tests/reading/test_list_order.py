from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.context import AppContext
from coopgraph.model.iris import AREA, BASE, CONCEPT
from coopgraph.reading import list_order
from coopgraph.reading.list_order import ListedThing, ListOrder, ListOrders
from coopgraph.reading.source import ReleaseSource
from coopgraph.reading.vocabulary import read_vocabulary


def test_an_order_is_kept_for_each_kind_and_language_until_others_need_its_room(
    app_context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    words, orders = read_vocabulary(reading), ListOrders()
    law, event = (kind for kind in words.kinds if kind.segment in ("law", "event"))
    english = orders.of(reading, words, law, "en")
    assert orders.of(reading, words, law, "en") is english
    assert orders.of(reading, words, law, "ko").whole.iris == english.whole.iris
    assert orders.of(reading, words, law, "en") is english
    monkeypatch.setattr(list_order, "KEPT_THINGS", 0)
    orders.of(reading, words, event, "en")
    assert orders.of(reading, words, law, "en") is not english


def test_an_order_is_the_same_however_many_things_are_read_at_once(
    app_context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = ReleaseSource.of(app_context.query_service)
    words = read_vocabulary(reading)
    kind = words.kind("org")
    assert kind is not None
    whole = list_order.list_order(reading, words, kind, "zh-Hant")
    monkeypatch.setattr(list_order, "READ_AT_ONCE", 7)
    assert list_order.list_order(reading, words, kind, "zh-Hant").whole.things == whole.whole.things
    assert len(whole) == kind.count


_KEYS = st.lists(st.sampled_from("abc"), unique=True, max_size=2)


@given(st.lists(st.tuples(_KEYS, _KEYS), max_size=8), st.sampled_from(["", *"abcd"]), st.sampled_from(["", *"abcd"]))
def test_narrowing_leaves_those_that_have_both_in_their_order(
    links: list[tuple[list[str], list[str]]], area: str, kind_of_thing: str
) -> None:
    things = [
        ListedThing(f"{BASE}id/org/{place}", tuple(AREA + key for key in areas), tuple(CONCEPT + key for key in types))
        for place, (areas, types) in enumerate(links)
    ]
    expected = tuple(
        thing
        for thing, (areas, types) in zip(things, links, strict=True)
        if area in ("", *areas) and kind_of_thing in ("", *types)
    )
    narrowed = ListOrder(things).narrowed(area, kind_of_thing)
    assert narrowed.things == expected
    assert sum(narrowed.areas.values()) == sum(len(thing.areas) for thing in expected)
    assert set(narrowed.types) == {link for thing in expected for link in thing.types}
