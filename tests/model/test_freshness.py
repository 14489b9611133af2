"""A service is overdue 180 days after it was verified, or after what its source tells of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.freshness import FRESH_RECORD, FRESH_SERVICE, is_overdue, verify_by

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("verified", "told", "due"),
    [
        ([], [], False),
        (["2026-01-01"], [], False),
        (["2025-12-31"], [], True),
        (["2026-05-01"], ["2019"], False),
        ([], ["2019"], True),
        ([], ["2026-05"], False),
        (["2025"], ["2026-05-01"], True),
    ],
)
def test_what_counts_is_the_check_else_the_source(verified: list[str], told: list[str], due: bool) -> None:
    assert is_overdue(verified, told, TODAY) is due


def test_facts_stay_fresh_for_a_year() -> None:
    assert not is_overdue(["2025-07-01"], [], TODAY, FRESH_RECORD)
    assert is_overdue(["2025-06-29"], [], TODAY, FRESH_RECORD)


@settings(max_examples=50)
@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.sampled_from([4, 7, 10]),
    st.sampled_from([FRESH_SERVICE, FRESH_RECORD]),
    st.integers(-3, 3),
)
def test_after_the_day_to_verify_by_it_is_overdue_and_not_before(
    day: date, precision: int, period: timedelta, distance: int
) -> None:
    written = day.isoformat()[:precision]
    until = verify_by(written, period)
    assert until is not None
    assert is_overdue([written], (), until + timedelta(days=distance), period) == (distance > 0)


@pytest.mark.parametrize("written", ["", "soon", "2024-13", "2024-02-30", "2024-1", "9999-12-31", "２０２４"])
def test_what_is_no_day_has_none(written: str) -> None:
    assert verify_by(written, FRESH_RECORD) is None
