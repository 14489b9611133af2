"""Logs of a running service on standard error: lines of JSON for programs, plain lines on a terminal.

No line holds a query or an address of a reader: messages are ours and fixed, and of an exception its kind alone counts.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TextIO

from coopgraph.errors import WrongUsage
from coopgraph.http.request_record import REQUESTS, RequestRecord
from coopgraph.messages.message import Message

STYLES = ("auto", "json", "text")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, and the record's own ``fields``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the log record as a line of JSON, without its end."""
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
        """Return the log record as a line of text, without its end."""
        seconds = getattr(record, "fields", {}).get("seconds")
        took = "" if seconds is None else f" in {seconds * 1000:.1f} ms"
        return f"{record.levelname} {record.getMessage()}{took}"


class Lines(logging.StreamHandler[TextIO]):
    """Writes messages, and lines of many requests at once, as each write costs a call of the system."""

    def __init__(self, stream: TextIO, *, plain: bool) -> None:
        super().__init__(stream)
        self._line = _text if plain else _json
        self.setFormatter(TextLines() if plain else JsonLines())

    def requests(self, requests: Sequence[RequestRecord]) -> None:
        """Write a line for each request."""
        lines = "".join(map(self._line, requests))
        self.acquire()
        try:
            self.stream.write(lines)
            self.flush()
        finally:
            self.release()


def _text(request: RequestRecord) -> str:
    return f"INFO {request.method} {request.route} {request.status} in {request.seconds * 1000:.1f} ms\n"


def _json(request: RequestRecord) -> str:
    said = _said(request.method, request.route, request.status, request.release)
    return f'{{"time": "{_moment(request.moment)}", {said}, "seconds": {round(request.seconds, 6)}}}\n'


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


def install_logs(style: str, stream: TextIO = sys.stderr) -> Lines:
    """Write all messages of this process to ``stream``, by what is returned. ``auto``: text on a terminal, else JSON.

    Raises WrongUsage for a style that is none of :data:`STYLES`.
    """
    if style not in STYLES:
        raise WrongUsage(
            Message("The setting “log_format” cannot be “{style}”.", style=style),
            Message("Choose one of: {styles}.", styles=", ".join(STYLES)),
        )
    # No line says where it was written from, so nobody looks it up for each request (Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    plain = style == "text" or (style == "auto" and stream.isatty())
    lines = Lines(stream, plain=plain)
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    return lines
