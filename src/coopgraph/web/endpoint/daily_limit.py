"""Daily limit: how often one client may do something in a day, without keeping who it is."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime

from coopgraph.errors import TooManyRequests
from coopgraph.messages.message import Message


class DailyLimit:
    """Lets each client do something ``limit`` times a day (UTC); with the day, who did is forgotten.

    A client is known by a keyed hash of its address that the server made; None is nobody in particular.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._day = date.min
        self._done: Counter[bytes] = Counter()

    def allow(self, caller: bytes | None) -> None:
        """Return where the client may do it once more. Raises TooManyRequests."""
        now = datetime.now(UTC)
        with self._lock:
            if now.date() != self._day:
                self._day = now.date()
                self._done.clear()
            if caller is None or self._done.get(caller, 0) < self._limit:
                return
        midnight = 24 * 3600 - (now.hour * 3600 + now.minute * 60 + now.second)
        raise TooManyRequests(
            Message("You have done this {limit} times today, as often as one client may.", limit=self._limit),
            Message("Come back tomorrow (UTC)."),
            retry_after=midnight,
        )

    def note(self, caller: bytes | None) -> None:
        """Note that the client did it."""
        if caller is not None:
            with self._lock:
                self._done[caller] += 1
