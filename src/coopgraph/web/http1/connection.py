"""One connection: reads requests one after the other, has each answered, and sends the replies in their order."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Iterator
from http import HTTPStatus
from typing import IO, Any, Protocol, cast
from urllib.parse import unquote_to_bytes

from httptools import (
    HttpParserCallbackError,
    HttpParserError,
    HttpParserInvalidMethodError,
    HttpParserUpgrade,
    HttpRequestParser,
    parse_url,
)

from coopgraph.web.http1.message import Exchange, Head, Refused, Refusing, Reply, fields

ADDRESS = 64 * 1024
"""Bytes of a request's address."""

HEADERS = 16 * 1024
"""Bytes of all headers of a request; some of them are remembered."""

MOST_HEADERS = 100
"""How many headers a request may have."""

BESIDE_BODY = 1024 * 1024
"""Bytes that a body in chunks may cost beyond eight times itself: sizes, extensions, trailers."""

WAITING = 32
"""Requests of one client that wait for the one before them; what comes after stays in the network."""

HEAD_TIME = 10.0
"""Seconds in which a request's head must have come, and in which a connection that is kept must be used again."""

PATIENCE = 0.05
"""Seconds after which a client that sends nothing more, and waits, is taken for one that has left."""

READING_TIME = 60.0
"""Seconds in which a client must have read something of what it is sent."""

LINGERING_TIME = 2.0
"""Seconds in which a client that still sends may read why it is refused."""

LINGERING = 64 * 1024 * 1024
"""Bytes that it may still send."""

PIECE = 256 * 1024
"""Bytes that are read from a file at once."""

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ ")


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

    def answer(self, exchange: Exchange, asked: Any) -> Awaitable[Reply | Ready]:
        """Return the reply to a request. Raises Refused; nothing else."""
        ...


class Ready(Protocol):
    """A reply that is kept: it is sent many times."""

    @property
    def start(self) -> bytes:
        """The status line and the headers."""
        ...

    @property
    def body(self) -> bytes:
        """The body."""
        ...


class Shared(Protocol):
    """What all connections of a listener have in common.

    ``date`` is the header of that name, ``now`` the loop's time, both at most a second old. ``stopping``: no request
    after the present one. ``recognized``: what the bytes of requests asked that were answered at once.
    """

    application: Application
    date: bytes
    now: float
    stopping: bool

    def opened(self, connection: Connection) -> bool:
        """Count a connection; False where there are too many."""
        ...

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        ...

    def recognized(self, sent: bytes) -> Any:
        """Return what a request of exactly these bytes asked before."""
        ...

    def remember(self, sent: bytes, asked: Any) -> None:
        """Remember what a request of these bytes asks."""
        ...


class Connection(asyncio.Protocol):
    """A client's connection. Its requests are answered one at a time."""

    _transport: asyncio.Transport

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._application = shared.application
        self._parser = HttpRequestParser(self)
        self._peer = self._here = ("", 0)
        # What of a request has come
        self._in_head = False
        self._head_size = 0
        self._target = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._receiving: Exchange | None = None
        self._body_size = self._beside_body = 0
        # Requests that wait, the first of which is being answered
        self._waiting: deque[tuple[Exchange, Any, Refused | None]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._at_once: Any = None
        self._came = 0
        # What is sent
        self._sending = False
        self._given = self._taken = 0
        self._stalling = False
        self._writable: asyncio.Future[None] | None = None
        self._ending = self._lingering = False
        self._dropped = 0
        self._deadline = 0.0

    # The transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        # What uvloop gives is one by what it does, not by its class.
        self._transport = transport = cast("asyncio.Transport", transport)
        self._peer = (transport.get_extra_info("peername") or ("", 0))[:2]
        self._here = (transport.get_extra_info("sockname") or ("", 0))[:2]
        self._deadline = self._shared.now + HEAD_TIME
        if not self._shared.opened(self):
            busy = Refused(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections are open.", ("retry-after", "5"))
            self._write(busy.reply(), None)
            self._end()

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._shared.closed(self)
        self._leave()
        self.resume_writing()

    def eof_received(self) -> bool:
        """See asyncio.Protocol: a client that sends nothing more may still read what is ready soon."""
        if self._lingering or not self._waiting:
            return False
        self._ending = True
        if self._receiving is not None:
            self._receiving.break_off(_broke_off())
            self._receiving = None
        asyncio.get_running_loop().call_later(PATIENCE, self._leave_unless_sending)
        return True

    def pause_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        self._writable = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._lingering:
            self._dropped += len(data)
            if self._dropped > LINGERING:
                self._transport.abort()
            return
        fresh = self._is_idle
        if fresh:
            asked = self._shared.recognized(data)
            if asked is not None:
                reply = self._application.ready(asked)
                if reply is not None:
                    self._write(reply, None)
                    self._rest()
                    return
        self._came, self._at_once = 0, None
        try:
            self._feed(data)
        except Refused as refused:
            if not self._lingering:
                self._refuse(refused)
        if fresh and self._came == 1 and self._at_once is not None and self._is_idle:
            self._shared.remember(data, self._at_once)

    @property
    def _is_idle(self) -> bool:
        return not self._in_head and not self._waiting and self._receiving is None

    def _feed(self, data: bytes) -> None:
        """Read on. Raises Refused for what is no request."""
        idle, before = self._is_idle, self._body_size
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            # Nothing else than HTTP/1.1 is spoken here, so it goes on with that.
            self._parser = HttpRequestParser(self)
            rest = data[upgrade.args[0] :]
            if rest:
                self._feed(rest)
            return
        except HttpParserCallbackError as error:
            cause = error.__context__
            raise cause if isinstance(cause, Refused) else _not_http() from error
        except HttpParserInvalidMethodError as error:
            if idle and _TOKEN.match(data):
                raise Refused(HTTPStatus.NOT_IMPLEMENTED, "This method is not known here.") from error
            raise _not_http() from error
        except HttpParserError as error:
            raise _not_http() from error
        if self._in_head:
            self._head_size += len(data)
            if len(self._target) > ADDRESS:
                raise _long_address()
            if self._head_size > ADDRESS + HEADERS:
                raise _large_headers()
        elif self._receiving is not None:
            self._beside_body += len(data) - (self._body_size - before)
            if self._beside_body > BESIDE_BODY + 8 * self._body_size:
                raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Too much comes beside the body's chunks.")

    # The parser

    def on_message_begin(self) -> None:
        """See httptools."""
        self._in_head = True
        self._head_size = 0
        self._target = b""
        self._fields = []
        self._deadline = self._shared.now + HEAD_TIME

    def on_url(self, part: bytes) -> None:
        """See httptools."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """See httptools; what follows a body is not read."""
        if self._in_head:
            self._fields.append((name, value))
            if len(self._fields) > MOST_HEADERS:
                raise _large_headers()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self._in_head = False
        self._body_size = self._beside_body = 0
        exchange = Exchange(self._head(), self, keep_alive=self._parser.should_keep_alive())
        self._receiving = exchange
        if exchange.head.has_body:
            self._enqueue(exchange)

    def on_body(self, part: bytes) -> None:
        """See httptools."""
        self._body_size += len(part)
        if self._receiving is not None:
            self._receiving.feed(part)

    def on_message_complete(self) -> None:
        """See httptools."""
        self._came += 1
        exchange, self._receiving = self._receiving, None
        if exchange is None:
            return
        exchange.end()
        if not exchange.head.has_body:
            self._enqueue(exchange)

    def _head(self) -> Head:
        """Return the head that has come. Raises Refused."""
        if len(self._target) > ADDRESS:
            raise _long_address()
        headers: dict[str, str] = {}
        size = 0
        for raw_name, raw_value in self._fields:
            size += len(raw_name) + len(raw_value)
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").rstrip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if size > HEADERS:
            raise _large_headers()
        if headers.get("expect", "100-continue").lower() != "100-continue":
            raise Refused(HTTPStatus.EXPECTATION_FAILED, "The only expectation that is met here is 100-continue.")
        target = self._target
        if not target.startswith(b"/") and target != b"*":
            target = _of_absolute(target)
        address, _, query = target.partition(b"#")[0].partition(b"?")
        path = unquote_to_bytes(address) if b"%" in address else address
        return Head(
            self._parser.get_method().decode("ascii"),
            path.decode("latin-1"),
            query.decode("latin-1"),
            self._parser.get_http_version(),
            headers,
            self._peer,
            self._here,
        )

    # Answering

    def _enqueue(self, exchange: Exchange) -> None:
        if self._lingering:
            return
        asked: Any = None
        refused: Refused | None = None
        try:
            asked = self._application.recognize(exchange.head)
        except Refused as error:
            refused = error
        self._waiting.append((exchange, asked, refused))
        if len(self._waiting) == 1:
            self._advance()
        elif len(self._waiting) > WAITING:
            self.pause(True)

    def _refuse(self, refused: Refused) -> None:
        """Answer what is no request, after those before it."""
        exchange, self._receiving = self._receiving, None
        self._in_head = False
        if exchange is not None and exchange.head.has_body:
            exchange.break_off(refused)
            exchange.keep_alive = False
            if not self._waiting:
                self._end()
            return
        nothing = Head("", "", "", "", {}, self._peer, self._here)
        exchange = Exchange(nothing, self, keep_alive=False)
        self._waiting.append((exchange, None, refused))
        if len(self._waiting) == 1:
            self._advance()

    def _advance(self) -> None:
        """Answer those that wait, as long as it takes no waiting."""
        while self._waiting and not self._lingering:
            exchange, asked, refused = self._waiting[0]
            reply = self._application.ready(asked) if asked is not None and refused is None else None
            if reply is not None:
                plain = exchange.keep_alive and exchange.head.version == "1.1" and not exchange.head.has_body
                self._at_once = asked if plain else None
                self._finish(exchange, reply)
            elif refused is not None:
                self._finish(exchange, refused.reply())
            else:
                self._task = asyncio.get_running_loop().create_task(self._answer(exchange, asked))
                return
        if not self._lingering and len(self._waiting) <= WAITING:
            self.pause(False)

    def ask_for_body(self) -> None:
        """See :class:`.message.Sender`."""
        if not self._transport.is_closing():
            self._put(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _answer(self, exchange: Exchange, asked: Any) -> None:
        try:
            reply = await self._application.answer(exchange, asked)
        except Refused as refused:
            reply = refused.reply()
        if isinstance(reply, Reply) and (reply.file is not None or reply.trailers):
            try:
                await self._send(exchange, reply)
            finally:
                reply.close()
        self._task = None
        if not exchange.left:
            if self._sending:
                self._sending = False
                self._answered(exchange, last=False)
            else:
                self._finish(exchange, reply)
            self._advance()

    def _finish(self, exchange: Exchange, reply: Reply | Ready) -> None:
        """Send a reply that is in memory."""
        self._write(reply, exchange)
        self._answered(exchange, last=isinstance(reply, Reply) and reply.last)

    def _answered(self, exchange: Exchange, *, last: bool) -> None:
        self._waiting.popleft()
        if self._receiving is exchange:
            # What is left of the body is not waited for.
            self._receiving = None
            last = True
        if last or self._is_last(exchange) or (self._ending and not self._waiting):
            self._end()
        else:
            self._rest()

    def _is_last(self, exchange: Exchange) -> bool:
        return not exchange.keep_alive or self._shared.stopping

    def _rest(self) -> None:
        """Wait for the next request."""
        self._deadline = self._shared.now + HEAD_TIME

    # Sending

    def _write(self, reply: Reply | Ready, exchange: Exchange | None) -> None:
        """Send a reply whose body is in memory. ``exchange`` None: to a plain read on a connection that is kept."""
        body = reply.body
        end = b"\r\n"
        if exchange is not None:
            if exchange.head.method == "HEAD":
                body = b""
            if self._is_last(exchange) or self._receiving is exchange or getattr(reply, "last", False):
                end = b"connection: close\r\n\r\n"
            elif exchange.head.version == "1.0":
                end = b"connection: keep-alive\r\n\r\n"
        pieces = (reply.start, self._shared.date, end, body)
        self._given += sum(map(len, pieces))
        self._transport.writelines(pieces)

    async def _send(self, exchange: Exchange, reply: Reply) -> None:
        """Send a reply from a file, or with trailers, as quickly as the client reads."""
        self._sending = True
        self._deadline = self._shared.now + READING_TIME
        chunked = bool(reply.trailers)
        end = [b"connection: close\r\n"] if self._is_last(exchange) or self._receiving is exchange else []
        self._put(reply.start, self._shared.date, *end, b"\r\n")
        if exchange.head.method == "HEAD":
            return
        for piece in _pieces(reply.body, reply.file):
            if chunked:
                self._put(b"%x\r\n" % len(piece), piece, b"\r\n")
            else:
                self._put(piece)
            if self._writable is not None:
                await self._writable
            if exchange.left:
                return
        if chunked:
            self._put(b"0\r\n", fields(reply.trailers), b"\r\n")

    def _put(self, *pieces: bytes) -> None:
        self._given += sum(map(len, pieces))
        self._transport.writelines(pieces)

    # The end

    def _end(self) -> None:
        """Send nothing more; the client may read the rest, and send in vain for a while."""
        self._lingering = True
        self._waiting.clear()
        self._receiving = None
        self._deadline = self._shared.now + LINGERING_TIME
        if self._shared.stopping:
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write_eof()
            self._transport.resume_reading()

    def _leave(self) -> None:
        """The client is gone."""
        for exchange, _, _ in self._waiting:
            exchange.leave()

    def _leave_unless_sending(self) -> None:
        if self._waiting and not self._sending:
            self._leave()
            self._transport.abort()

    def pause(self, wait: bool) -> None:
        """See :class:`.message.Sender`."""
        if not self._transport.is_closing():
            (self._transport.pause_reading if wait else self._transport.resume_reading)()

    def check(self) -> None:
        """End what takes too long; asked about once a second."""
        now = self._shared.now
        unread = self._transport.get_write_buffer_size()
        if unread:
            taken = self._given - unread
            if not self._stalling or taken != self._taken:
                self._stalling, self._taken = True, taken
                self._deadline = now + READING_TIME
        elif self._stalling:
            self._stalling = False
            self._deadline = now + (LINGERING_TIME if self._lingering else HEAD_TIME)
        if now < self._deadline:
            return
        if unread or self._lingering:
            self._transport.abort()
        elif self._in_head and not self._waiting:
            late = f"The head of the request did not come whole within {HEAD_TIME:g} seconds."
            self._refuse(Refused(HTTPStatus.REQUEST_TIMEOUT, late))
        elif self._is_idle:
            self._transport.close()

    def stop(self) -> None:
        """Answer what is being asked, and nothing more."""
        if not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        """Break off."""
        self._transport.abort()


def _pieces(body: bytes, file: IO[bytes] | None) -> Iterator[bytes]:
    if file is None:
        yield body
        return
    while piece := file.read(PIECE):
        yield piece


def _of_absolute(target: bytes) -> bytes:
    """Return path and query of an address that names the server as well (RFC 9112, section 3.2.2). Raises Refused."""
    try:
        parsed = parse_url(target)
    except HttpParserError as error:
        raise Refusing("The address of the request cannot be read.") from error
    if parsed.schema not in (b"http", b"https"):
        raise Refusing("The address of the request is not one of this service.")
    return (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b"")


def _not_http() -> Refused:
    return Refusing("This is no request of HTTP/1.1.")


def _broke_off() -> Refused:
    return Refusing("The body broke off before its end.")


def _long_address() -> Refused:
    return Refused(
        HTTPStatus.REQUEST_URI_TOO_LONG,
        f"An address may have {ADDRESS:,} bytes. A long query goes into the body (POST).",
    )


def _large_headers() -> Refused:
    return Refused(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        f"{MOST_HEADERS} headers of {HEADERS:,} bytes together are read. A long query goes into the body (POST).",
    )
