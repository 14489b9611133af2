"""ASGI (https://asgi.readthedocs.io, HTTP message format 2.4): the types of an application, and what our server adds.

Everything that is added stands in ``scope["extensions"]``, so an application runs on any other server without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TypedDict

Scope = MutableMapping[str, Any]
ASGIEvent = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[ASGIEvent]]
Send = Callable[[ASGIEvent], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

TRAILERS = "http.response.trailers"
"""The extension by which fields may follow a body."""

CLIENT = "coopgraph.client"
"""The extension that says who asks, without saying who that is: a :class:`ClientExtension`."""


class ClientExtension(TypedDict):
    """What a server tells of a client: a keyed ``hash`` of its address, None for nobody in particular, and its slot.

    Entering the ``slot`` takes one of the client's places for queries until the response is sent. Raises
    TooManyRequests where it has none left.
    """

    hash: bytes | None
    slot: AbstractContextManager[None]


def header_fields(scope: Scope) -> dict[str, str]:
    """Return the header fields of a request by name in lower case, those sent several times joined by commas.

    A name with an underscore is left out: a gateway (RFC 3875) would take it for the one with hyphens.
    """
    fields: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        if b"_" not in raw_name:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def encoded(fields: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return header fields as ASGI has them, names in lower case."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
