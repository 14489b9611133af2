"""What a running service writes to standard error: lines of JSON for programs, plain lines on a terminal.

No line holds a query or an address of a reader: messages are ours and fixed, and of an exception its kind alone counts.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TextIO

from coopgraph.errors import WrongUsage

REQUESTS = "coopgraph.request"
"""The logger of requests."""

STYLES = ("auto", "json", "text")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, and the record's own ``fields``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    """A record as a short line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        seconds = getattr(record, "fields", {}).get("seconds")
        took = "" if seconds is None else f" in {seconds * 1000:.1f} ms"
        return f"{record.levelname} {record.getMessage()}{took}"


class Lines(logging.StreamHandler[TextIO]):
    """Writes each message at once; the lines of requests may be gathered for a moment, as each write costs a call."""

    def __init__(self, stream: TextIO, *, plain: bool) -> None:
        super().__init__(stream)
        self._plain = plain
        self._guard = threading.Lock()
        self._waiting: list[str] = []
        self._later: Callable[[Callable[[], None]], object] | None = None
        self.setFormatter(TextLines() if plain else JsonLines())

    def gather(self, later: Callable[[Callable[[], None]], object] | None) -> None:
        """Let lines of requests wait until what ``later`` is given, by any thread, is called. None: write at once."""
        self._later = later
        self.flush()

    def request(self, method: str, route: str, status: int, seconds: float, release: str | None) -> None:
        """Write the line of a request."""
        if self._plain:
            line = f"INFO {method} {route} {status} in {seconds * 1000:.1f} ms\n"
        else:
            said = _said(method, route, status, release)
            line = f'{{"time": "{_moment(time.time())}", {said}, "seconds": {round(seconds, 6)}}}\n'
        with self._guard:
            self._waiting.append(line)
            first = len(self._waiting) == 1
        if self._later is None:
            self.flush()
        elif first:
            self._later(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message, after the lines of the requests before it."""
        self.flush()
        super().emit(record)

    def flush(self) -> None:
        """Write what waits."""
        self.acquire()
        try:
            with self._guard:
                waiting, self._waiting = self._waiting, []
            if waiting:
                self.stream.write("".join(waiting))
            super().flush()
        finally:
            self.release()


def _moment(seconds: float) -> str:
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


@lru_cache(maxsize=256)
def _said(method: str, route: str, status: int, release: str | None) -> str:
    """Return what the lines of alike requests share, without the brackets."""
    line = {
        "level": "info",
        "logger": REQUESTS,
        "message": f"{method} {route} {status}",
        "method": method,
        "route": route,
        "status": status,
        "release": release,
    }
    return json.dumps(line, ensure_ascii=False)[1:-1]


def install(style: str, stream: TextIO = sys.stderr) -> Lines:
    """Write all messages of this process to ``stream``, by what is returned. ``auto``: text on a terminal, else JSON.

    Raises WrongUsage for a style that is none of :data:`STYLES`.
    """
    if style not in STYLES:
        raise WrongUsage(f"The setting “log_format” cannot be “{style}”.", f"Choose one of: {', '.join(STYLES)}.")
    # No line says where it was written from, so nobody looks it up for each request (Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    plain = style == "text" or (style == "auto" and stream.isatty())
    lines = Lines(stream, plain=plain)
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    return lines
