"""Request context: the release that is asked, in ``/at/{release}/…`` or the current one, the same until its end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from flask import g, request

from coopgraph.context import AppContext
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.release import RELEASE_ID
from coopgraph.query.service import QueryService, StartedQuery
from coopgraph.store.protocol import CancellationToken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STARTED = "coopgraph.begun"
"""Where a WSGI environment has the query that was begun already."""

CANCELLATION = "coopgraph.cancellation"
"""Where it has what tells that the client has left."""

CLIENT_SLOT = "coopgraph.client_slot"
"""Where it has the client's place for queries, if clients are told apart."""

CLIENT_HASH = "coopgraph.client_hash"
"""Where it has a keyed hash of the client's address, if clients are told apart."""

PREFIX = "/at/"
"""How an address begins that names a release."""

_RELEASE = "coopgraph.release"

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,128}")


def query_service(app_context: AppContext) -> QueryService:
    """Return the query service of the release that this request asks. Raises StoreDown where none was built."""
    if "query_service" not in g:
        started = started_query()
        g.query_service = app_context.query_service.at(
            started.release if started else pinned() or app_context.query_service.release_name()
        )
    asked: QueryService = g.query_service
    return asked


def client_slot() -> AbstractContextManager[None]:
    """Return one of this client's places for queries, to be held while a query of theirs runs.

    Entering it raises TooManyRequests where the client has none left.
    """
    given: AbstractContextManager[None] = request.environ.get(CLIENT_SLOT, nullcontext())
    return given


def client_hash() -> bytes | None:
    """Return what stands for this client, or None for nobody in particular."""
    given: bytes | None = request.environ.get(CLIENT_HASH)
    return given


def cancellation() -> CancellationToken | None:
    """Return what tells that this request's client has left."""
    given: CancellationToken | None = request.environ.get(CANCELLATION)
    return given


def started_query() -> StartedQuery | None:
    """Return this request's query where it was begun before the application was asked."""
    started: StartedQuery | None = request.environ.get(STARTED)
    return started


def query_token() -> str | None:
    """Return the token by which this request's query can be cancelled, or None. Raises WrongUsage."""
    token = request.headers.get("X-Query-Token")
    if token is not None and not _TOKEN.fullmatch(token):
        raise WrongUsage(
            Message("The X-Query-Token cannot be used."),
            Message("Send 8 to 128 letters, digits, or . _ ~ -, that nobody can guess."),
        )
    return token


def pinned() -> str | None:
    """Return the release that the address names, or None."""
    named: str | None = request.environ.get(_RELEASE)
    return named


def root() -> str:
    """Return the path that stands before all addresses of this service, without a slash at its end."""
    return request.script_root.rstrip("/")


def release_in(path: str) -> str | None:
    """Return the release that a path begins with (``/at/{release}/…``), or None."""
    if not path.startswith(PREFIX):
        return None
    named = path.removeprefix(PREFIX).partition("/")[0]
    return named if RELEASE_ID.fullmatch(named) else None


class ReleaseInAddress:
    """WSGI layer: takes ``/at/{release}`` off the path, so that every address of the service works under it.

    The prefix moves to SCRIPT_NAME, so that addresses made for the answer stay in that release.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on."""
        path: str = environ.get("PATH_INFO", "")
        release = release_in(path)
        if release is not None:
            environ = environ | {
                _RELEASE: release,
                "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX + release,
                "PATH_INFO": path.removeprefix(PREFIX + release) or "/",
            }
        return self._application(environ, start_response)
