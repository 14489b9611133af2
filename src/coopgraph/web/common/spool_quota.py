"""Spool quota: how many bytes of responses in temporary files are being sent at once, in all and to one client.

A large result lies in a file until its client has read it. Without a bound, a few who read slowly would fill the disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable

CLIENT_SHARE = 2
"""One client's responses may take this part of the whole."""

SENDING_WAIT = 30.0
"""Seconds in which nobody is asked to make room, however slowly they read."""

FAIR_RATE = 64 * 1024
"""Bytes a second: who reads more slowly is broken off where another response needs the room."""


class SpoolQuota:
    """Lets responses of ``limit`` bytes together be sent from files. Used from one thread.

    One response is let through whatever its size, so that the largest result can be had.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._held: dict[SpooledResponse, None] = {}

    def admit(self, client: bytes | None, size: int, abort: Callable[[], object]) -> SpooledResponse | None:
        """Take a response of ``size`` bytes in, or return None where there is no room for it.

        ``client`` is None where it is not known who asks. ``abort`` is called where the response has to make room.
        """
        of_client = sum(held.size for held in self._held if client is not None and held.client == client)
        if of_client and of_client + size > self._limit // CLIENT_SHARE:
            return None
        if not self._make_room(size):
            return None
        admitted = SpooledResponse(self, client, size, self._clock(), abort)
        self._held[admitted] = None
        return admitted

    def _make_room(self, size: int) -> bool:
        missing = sum(held.size for held in self._held) + size - self._limit
        if missing <= 0 or not self._held:
            return True
        slow: list[SpooledResponse] = []
        for held in self._held:
            if self._clock() - held.since > SENDING_WAIT + held.size / FAIR_RATE:
                slow.append(held)
                missing -= held.size
                if missing <= 0:
                    break
        if missing > 0 and len(slow) < len(self._held):
            return False
        for held in slow:
            held.release()
            held.abort()
        return True

    def __contains__(self, response: SpooledResponse) -> bool:
        """Whether a response still holds its room."""
        return response in self._held

    def release(self, response: SpooledResponse) -> None:
        """Give the room of a response back."""
        self._held.pop(response, None)


class SpooledResponse:
    """A response that is being sent from a file, of ``size`` bytes, ``since`` a moment of the clock."""

    __slots__ = ("_quota", "abort", "client", "since", "size")

    def __init__(
        self, quota: SpoolQuota, client: bytes | None, size: int, since: float, abort: Callable[[], object]
    ) -> None:
        self._quota = quota
        self.client = client
        self.size = size
        self.since = since
        self.abort = abort

    def release(self) -> None:
        """Give the room back: it has been sent, or its client has left."""
        self._quota.release(self)
