"""Opening hours in the notation of schema.org (``Mo-Fr 09:00-18:00``): days, and the times between which it is open.

Source: https://schema.org/openingHours
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""The days of a week, as the notation writes them."""

_DAY = "(?:" + "|".join(DAYS) + ")"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_STRETCH = re.compile(rf"({_DAY}(?:[-,]{_DAY})*) ({_TIME})-({_TIME})")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One stretch of time on one or more days; ``days`` are numbers, Monday 0; it may end on the day after."""

    days: tuple[int, ...]
    opens: str
    closes: str


def parse_opening_hours(notation: str) -> OpeningHours | None:
    """Return the opening hours that a notation writes; None for any other text."""
    match = _STRETCH.fullmatch(notation)
    if not match:
        return None
    days: set[int] = set()
    for part in match[1].split(","):
        ends = [DAYS.index(day) for day in part.split("-")]
        if len(ends) > 2:
            return None
        first, last = ends[0], ends[-1]
        days.update(day % 7 for day in range(first, last + 1 + (7 if last < first else 0)))
    return OpeningHours(tuple(sorted(days)), match[2], match[3])


def closing_time(hours: Iterable[OpeningHours], local: datetime) -> str | None:
    """Return when what is open at the time ``local`` there closes (``22:00``); None where it is closed then.

    The text is empty where it is open for that whole day and does not close at its end.
    """
    now, today = f"{local:%H:%M}", local.weekday()
    latest: tuple[bool, str] | None = None
    for stretch in hours:
        over_night = stretch.closes <= stretch.opens
        begun_today = today in stretch.days and stretch.opens <= now
        begun_yesterday = over_night and (today - 1) % len(DAYS) in stretch.days and now < stretch.closes
        if begun_today and (stretch.opens, stretch.closes) == ("00:00", "24:00"):
            return ""
        if begun_yesterday or (begun_today and (over_night or now < stretch.closes)):
            end = (begun_today and over_night, stretch.closes)
            latest = max(latest or end, end)
    return latest[1] if latest else None
