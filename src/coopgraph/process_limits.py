"""Process limits (``setrlimit``, ``prctl``): what a child process may take of the machine, and who looks into it."""

from __future__ import annotations

import ctypes
import resource
import sys
import time

EXIT_FAILED = 70
"""Exit status of a child process whose own fault ended it (``EX_SOFTWARE`` of sysexits.h)."""

_PR_SET_DUMPABLE = 4


def limit_process(memory: int, seconds: int | None = None) -> None:
    """Limit this process and those it starts to ``memory`` bytes of addresses, and itself to so much processor time.

    ``seconds`` count from now on; past them the kernel ends the process. It leaves no core file, which would hold data.
    Addresses are limited on Linux only: elsewhere the kernel does not hold a process to them.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if seconds is not None:
        spent, most = int(time.process_time()), resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, most))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def hide_memory() -> None:
    """Let no other process of the user look into this one's memory and environment (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
