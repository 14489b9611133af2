"""Publishing process: publishes what is accepted in a process of its own, so that no reader waits for it.

It is started when the desk is first used, makes ready what a release is made from, and stays. Run as a program with the
settings ``data``, ``var``, ``input_size`` and ``signing_key``:
``python -m coopgraph.desk.publishing_process DATA VAR BYTES KEY``. For each line on standard input it publishes what is
accepted and answers with a line: ``0`` where that is done, or somebody else does it, else ``1``.
"""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from coopgraph.database.database import desk_database
from coopgraph.dataset.tree import locate
from coopgraph.desk.publisher import Publisher
from coopgraph.desk.resident_build import ResidentBuild
from coopgraph.errors import Busy, CoopgraphError
from coopgraph.settings import Settings, signing_key

RETRY = 60.0
"""Seconds after which is tried again what could not be published."""

STAY_READY = 300.0
"""Seconds after which an idle process looks whether it is still ready: what is overdue depends on the day."""

_log = logging.getLogger("coopgraph.desk")


class PublishingProcess:
    """Keeps such a process, and where publishing has failed tries again after a while. Close it at the end."""

    def __init__(self, settings: Settings) -> None:
        values = (settings.data, settings.var, str(settings.input_size), settings.signing_key)
        self._command = [sys.executable, "-P", "-m", __name__, *values]
        self._expected, self._accepted = False, False
        self._woken, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="coopgraph-publishing", daemon=True)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to wait for something to publish."""
        self._thread.start()

    def expect(self) -> None:
        """Say that something may be accepted before long."""
        if not self._expected:
            self._expected = True
            self._woken.set()

    def wake(self) -> None:
        """Say that something was accepted."""
        self._accepted = True
        self._woken.set()

    def close(self) -> None:
        """End it; what was being published goes on when the next one starts."""
        self._closed.set()
        self._woken.set()
        if child := self._child:
            child.terminate()

    def _run(self) -> None:
        failed = False
        while True:
            self._woken.wait(RETRY if failed else None)
            if self._closed.is_set():
                return
            self._woken.clear()
            child = self._running()
            if self._accepted or failed:
                self._accepted = False
                failed = not _published(child)
                if failed and not self._closed.is_set():
                    _log.error("accepted submissions could not be published; it is tried again")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if self._closed.is_set():
                self._child.terminate()
        return self._child


def _published(child: subprocess.Popen[bytes]) -> bool:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.write(b"\n")
        child.stdin.flush()
    return child.stdout.readline() == b"0\n"


def main() -> None:
    """Publish what is accepted whenever a line comes; leave at their end."""
    settings = Settings(data=sys.argv[1], var=sys.argv[2], input_size=int(sys.argv[3]), signing_key=sys.argv[4])
    var, tree = Path(settings.var), locate(settings)
    key = signing_key(settings)
    with closing(ResidentBuild(tree, var, input_size=settings.input_size, signing_key=key)) as resident:
        publisher = Publisher(desk_database(var), tree, var, now=_now, release=resident.build)
        while True:
            if not publisher.pending():
                with suppress(CoopgraphError):  # what keeps it from getting ready, publishing tells
                    resident.prepare(_now())
            if select.select([sys.stdin], [], [], STAY_READY)[0]:
                if not os.read(sys.stdin.fileno(), 1):
                    return
                sys.stdout.buffer.write(_publish(publisher))
                sys.stdout.buffer.flush()


def _publish(publisher: Publisher) -> bytes:
    try:
        publisher.publish()
    except Busy:
        return b"0\n"
    except CoopgraphError as error:
        sys.stderr.write(f"{error}\n")
        return b"1\n"
    return b"0\n"


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
