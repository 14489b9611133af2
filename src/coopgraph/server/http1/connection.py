"""Connection (RFC 9112, section 9): has its requests answered one after the other, and sends the responses."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Generic, NamedTuple, cast

from coopgraph.messages.message import Message
from coopgraph.server.http1.application import Key
from coopgraph.server.http1.message import (
    Exchange,
    Head,
    Ready,
    Refused,
    Reply,
    broke_off,
)
from coopgraph.server.http1.request_parser import RequestParser
from coopgraph.server.http1.responder import Responder

if TYPE_CHECKING:
    from coopgraph.server.http1.listener import Listener

if sys.platform != "win32":
    import fcntl
    import termios

WAITING = 32
"""Requests of one client that wait for the one before them; what comes after stays in the network."""

MOST_WAITING = 512
"""Requests of one client that may come in one piece."""

HEAD_TIME = 10.0
"""Seconds in which a request's head must have come, and in which a connection that is kept must be used again."""

WRITE_WAIT = 0.05
"""Seconds after which a client that sends nothing more, and waits, is taken for one that has left."""

READING_TIME = 60.0
"""Seconds after which it is looked whether a client has read enough of what it is sent."""

LEAST_READ = 60 * 1024
"""Bytes that it must have read in that time, where there were as many."""

LINGERING_TIME = 2.0
"""Seconds in which a client that still sends may read why it is refused."""

LINGERING = 64 * 1024 * 1024
"""Bytes that it may still send."""


class _Waiting(NamedTuple, Generic[Key]):
    """A request that is to be answered: recognized as ``asked``, or ``refused``."""

    exchange: Exchange
    asked: Key | None
    refused: Refused | None


class Connection(asyncio.Protocol, Generic[Key]):
    """A client's connection, from the first byte to the end; ``shared`` is the listener that it belongs to."""

    _transport: asyncio.Transport
    _reader: RequestParser

    def __init__(self, shared: Listener[Key]) -> None:
        self._shared = shared
        self._application = shared.application
        # The first is being answered.
        self._waiting: deque[_Waiting[Key]] = deque()
        self._at_once: Key | None = None
        # The first of those that wait is being answered; its reply is being sent; the client has to wait with others.
        self._answering = self._sending = self._paused = False
        self._given = self._taken = 0
        self._stalling = False
        self._writable: asyncio.Future[None] | None = None
        # The client sends nothing more; nothing more is read; nothing more is sent.
        self._half_closed = self._deaf = self._ended = False
        self._dropped = 0
        self._deadline = 0.0

    # The transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a connection that a client has opened: see :class:`asyncio.BaseProtocol`."""
        # What uvloop gives is one by what it does, not by its class.
        self._transport = cast("asyncio.Transport", transport)
        peer, here = (transport.get_extra_info(name) or ("", 0) for name in ("peername", "sockname"))
        self._reader = RequestParser(self._begin, self._take, self, peer=peer[:2], here=here[:2])
        self._begin()
        if not self._shared.opened(self):
            self._refuse(
                Refused(HTTPStatus.SERVICE_UNAVAILABLE, Message("Too many connections are open."), ("retry-after", "5"))
            )

    def connection_lost(self, error: Exception | None) -> None:
        """End with a connection that was closed: see :class:`asyncio.BaseProtocol`."""
        self._shared.closed(self)
        self._leave()
        self.resume_writing()

    def eof_received(self) -> bool:
        """See asyncio.Protocol: a client that sends nothing more may still read what is ready soon."""
        if self._ended or not self._waiting:
            return False
        self._half_closed = True
        receiving = self._reader.stop()
        if receiving is not None:
            receiving.break_off(broke_off())
        asyncio.get_running_loop().call_later(WRITE_WAIT, self._leave_unless_sending)
        return True

    def pause_writing(self) -> None:
        """Write no more to a client that does not read: see :class:`asyncio.BaseProtocol`."""
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Write on, as the client reads again: see :class:`asyncio.BaseProtocol`."""
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)
        if not self._answering and not self._transport.is_closing():
            self._advance()

    def data_received(self, data: bytes) -> None:
        """Take in bytes of requests: see :class:`asyncio.Protocol`."""
        if self._deaf:
            self._dropped += len(data)
            if self._dropped > LINGERING:
                self._transport.abort()
            return
        reader = self._reader
        fresh = not self._waiting and self._writable is None and reader.between
        if fresh:
            asked = self._shared.recognized(data)
            if asked is not None and (reply := self._application.ready(asked)) is not None:
                self._put(reply.start, self._shared.date, b"\r\n", reply.body)
                self._begin()
                return
        before, self._at_once = reader.whole, None
        try:
            reader.feed(data)
        except Refused as refused:
            self._refuse(refused)
        alone = fresh and reader.whole == before + 1 and reader.between and not self._deaf
        if alone and self._at_once is not None:
            self._shared.remember(data, self._at_once)

    # Requests

    def _begin(self) -> None:
        """Give the client time to send the head of a request."""
        self._deadline = self._shared.now + HEAD_TIME

    def _take(self, exchange: Exchange) -> None:
        """Have a request answered, after those before it. Raises Refused."""
        if self._deaf:
            return
        if len(self._waiting) >= MOST_WAITING:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS, Message("Too many requests came at once."), ("retry-after", "5")
            )
        try:
            waiting = _Waiting(exchange, self._application.recognize(exchange.head), None)
        except Refused as refused:
            waiting = _Waiting(exchange, None, refused)
        self._queue(waiting)
        if len(self._waiting) > WAITING:
            self.pause(True)

    def _refuse(self, refused: Refused) -> None:
        """Read nothing more, and say why: to the request whose body it is, or after all that came before."""
        if self._deaf:
            return
        self._deaf = True
        receiving = self._reader.stop()
        if receiving is not None and any(waiting.exchange is receiving for waiting in self._waiting):
            receiving.keep_alive = False
            receiving.break_off(refused)
            return
        nothing = Head("", "", "", "", {}, ("", 0), ("", 0))
        self._queue(_Waiting(Exchange(nothing, self, keep_alive=False), None, refused))

    def _queue(self, waiting: _Waiting[Key]) -> None:
        self._waiting.append(waiting)
        if not self._answering:
            self._advance()

    def pause(self, wait: bool) -> None:
        """See :class:`.message.Sender`."""
        if not self._transport.is_closing():
            (self._transport.pause_reading if wait else self._transport.resume_reading)()
            self._paused = wait

    def ask_for_body(self) -> None:
        """See :class:`.message.Sender`."""
        if not self._transport.is_closing():
            self._put(b"HTTP/1.1 100 Continue\r\n\r\n")

    # Replies

    def _advance(self) -> None:
        """Answer those that wait, up to one whose answer takes time, as long as the client reads what it is sent."""
        while self._waiting and self._writable is None:
            exchange, asked, refused = self._waiting[0]
            if refused is not None:
                self._reply(exchange, refused.reply(exchange.head))
            elif asked is not None and (reply := self._application.ready(asked)) is not None:
                self._at_once = asked if exchange.is_plain else None
                self._reply(exchange, reply)
            else:
                self._answering = True
                self._application.answer(exchange, asked, Responder(self, exchange))
                return
        if self._paused and not self._ended and not self._waiting:
            self.pause(False)

    def respond(self, exchange: Exchange, reply: Reply | Ready) -> None:
        """Send the reply that an answer came to, and go on."""
        if not exchange.left:
            self._reply(exchange, reply)
            self._advance()

    def _reply(self, exchange: Exchange, reply: Reply | Ready) -> None:
        """Send a reply that is in memory."""
        last = self.is_last(exchange) or (isinstance(reply, Reply) and reply.last)
        body = b"" if exchange.head.method == "HEAD" else reply.body
        self._put(reply.start, self._shared.date, _closing(exchange, last=last), body)
        self._answered(last=last)

    def begin_stream(self, exchange: Exchange, beginning: bytes, *, last: bool) -> None:
        """Send the head of a response whose body follows by :meth:`stream`; ``last`` as :meth:`is_last` says."""
        self._sending = True
        self._put(beginning, self._shared.date, _closing(exchange, last=last))

    async def stream(self, *pieces: bytes) -> None:
        """Send more of a body, and return when the client has read enough of it for more to follow."""
        self._put(*pieces)
        if self._writable is not None:
            await self._writable

    def end_stream(self, end: bytes, *, last: bool) -> None:
        """Send the ``end`` of a body, and go on with the next request."""
        self._sending = False
        if end:
            self._put(end)
        self._answered(last=last)
        self._advance()

    def is_last(self, exchange: Exchange) -> bool:
        """Whether nothing is answered on this connection after the response to ``exchange``."""
        asked_to = not exchange.keep_alive or self._shared.stopping
        # What is left of a body that nobody read is not waited for.
        return asked_to or self._reader.receiving is exchange

    def _answered(self, *, last: bool) -> None:
        self._answering = False
        self._waiting.popleft()
        if last or (self._half_closed and not self._waiting):
            self._end()
        else:
            self._begin()

    def _put(self, *pieces: bytes) -> None:
        self._given += sum(map(len, pieces))
        self._transport.writelines(pieces)

    # The end

    def _end(self) -> None:
        """Send nothing more; the client may read the rest, and send in vain for a while."""
        self._deaf = self._ended = True
        self._waiting.clear()
        self._reader.stop()
        self._deadline = self._shared.now + LINGERING_TIME
        if self._shared.stopping:
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write_eof()
            self._transport.resume_reading()

    def _leave(self) -> None:
        """The client is gone."""
        for waiting in self._waiting:
            waiting.exchange.leave()

    def _leave_unless_sending(self) -> None:
        if self._waiting and not self._sending and self._writable is None:
            self._leave()
            self._transport.abort()

    def check(self) -> None:
        """End what takes too long; asked about once a second."""
        now = self._shared.now
        unread = self._transport.get_write_buffer_size()
        if unread:
            taken = self._given - unread - _in_the_kernel(self._transport)
            if not self._stalling or (now >= self._deadline and taken - self._taken >= LEAST_READ):
                self._stalling, self._taken = True, taken
                self._deadline = now + READING_TIME
        elif self._stalling:
            self._stalling = False
            self._deadline = now + (LINGERING_TIME if self._ended else HEAD_TIME)
        if now < self._deadline:
            return
        if unread or self._ended:
            self._transport.abort()
        elif not self._waiting and self._reader.in_head:
            late = Message("The head of the request did not come whole within {seconds:g} seconds.", seconds=HEAD_TIME)
            self._refuse(Refused(HTTPStatus.REQUEST_TIMEOUT, late))
        elif not self._waiting:
            self._transport.close()

    @property
    def idle_until(self) -> float | None:
        """When the time for the next request's head is over; None while one is answered or its body comes."""
        return None if self._waiting or self._reader.receiving is not None else self._deadline

    def stop(self) -> None:
        """Answer what is being asked, and nothing more."""
        if not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        """See :class:`.message.Sender`."""
        self._transport.abort()


def _in_the_kernel(transport: asyncio.Transport) -> int:
    """Return how many bytes the system still keeps for the client, of which the transport knows nothing."""
    if sys.platform == "win32":
        return 0
    size = bytearray(4)
    with suppress(OSError):
        fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, size)
    return int.from_bytes(size, sys.byteorder)


def _closing(exchange: Exchange, *, last: bool) -> bytes:
    """Return the end of a reply's head."""
    if last:
        return b"connection: close\r\n\r\n"
    return b"connection: keep-alive\r\n\r\n" if exchange.head.version == "1.0" else b"\r\n"
