from __future__ import annotations

import pytest

from coopgraph.context import AppContext
from coopgraph.reading import list_order
from coopgraph.reading.list_order import ListOrders
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
    assert {thing.iri for thing in orders.of(reading, words, law, "ko")} == {thing.iri for thing in english}
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
    assert list_order.list_order(reading, words, kind, "zh-Hant") == whole
    assert len(whole) == kind.count
