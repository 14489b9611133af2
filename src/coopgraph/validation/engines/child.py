"""Child process of a SHACL engine: one frame in on standard input, one W3C report out on standard output.

The frame is three parts: the IRIs of the shapes to start from, one a line (none means all that have targets), the
shapes and the data, both N-Triples. Before each part stands its length in bytes as a decimal line. The report is
N-Triples too. Exit code 0 says that validation ran; any other, that it did not, with the reason in one
line on standard error. An engine is native code or slow Python over documents that may be hostile, so it lives in a
process that may be killed, with a limit on processor time, on memory, and without core files.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

from coopgraph.process_limits import EXIT_FAILED, limit_process

ENGINE_MEMORY = 4 * 1024**3
"""Most address space for one validation, in bytes."""

Validate = Callable[[bytes, bytes, list[str] | None], bytes]
"""Shapes and data as N-Triples, shapes to start from (None: all) → the W3C validation report as N-Triples."""


def run_engine(validate: Validate) -> None:
    """Answer the one frame on standard input, then leave. The first argument is the limit in processor seconds."""
    limit_process(ENGINE_MEMORY, int(sys.argv[1]))
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    start, shapes, data = _part(), _part(), _part()
    try:
        report = validate(shapes, data, start.decode().split() or None)
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}".replace("\n", " "))
        sys.exit(EXIT_FAILED)
    sys.stdout.buffer.write(report)


def run_resident_engine(prepare: Callable[[bytes, bytes], Callable[[bytes, list[str] | None], bytes]]) -> None:
    """Answer frames for as long as they come: the first has shapes and classes to prepare, each other start and data.

    The first argument is the limit in processor seconds for each of them. A report follows its length in bytes as a
    decimal line, as the parts of a frame do.
    """
    seconds = int(sys.argv[1])
    limit_process(ENGINE_MEMORY, seconds)
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    try:
        validate = prepare(_part(), _part())
        while start := sys.stdin.buffer.readline():
            names = sys.stdin.buffer.read(int(start))
            limit_process(ENGINE_MEMORY, seconds)
            sys.stdout.buffer.write(frame(validate(_part(), names.decode().split() or None)))
            sys.stdout.buffer.flush()
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}".replace("\n", " "))
        sys.exit(EXIT_FAILED)


def _part() -> bytes:
    return sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))


def frame(*parts: bytes) -> bytes:
    """Return what :func:`run_engine` reads, from its three parts."""
    return b"".join(b"%d\n%b" % (len(part), part) for part in parts)


def _leave_with(parent: int) -> None:
    """End this process soon after ``parent`` was killed: then nobody waits for the report."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(EXIT_FAILED)
