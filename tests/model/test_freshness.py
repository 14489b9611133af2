"""A service is overdue 180 days after it was verified, or after what its source tells of."""

from __future__ import annotations

from datetime import date

import pytest

from coopgraph.model.freshness import FRESH_RECORD, is_overdue

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
