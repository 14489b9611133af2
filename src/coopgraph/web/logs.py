"""What a running service writes to standard error: lines of JSON for programs, plain lines on a terminal.

No line holds a query or an address of a reader: messages are ours and fixed, and of an exception its kind alone counts.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, TextIO

from coopgraph.errors import WrongUsage

STYLES = ("auto", "json", "text")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, and the record's own ``fields``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03}Z",
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


def install(style: str, stream: TextIO = sys.stderr) -> None:
    """Write all messages of this process to ``stream``. ``auto`` is text on a terminal, JSON elsewhere.

    Raises WrongUsage for a style that is none of :data:`STYLES`.
    """
    if style not in STYLES:
        raise WrongUsage(f"The setting “log_format” cannot be “{style}”.", f"Choose one of: {', '.join(STYLES)}.")
    # No line says where it was written from, so nobody looks it up for each request (Python's logging HOWTO).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    plain = style == "text" or (style == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines() if plain else JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
