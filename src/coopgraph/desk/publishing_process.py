"""Publishing process: publishes what is accepted in a process of its own, so that no reader waits for it.

Run as a program with the settings ``data``, ``var`` and ``signing_key``:
``python -m coopgraph.desk.publishing_process DATA VAR KEY``.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from coopgraph.database.database import desk_database
from coopgraph.dataset.tree import locate
from coopgraph.desk.publisher import Publisher
from coopgraph.errors import Busy, CoopgraphError
from coopgraph.settings import Settings, signing_key

RETRY = 60.0
"""Seconds after which is tried again what could not be published."""

_log = logging.getLogger("coopgraph.desk")


class PublishingProcess:
    """Starts such a process when it is woken, and where one has failed again after a while. Close it at the end."""

    def __init__(self, settings: Settings) -> None:
        self._command = [sys.executable, "-P", "-m", __name__, settings.data, settings.var, settings.signing_key]
        self._woken, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="coopgraph-publishing", daemon=True)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to wait for something to publish."""
        self._thread.start()

    def wake(self) -> None:
        """Say that something was accepted."""
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
            self._child = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
            failed = self._child.wait() != 0
            if failed and not self._closed.is_set():
                _log.error("accepted submissions could not be published; it is tried again")


def main() -> None:
    """Publish what is accepted, and leave: 0 where that is done or somebody else does it."""
    settings = Settings(data=sys.argv[1], var=sys.argv[2], signing_key=sys.argv[3])
    var = Path(settings.var)
    try:
        Publisher(
            desk_database(var),
            locate(settings),
            var,
            now=lambda: datetime.now(UTC),
            signing_key=signing_key(settings),
        ).publish()
    except Busy:
        return
    except CoopgraphError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
