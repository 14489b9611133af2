from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model.opening_hours import OpeningHours, closing_time, parse_opening_hours

HOURS = st.builds(
    OpeningHours,
    st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple),
    st.times().map(lambda time: f"{time:%H:%M}"),
    st.times().map(lambda time: f"{time:%H:%M}"),
)


@given(st.lists(HOURS, max_size=3), st.datetimes())
def test_what_is_open_closes_later_today_or_in_the_night(hours: list[OpeningHours], moment: datetime) -> None:
    closes = closing_time(hours, moment)
    assert closes is None or closes in {stretch.closes for stretch in hours}


@pytest.mark.parametrize(
    ("notations", "moment", "closes"),
    [
        (["Mo-Fr 09:00-18:00"], "2026-11-27T17:59", "18:00"),
        (["Mo-Fr 09:00-18:00"], "2026-11-27T18:00", None),
        (["Mo-Fr 09:00-18:00"], "2026-11-28T12:00", None),
        (["Mo-Su 00:00-24:00"], "2026-11-28T03:00", ""),
        (["Fr 20:00-02:00"], "2026-11-28T01:30", "02:00"),
        (["Fr 20:00-02:00"], "2026-11-28T20:30", None),
        (["Fr 18:00-22:00", "Fr 20:00-02:00"], "2026-11-27T21:00", "02:00"),
        (["Sa 10:00-12:00", "Sa 11:00-22:00"], "2026-11-28T11:30", "22:00"),
    ],
)
def test_a_body_is_open_within_its_hours(notations: list[str], moment: str, closes: str | None) -> None:
    hours = [stretch for notation in notations if (stretch := parse_opening_hours(notation))]
    assert closing_time(hours, datetime.fromisoformat(moment)) == closes
