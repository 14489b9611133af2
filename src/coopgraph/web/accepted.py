"""Which of the media types that an address offers the client prefers."""

from __future__ import annotations

from collections.abc import Collection

from flask import request
from werkzeug.datastructures import MIMEAccept

from coopgraph.errors import NotAcceptable


def required(offered: Collection[str]) -> str:
    """Return the one of ``offered`` that :func:`preferred` gives. Raises NotAcceptable where there is none."""
    best = preferred(offered)
    if best is None:
        raise NotAcceptable(
            "This document is not to be had in the format asked for.", f"Ask for one of: {', '.join(offered)}."
        )
    return best


def preferred(offered: Collection[str]) -> str | None:
    """Return the one of ``offered`` that the ``Accept`` header likes best, None where it takes none of them.

    Parameters of the header's types (``charset``, JSON-LD's ``profile``) are passed over: each type here has one form.
    Without a header anything is taken, and the first is given.
    """
    wanted = [(media_type.partition(";")[0].strip(), quality) for media_type, quality in request.accept_mimetypes]
    return MIMEAccept(wanted or [("*/*", 1)]).best_match(list(offered))
