"""Process limits (``setrlimit``): what a child process may take of the machine."""

from __future__ import annotations

import resource
import sys
import time

EXIT_FAILED = 70
"""Exit status of a child process whose own fault ended it (``EX_SOFTWARE`` of sysexits.h)."""


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
