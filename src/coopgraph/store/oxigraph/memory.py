"""Make the memory that a worker shares with the process it was forked from its own, while nobody asks it anything.

Reading a store in memory counts references in it, and each page that is written is copied first. A new worker would do
that in the middle of its first answers, which then take up to three times as long. The copies are huge pages where the
kernel has some: in small ones, a tenth of the time of walking over a store goes to looking up where they lie.
"""

from __future__ import annotations

import ctypes
import select
import sys
from itertools import pairwise
from pathlib import Path

PIECE = 4 * 1024 * 1024
"""Bytes that are copied between two looks at whether a question has come: about two milliseconds' work."""

# Linux 6.1: a copy in huge pages, as far as those fit in. Linux 5.14: a copy of what is not this process's own yet.
_MADV_COLLAPSE = 25
_MADV_POPULATE_WRITE = 23


class SharedMemory:
    """What this process may write to of the memory that it has now (Linux 5.14 or newer; elsewhere nothing)."""

    def __init__(self) -> None:
        self._pieces = _pieces() if sys.platform == "linux" else []
        self._madvise = ctypes.CDLL(None).madvise if self._pieces else None

    def take_over(self, *, until_readable: int) -> None:
        """Copy it, piece by piece, until there is something to read from the descriptor ``until_readable``."""
        if not self._pieces or self._madvise is None:
            return
        waiting = select.poll()
        waiting.register(until_readable, select.POLLIN)
        while self._pieces and not waiting.poll(0):
            start, size = self._pieces.pop()
            place = (ctypes.c_void_p(start), ctypes.c_size_t(size))
            self._madvise(*place, _MADV_COLLAPSE)
            if self._madvise(*place, _MADV_POPULATE_WRITE):
                # An older kernel, or too little memory: pages are copied when they are written to, as ever.
                self._pieces.clear()


def _pieces() -> list[tuple[int, int]]:
    """Return address and size of all private memory that has no file behind it and may be written to, in pieces."""
    pieces = []
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in addresses.split("-"))
            # Cut where huge pages begin.
            cuts = [start, *range(start - start % PIECE + PIECE, end, PIECE), end]
            pieces += [(place, until - place) for place, until in pairwise(cuts)]
    return pieces
