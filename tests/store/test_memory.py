"""A process that was forked has copied what it shares before it is asked, and no longer than until then."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coopgraph.store.oxigraph.memory import PIECE, SharedMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be asked to copy memory ahead")

SIZE = 16 * PIECE


def private(start: int) -> int:
    """Return how many bytes of the mapping at ``start`` are this process's alone."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        addresses = line.split()[0].split("-")
        if len(addresses) == 2 and int(addresses[0], 16) <= start < int(addresses[1], 16):
            return 1024 * next(int(item.split()[1]) for item in lines if item.startswith("Private_Dirty:"))
    return 0


def in_child(work: Callable[[], int]) -> int:
    """Return what ``work`` gives in a forked process, in megabytes."""
    child = os.fork()
    if child == 0:
        os._exit(min(int(work() / 1024**2), 255))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.fixture(scope="module")
def loaded() -> memoryview:
    """Memory that is written to before the fork."""
    block = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    view = memoryview(block)
    for place in range(0, SIZE, mmap.PAGESIZE):
        view[place] = 1
    return view


def address(view: memoryview) -> int:

    return ctypes.addressof(ctypes.c_char.from_buffer(view))


def test_while_nobody_asks_all_of_it_is_copied(loaded: memoryview) -> None:
    def work() -> int:
        silent, _ = os.pipe()
        SharedMemory().take_over(until_readable=silent)
        return private(address(loaded))

    assert in_child(lambda: private(address(loaded))) < 2
    assert in_child(work) >= SIZE / 1024**2 - 1


def test_a_question_goes_first(loaded: memoryview) -> None:
    def work() -> int:
        asked, asking = os.pipe()
        os.write(asking, b"?")
        start = time.monotonic()
        SharedMemory().take_over(until_readable=asked)
        assert time.monotonic() - start < 1
        return private(address(loaded))

    assert in_child(work) < 2
