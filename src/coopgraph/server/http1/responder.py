"""Responder: frames the response to one exchange (RFC 9112, sections 6 and 7), whole or in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coopgraph.server.http1.message import (
    WITHOUT_BODY,
    Exchange,
    Headers,
    Ready,
    Refused,
    Reply,
    chunked_start,
    header_lines,
    start,
)

if TYPE_CHECKING:
    from coopgraph.server.http1.connection import Connection


class Responder:
    """Sends the response to one exchange: whole when it is called, or in pieces, as quickly as the client reads."""

    __slots__ = ("_bodiless", "_chunked", "_connection", "_exchange", "_last", "_rest")

    def __init__(self, connection: Connection[Any], exchange: Exchange) -> None:
        self._connection = connection
        self._exchange = exchange
        self._bodiless = self._chunked = self._last = False
        self._rest: int | None = None

    def __call__(self, reply: Reply | Ready | Refused) -> None:
        """Send a response that is whole."""
        self._connection.respond(
            self._exchange, reply.reply(self._exchange.head) if isinstance(reply, Refused) else reply
        )

    def begin(self, status: int, headers: Headers, *, trailers: bool = False) -> None:
        """Send the head of a response, names of headers in lower case; the body follows by :meth:`write`.

        Without a length, or before ``trailers``, it goes in chunks, where the client knows these (HTTP/1.1).
        """
        exchange = self._exchange
        if exchange.left:
            return
        length = next((int(value) for name, value in headers if name == "content-length"), None)
        self._bodiless = exchange.head.method == "HEAD" or status in WITHOUT_BODY
        self._chunked = not self._bodiless and exchange.head.version == "1.1" and (length is None or trailers)
        self._rest = None if self._bodiless or self._chunked else length
        self._last = self._connection.is_last(exchange) or not (
            self._bodiless or self._chunked or self._rest is not None
        )
        beginning = chunked_start(status, headers) if self._chunked else start(status, headers)
        self._connection.begin_stream(exchange, beginning, last=self._last)

    async def write(self, piece: bytes) -> None:
        """Send more of the body, and return when more may follow.

        Raises ConnectionResetError where the client has left, ValueError for more than the length that was said.
        """
        if self._exchange.left:
            raise ConnectionResetError("The client has left.")
        if self._bodiless or not piece:
            return
        if self._rest is not None:
            self._rest -= len(piece)
            if self._rest < 0:
                raise ValueError("The body is longer than its Content-Length.")
        await self._connection.stream(*((b"%x\r\n" % len(piece), piece, b"\r\n") if self._chunked else (piece,)))

    def end(self, trailers: Headers | None = None) -> None:
        """The body is whole. Raises ValueError where it is shorter than the length that was said."""
        if self._exchange.left:
            return
        if self._rest:
            raise ValueError("The body is shorter than its Content-Length.")
        self._connection.end_stream(
            b"0\r\n%b\r\n" % header_lines(trailers or []) if self._chunked else b"", last=self._last
        )

    def abort(self) -> None:
        """Break the connection off, so that the client sees that the response is not whole."""
        self._exchange.abort()
