"""The time that a command takes as now."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message


def now() -> datetime:
    """Return the time in UTC, or SOURCE_DATE_EPOCH where that is set (https://reproducible-builds.org/specs/)."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise WrongUsage(
            Message("SOURCE_DATE_EPOCH cannot be “{text}”.", text=text),
            Message("Set it to whole seconds since 1970-01-01, or unset it."),
        ) from error
