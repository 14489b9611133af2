"""Delays of sign-in after failures: of one client for one account, so that nobody can lock somebody else out.

Kept in memory only, by hashes of address and name: nothing of it outlives the process.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from coopgraph.errors import TooManySignIns
from coopgraph.messages.message import Message

FREE_TRIES = 3
"""Failures of a client at one account before it has to wait."""

FREE_TRIES_OF_CLIENT = 20
"""Failures of a client at all accounts before it has to wait for each."""

LONGEST_WAIT = 900.0
"""Seconds that a client waits at most."""

KEPT = 10_000
"""How many clients and accounts are remembered."""


class SignInDelays:
    """Counts failures; ``now`` of its methods is in seconds of any clock that does not go back. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[bytes, tuple[int, float]] = OrderedDict()

    def check(self, client: bytes, name: str, now: float) -> None:
        """Raise :class:`TooManySignIns` where this client has to wait before it tries this account again."""
        with self._lock:
            until = max(self._until(key, free) for key, free in _keys(client, name))
        if now < until:
            wait = int(until - now) + 1
            raise TooManySignIns(
                Message("Signing in has failed several times from here."),
                Message("Try again in {seconds} seconds.", seconds=wait),
                retry_after=wait,
            )

    def failed(self, client: bytes, name: str, now: float) -> None:
        """Count a failed sign-in of ``client`` as ``name`` at ``now`` (seconds): the next one has to wait longer."""
        with self._lock:
            for key, _ in _keys(client, name):
                count, _ = self._failures.pop(key, (0, now))
                self._failures[key] = count + 1, now
            while len(self._failures) > KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, client: bytes, name: str) -> None:
        """Forget the failures of this client at this account; those at others still count."""
        with self._lock:
            self._failures.pop(_keys(client, name)[0][0], None)

    def _until(self, key: bytes, free: int) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        return last + min(2.0 ** min(count - free, 20), LONGEST_WAIT) if count >= free else 0.0


def _keys(client: bytes, name: str) -> tuple[tuple[bytes, int], tuple[bytes, int]]:
    of_both = hashlib.blake2b(name.encode(), key=client[:64], digest_size=16).digest()
    return (of_both, FREE_TRIES), (hashlib.blake2b(client, digest_size=16).digest(), FREE_TRIES_OF_CLIENT)
