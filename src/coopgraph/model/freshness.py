"""Freshness: how long what was verified counts as fresh, and from which day on it is overdue.

The shape Overdue says the same to checks, with the days that ``validation`` computes from these periods.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

FRESH_SERVICE = timedelta(days=180)
"""How long a service may go without being verified."""

FRESH_RECORD = timedelta(days=365)
"""How long an organization or law may go without being verified."""


def is_overdue(verified: Iterable[str], told: Iterable[str], today: date, period: timedelta = FRESH_SERVICE) -> bool:
    """Return whether a record is overdue: the days of its checks (``verified``), else of what its sources tell of.

    Days are as precise as they are known (``2024``, ``2024-05``, ``2024-05-19``) and compared as texts.
    """
    limit = (today - period).isoformat()
    return any(day < limit for day in (tuple(verified) or tuple(told)))
