"""Page process: makes resource pages beside the server, whose interpreter serves everybody else meanwhile.

Run as ``python -m coopgraph.reading.pages.page_process DESCRIPTOR``. On that connection come requests and go pages,
both pickled; it ends with the server, whatever ended that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NamedTuple

from coopgraph.process_limits import hide_memory, limit_process
from coopgraph.reading.description import Description
from coopgraph.reading.pages.resource_page import Page, page
from coopgraph.reading.vocabulary import Vocabulary

MAKING = 30.0
"""Seconds after which a page is made in the server all the same."""

START_AGAIN = 10.0
"""Seconds after a failure in which no process is started."""

MEMORY = 4 * 1024**3
"""Most address space of the process, in bytes."""


class PageRequest(NamedTuple):
    """What a page is made of. No ``words``: those that came last."""

    description: Description
    words: Vocabulary | None
    language: str


class PageProcess:
    """The process and our end of its connection. Thread-safe.

    The first page starts it. What is asked for before it is ready, or while it makes another page, is made by whoever
    asks: nobody waits for a turn.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._ready = False
        self._words: Vocabulary | None = None
        self._start_again_at = 0.0

    def start(self) -> None:
        """Start the process, and wait until it is ready or has failed."""
        with self._lock, suppress(EOFError, OSError):
            self._start()
            self._is_ready(MAKING)

    def page(self, description: Description, words: Vocabulary, language: str) -> Page:
        """Return what :func:`.resource_page.page` returns; raises what it raises."""
        made = None
        if self._lock.acquire(blocking=False):
            try:
                made = self._made(description, words, language)
            finally:
                self._lock.release()
        # An error is raised where it can be told.
        return made or page(description, words, language)

    def close(self) -> None:
        """End the process. Idempotent."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._connection = self._process = None

    def _made(self, description: Description, words: Vocabulary, language: str) -> Page | None:
        """Return the page that the process makes, or None where it does not."""
        try:
            connection = self._start()
            if connection is None or not self._is_ready(0.0):
                return None
            connection.send(PageRequest(description, None if words is self._words else words, language))
            self._words = words
            if connection.poll(MAKING):
                made: Page | None = connection.recv()
                return made
        except (EOFError, OSError):
            pass
        self.close()
        self._start_again_at = time.monotonic() + START_AGAIN
        return None

    def _start(self) -> Connection | None:
        """Return our end of the connection; None for a while after it broke."""
        if self._connection is None and time.monotonic() >= self._start_again_at:
            self._connection, self._process = _started()
            self._ready, self._words = False, None
        return self._connection

    def _is_ready(self, patience: float) -> bool:
        if not self._ready and self._connection is not None and self._connection.poll(patience):
            self._ready = self._connection.recv()
        return self._ready


def _started() -> tuple[Connection, subprocess.Popen[bytes]]:
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", __name__, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # A fault's last words may say which page was asked for.
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
    return ours, process


def run_page_process(connection: Connection) -> None:
    """Say that all is ready, then answer requests until the other side closes: with None where no page can be made."""
    words: Vocabulary | None = None
    with suppress(EOFError, OSError):
        connection.send(True)
        while True:
            request: PageRequest = connection.recv()
            words = request.words or words
            try:
                made = page(request.description, words, request.language) if words else None
            except Exception:
                made = None
            connection.send(made)


if __name__ == "__main__":
    hide_memory()
    limit_process(MEMORY)
    run_page_process(Connection(int(sys.argv[1])))
    os._exit(0)
