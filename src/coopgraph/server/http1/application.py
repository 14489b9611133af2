"""The application as a connection sees it: what recognizes and answers requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from coopgraph.server.http1.message import Exchange, Head, Ready

if TYPE_CHECKING:
    from coopgraph.server.http1.responder import Responder

Key = TypeVar("Key")
"""What a plain request asks, as its application recognizes it."""


class Application(Protocol[Key]):
    """Application behind the HTTP/1.1 server, which answers the requests that it has read."""

    def recognize(self, head: Head) -> Key | None:
        """Return what a request without a body asks where it is so plain that equal bytes ask the same; else None.

        Raises Refused.
        """
        ...

    def ready(self, asked: Key) -> Ready | None:
        """Return the response to what was recognized where it is there already."""
        ...

    def answer(self, exchange: Exchange, asked: Key | None, respond: Responder) -> None:
        """Answer a request: ``respond`` is called or begun once, not before this has returned."""
        ...
