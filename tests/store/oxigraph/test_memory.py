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


def written(size: int) -> memoryview:
    """Return memory that was written to, page by page."""
    view = memoryview(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    for place in range(0, size, mmap.PAGESIZE):
        view[place] = 1
    return view


def address(view: memoryview) -> int:
    """Return where it lies."""
    return ctypes.addressof(ctypes.c_char.from_buffer(view))


def size_of(kind: str, start: int) -> int:
    """Return how many bytes of the mapping at ``start`` are of a kind that the kernel counts."""
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    for line in lines:
        addresses = line.split()[0].split("-")
        if len(addresses) == 2 and int(addresses[0], 16) <= start < int(addresses[1], 16):
            return 1024 * next(int(item.split()[1]) for item in lines if item.startswith(f"{kind}:"))
    return 0


def private(start: int) -> int:
    """Return how many bytes of the mapping at ``start`` are this process's alone."""
    return size_of("Private_Dirty", start)


def has_huge_pages() -> bool:
    """Whether this kernel gives huge pages to whoever asks (Linux 6.1 or newer)."""
    view = written(2 * PIECE)
    return bool(ctypes.CDLL(None).madvise(ctypes.c_void_p(address(view)), ctypes.c_size_t(len(view)), 25) == 0)


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
    return written(SIZE)


def test_while_nobody_asks_all_of_it_is_copied(loaded: memoryview) -> None:
    def work() -> int:
        silent, _ = os.pipe()
        SharedMemory().take_over(until_readable=silent)
        return private(address(loaded))

    assert in_child(lambda: private(address(loaded))) < 2
    assert in_child(work) >= SIZE / 1024**2 - 1


@pytest.mark.skipif(not has_huge_pages(), reason="this kernel gives no huge pages to whoever asks")
def test_the_copy_lies_in_huge_pages(loaded: memoryview) -> None:
    def work() -> int:
        silent, _ = os.pipe()
        SharedMemory().take_over(until_readable=silent)
        return size_of("AnonHugePages", address(loaded))

    assert in_child(lambda: size_of("AnonHugePages", address(loaded))) == 0
    assert in_child(work) >= (SIZE - 2 * PIECE) / 1024**2


def test_a_question_goes_first(loaded: memoryview) -> None:
    def work() -> int:
        asked, asking = os.pipe()
        os.write(asking, b"?")
        start = time.monotonic()
        SharedMemory().take_over(until_readable=asked)
        assert time.monotonic() - start < 1
        return private(address(loaded))

    assert in_child(work) < 2
