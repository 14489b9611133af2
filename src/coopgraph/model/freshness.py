"""Freshness: how long what was verified counts as fresh, and from which day on it is overdue.

The shape Overdue says the same to checks, with the days that ``validation`` computes from these periods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

FRESH_SERVICE = timedelta(days=180)
"""How long a service may go without being verified."""

FRESH_RECORD = timedelta(days=365)
"""How long an organization or law may go without being verified."""


_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def verify_by(day: str, period: timedelta) -> date | None:
    """Return the last day on which what was verified, or told, on ``day`` still counts as fresh; None for no such day.

    A year or a month counts from its beginning. Of the day after that :func:`is_overdue` says so.
    """
    match = _DAY.fullmatch(day)
    if match is None:
        return None
    year, month, number = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, number) + period - timedelta(days=0 if match[3] else 1)
    except (ValueError, OverflowError):
        return None


def is_overdue(verified: Iterable[str], told: Iterable[str], today: date, period: timedelta = FRESH_SERVICE) -> bool:
    """Return whether a record is overdue: the days of its checks (``verified``), else of what its sources tell of.

    Days are as precise as they are known (``2024``, ``2024-05``, ``2024-05-19``) and compared as texts.
    """
    limit = (today - period).isoformat()
    return any(day < limit for day in (tuple(verified) or tuple(told)))
