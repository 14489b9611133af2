"""A program's processes: when they end, and what they take of this machine (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1

_ENDING = frozenset({signal.SIGINT, signal.SIGTERM})


@contextlib.contextmanager
def forking() -> Iterator[Callable[[], None]]:
    """Hold back what tells this process to end while it forks, where Python's own hooks would lose the exception.

    Gives what the child is to do first (``preexec_fn``): hear such signals again, and have the kernel end it when its
    parent ends, however that ends (Linux).
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)

    def begin() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    try:
        yield begin
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def family(process: int) -> tuple[int, ...]:
    """Return the numbers of ``process`` and of all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = [process]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return tuple(found)


def memory(process: int) -> int | None:
    """Return the bytes that ``process`` and its descendants take together; None where the system does not say.

    Counts the proportional set size: memory that several share counts once.
    """
    total = 0
    for member in family(process):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total or None


def descendants_time() -> float:
    """Return the seconds of processor time that all processes have taken that descend from this one and run."""
    return sum(map(_time, family(os.getpid())[1:]))


def _time(process: int) -> float:
    """Return the seconds of processor time of a process: of its threads to the nanosecond, or with those that ended."""
    place = Path(f"/proc/{process}")
    try:
        threads = sum(int(entry.read_text().split()[0]) for entry in place.glob("task/*/schedstat"))
        fields = (place / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return max(threads / 1e9, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
