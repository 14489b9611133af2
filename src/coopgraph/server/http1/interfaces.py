"""Who works with whom: what a connection needs of the application and of its listener, and the listener of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from coopgraph.server.http1.message import Exchange, Head, Ready, Refused, Reply

Respond = Callable[[Reply | Ready | Refused], object]
"""Takes the reply to one request, or why there is none."""


class Application(Protocol):
    """What answers."""

    def recognize(self, head: Head) -> Any:
        """Return what a request without a body asks where it is so plain that equal bytes ask the same; else None.

        Raises Refused.
        """
        ...

    def ready(self, asked: Any) -> Ready | None:
        """Return the reply to what was recognized where it is there already."""
        ...

    def answer(self, exchange: Exchange, asked: Any, respond: Respond) -> None:
        """Answer a request: ``respond`` is called once, not before this has returned."""
        ...


class Held(Protocol):
    """A connection as its listener sees it."""

    def check(self) -> None:
        """End what takes too long; asked about once a second."""
        ...

    @property
    def idle_until(self) -> float | None:
        """When the time for the next request's head is over; None while one is answered or its body comes."""
        ...

    def stop(self) -> None:
        """Answer what is being asked, and nothing more."""
        ...

    def abort(self) -> None:
        """Break off."""
        ...


class Shared(Protocol):
    """What all connections of a listener have in common.

    ``date`` is the header of that name, ``now`` the loop's time, both at most a second old. ``stopping``: no request
    after the present one. ``recognized``: what requests asked that were answered at once.
    """

    application: Application
    date: bytes
    now: float
    stopping: bool

    def opened(self, connection: Held) -> bool:
        """Count a connection; False where there are too many."""
        ...

    def closed(self, connection: Held) -> None:
        """Forget a connection."""
        ...

    def recognized(self, sent: bytes) -> Any:
        """Return what a request of exactly these bytes asked before."""
        ...

    def remember(self, sent: bytes, asked: Any) -> None:
        """Remember what a request of these bytes asks."""
        ...
