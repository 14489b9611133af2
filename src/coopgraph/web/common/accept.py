"""Accept header of any length: which of the media types that an address offers the client prefers."""

from __future__ import annotations

from collections.abc import Collection

import flask
from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.utils import cached_property

from coopgraph.errors import NotAcceptable
from coopgraph.http.quality_values import quality_of, weighted
from coopgraph.messages.message import Message


class BoundedRequest(flask.Request):
    """A request of which only the beginning of the ``Accept`` header is read, like everywhere here."""

    @cached_property
    def accept_mimetypes(self) -> MIMEAccept:
        """The media ranges that the client takes, without parameters."""
        return MIMEAccept(list(weighted(self.headers.get("Accept", "")).items()))


def required(offered: Collection[str]) -> str:
    """Return the one of ``offered`` that :func:`preferred` gives. Raises NotAcceptable where there is none."""
    best = preferred(offered)
    if best is None:
        raise NotAcceptable(
            Message("This document is not to be had in the format asked for."),
            Message("Ask for one of: {formats}.", formats=", ".join(offered)),
        )
    return best


def preferred(offered: Collection[str]) -> str | None:
    """Return the one of ``offered`` that the ``Accept`` header likes best, None where it takes none of them.

    Parameters of the header's types (``charset``, JSON-LD's ``profile``) are passed over: each type here has one form.
    Without a header anything is taken, and the first is given.
    """
    wanted = weighted(request.headers.get("Accept", "")) or {"*/*": 1.0}
    best = max(offered, key=lambda media_type: quality_of(media_type, wanted))
    return best if quality_of(best, wanted) else None
