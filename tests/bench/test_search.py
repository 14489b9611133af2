"""What searches cost is measured on an index of invented names."""

from __future__ import annotations

from pathlib import Path

from bench.search import SEARCH_ROUNDS, SEARCHES, invented_index, search_costs


def test_each_search_is_timed_and_the_usual_ones_find_something(tmp_path: Path) -> None:
    place = tmp_path / "search.sqlite3"
    place.write_bytes(invented_index(300))
    costs = search_costs(place)
    assert [(cost.words, cost.area) for cost in costs] == [(words, area) for words in SEARCHES for area in ("", "hk-7")]
    assert all(len(cost.times) == SEARCH_ROUNDS and min(cost.times) > 0 for cost in costs)
    found = {cost.words: cost.results.total for cost in costs if not cost.area}
    assert found["風雨蘭"] == 0
    assert min(found[words] for words in ("상담", "热线", "counseling", "deepfkae helplne", "port cent")) > 0
