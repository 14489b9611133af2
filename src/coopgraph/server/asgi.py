"""ASGI over HTTP/1.1: requests become scopes and messages of an ASGI application, and its messages responses.

What the cache has is given at once, without the application. Bodies are read here, with a limit and a deadline, so that
half-sent ones cost no work; a client that leaves is told of by ``http.disconnect``, and one that reads slowly lets
``send`` wait. What ends before its end breaks the connection off. What no application could understand is refused: a
request whose host, length or coding is in doubt.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from coopgraph.errors import OurFault
from coopgraph.http.asgi import CLIENT, TRAILERS, ASGIApplication, ASGIEvent, ClientExtension, Scope
from coopgraph.http.origin import Origin
from coopgraph.messages.message import Message
from coopgraph.server.client_limiter import ClientLimiter, ClientSlot
from coopgraph.server.http1.message import Exchange, Head, Headers, Refused, Reply
from coopgraph.server.response_cache import CacheKey, ResponseCache, read_of

if TYPE_CHECKING:
    from coopgraph.server.http1.responder import Responder

BODY_TIME = 30.0
"""Seconds in which a request's body must have come."""

SMALL_BODY = 64 * 1024
"""Bytes that every request's body may have, however many come at once."""

LARGE_BODIES = 16
"""How many bodies of the largest size are held at once; what is more than a small body is refused past it."""

DRAINED = 2
"""How many times the largest size a body is read, and forgotten, so that its client hears why it is refused."""

SCHEME = "http"
"""What is spoken here; a proxy before it may speak another."""

VERSIONS = {"version": "3.0", "spec_version": "2.4"}
"""The version of ASGI, and of its HTTP message format, that is spoken."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_log = logging.getLogger("coopgraph.server")


class AsgiRunner:
    """Answers exchanges by an ASGI application, whose responses ``cache`` keeps.

    ``origin`` says the scheme by which a reader asks, and ``body_limit`` is in bytes. The application gets no address,
    but who asks as :class:`ClientExtension` says it, by one of the client's places in ``limiter``.
    """

    def __init__(self, cache: ResponseCache, *, origin: Origin, limiter: ClientLimiter, body_limit: int) -> None:
        self._cache = cache
        # Asked for each request, so that nothing stands between.
        self.ready = cache.find
        self._origin = origin
        self._limiter = limiter
        self._body_limit = body_limit
        self._held = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def recognize(self, head: Head) -> CacheKey | None:
        """Return what a request reads, where it is a plain read. Raises Refused where its meaning is in doubt."""
        _check(head)
        return read_of(head.method, self._origin.scheme(head.headers, SCHEME), head.path, head.query, head.headers)

    def answer(self, exchange: Exchange, asked: CacheKey | None, respond: Responder) -> None:
        """Answer one request: ``respond`` is called or begun once, later."""
        head = exchange.head
        if head.path == "*" and head.method == "OPTIONS":
            # Of the server itself, not of any address (RFC 9110, section 9.3.7).
            asyncio.get_running_loop().call_soon(respond, Reply(200, [("allow", "GET, HEAD, POST, OPTIONS")]))
            return
        task = asyncio.get_running_loop().create_task(self._run(exchange, asked, respond))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, exchange: Exchange, asked: CacheKey | None, respond: Responder) -> None:
        """Let the application answer; the client's place is given back when that is sent."""
        head = exchange.head
        client = self._limiter.of(head.peer[0], head.headers.get("x-forwarded-for", ""))
        slot = self._limiter.slot(client)
        body = _Body(self)
        messages = _Messages(exchange, respond, body, slot)
        try:
            if head.method not in ("GET", "HEAD", "OPTIONS"):
                await self._read_in_time(exchange, body)
            scope = self._scope(head, {"hash": client, "slot": slot})
            await self._cache.answer(asked, scope, messages.receive, messages.send)
            messages.check_whole()
        except Refused as refused:
            respond(refused)
        except BaseException as error:
            # Whoever left needs no answer; an application that says so gave it up.
            if not exchange.left and not isinstance(error, ConnectionAbortedError):
                _log.error("unforeseen %s of the application", type(error).__name__)
            messages.fail()
        finally:
            body.forget()
            slot.give_back()

    def _scope(self, head: Head, client: ClientExtension) -> Scope:
        return {
            "type": "http",
            "asgi": VERSIONS,
            "http_version": head.version,
            "method": head.method,
            "scheme": self._origin.scheme(head.headers, SCHEME),
            "path": head.path if head.path.isascii() else head.path.encode("latin-1").decode("utf-8", "replace"),
            "raw_path": head.raw_path,
            "query_string": head.query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head.headers.items()],
            "server": head.here,
            "extensions": {TRAILERS: {}, CLIENT: client},
        }

    async def _read_in_time(self, exchange: Exchange, body: _Body) -> None:
        try:
            await asyncio.wait_for(self._read(exchange, body), BODY_TIME)
        except TimeoutError as error:
            raise Refused(
                HTTPStatus.REQUEST_TIMEOUT,
                Message("The body did not come whole within {seconds:g} seconds.", seconds=BODY_TIME),
            ) from error

    async def _read(self, exchange: Exchange, body: _Body) -> None:
        """Read a body whole. Raises Refused where it is too large or breaks off."""
        length = exchange.head.headers.get("content-length")
        too_large = Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            Message("A body may have {most:,} bytes at most.", most=self._body_limit),
        )
        longest = DRAINED * self._body_limit
        if length is not None and int(length) > longest:
            raise too_large
        size = 0
        async for part in exchange.body():
            size += len(part)
            if size > longest:
                raise too_large
            if size <= self._body_limit:
                body.add(part)
            if body.size > SMALL_BODY and self._held > LARGE_BODIES * self._body_limit:
                raise Refused(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    Message("Too many large bodies are being sent to this service. Send it again in a moment."),
                    ("retry-after", "5"),
                )
        if size > self._body_limit:
            raise too_large

    def hold(self, size: int) -> None:
        """Count bytes of bodies that are held; less than none for those that no longer are."""
        self._held += size


class _Body:
    """What has come of a request's body so far."""

    def __init__(self, runner: AsgiRunner) -> None:
        self._runner = runner
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        """Take the next part."""
        self._parts.append(part)
        self.size += len(part)
        self._runner.hold(len(part))

    def whole(self) -> bytes:
        """Return all of it, and keep no part."""
        parts, self._parts = self._parts, []
        return b"".join(parts)

    def forget(self) -> None:
        """Count it no longer."""
        self._runner.hold(-self.size)
        self.size = 0


class _Messages:
    """The messages between an application and the client of one request."""

    __slots__ = ("_begun", "_body", "_ended", "_exchange", "_given", "_left", "_respond", "_slot", "_start")

    def __init__(self, exchange: Exchange, respond: Responder, body: _Body, slot: ClientSlot) -> None:
        self._exchange = exchange
        self._slot = slot
        self._respond = respond
        self._body = body
        self._given = False
        self._left: asyncio.Future[None] | None = None
        self._start: ASGIEvent | None = None
        self._begun = self._ended = False

    async def receive(self) -> dict[str, Any]:
        """Return the body, which is whole, and after it that the client has left, once it has."""
        if not self._given:
            self._given = True
            return {"type": "http.request", "body": self._body.whole(), "more_body": False}
        if not self._ended:
            if self._left is None:
                self._left = asyncio.get_running_loop().create_future()
                self._exchange.on_leaving(self._leave)
            await asyncio.shield(self._left)
        return {"type": "http.disconnect"}

    def _leave(self) -> None:
        if self._left is not None and not self._left.done():
            self._left.set_result(None)

    async def send(self, message: ASGIEvent) -> None:
        """Send a message of the application's, and return when the client has read enough for more to follow.

        Raises OSError where the client has left, ValueError for a body of another length than its Content-Length says,
        RuntimeError for a message that is not due.
        """
        kind = message["type"]
        start = self._start
        if kind == "http.response.start" and start is None:
            self._start = message
            self._body.forget()
        elif kind == "http.response.body" and start is not None and not self._ended:
            await self._send_body(start, message.get("body", b""), more=message.get("more_body", False))
        elif kind == TRAILERS and start is not None and self._begun and not self._ended:
            self._end(_fields(message.get("headers", ())))
        else:
            raise RuntimeError(f"The message {kind} is not due.")

    async def _send_body(self, start: ASGIEvent, piece: bytes, *, more: bool) -> None:
        status, trailers = start["status"], start.get("trailers", False)
        if not self._begun and not more and not trailers:
            self._ended = True
            bodiless = self._exchange.head.method == "HEAD"
            self._respond(Reply(status, self._head_fields(start), piece, bodiless=bodiless))
            return
        if not self._begun:
            self._begun = True
            self._respond.begin(status, self._head_fields(start), trailers=trailers)
        await self._respond.write(piece)
        if not more and not trailers:
            self._end()

    def _head_fields(self, start: ASGIEvent) -> Headers:
        # Here, and not in the application: what the cache keeps is for every client.
        return [*_fields(start["headers"]), *self._slot.rate_limit_fields()]

    def _end(self, trailers: Headers | None = None) -> None:
        self._respond.end(trailers)
        self._ended = True

    def check_whole(self) -> None:
        """Raise RuntimeError where the application has not ended its response."""
        if not self._ended:
            raise RuntimeError("The response has no end.")

    def fail(self) -> None:
        """End a response that the application did not: by a status where none was sent, else visibly."""
        if self._begun and not self._ended:
            self._respond.abort()
        elif not self._ended:
            self._ended = True
            self._respond(Refused(HTTPStatus.INTERNAL_SERVER_ERROR, Message("Something went wrong on our side.")))


class Lifespan:
    """The protocol by which an ASGI application learns that its server starts and stops (lifespan 2.0)."""

    def __init__(self, application: ASGIApplication) -> None:
        self._application = application
        self._to_application: asyncio.Queue[ASGIEvent] = asyncio.Queue()
        self._from_application: asyncio.Queue[ASGIEvent] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Tell that the server starts, before it listens. Raises OurFault where the application cannot."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}
        self._task = asyncio.get_running_loop().create_task(self._run(scope))
        await self._tell("startup")

    async def shutdown(self) -> None:
        """Tell that the server stops; what of its requests still runs may be ended."""
        await self._tell("shutdown")

    async def _run(self, scope: Scope) -> None:
        # An application that knows nothing of this protocol raises, and is served without.
        with suppress(Exception):
            await self._application(scope, self._to_application.get, self._from_application.put)

    async def _tell(self, moment: str) -> None:
        if self._task is None or self._task.done():
            return
        await self._to_application.put({"type": f"lifespan.{moment}"})
        heard = asyncio.get_running_loop().create_task(self._from_application.get())
        await asyncio.wait({heard, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if heard.done() and heard.result()["type"] == f"lifespan.{moment}.failed":
            raise OurFault(Message("The application has failed at the server's {moment}.", moment=moment))
        heard.cancel()


def _fields(headers: Any) -> Headers:
    # The date is the server's to say.
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return [field for field in fields if field[0] != "date"]


def _check(head: Head) -> None:
    """Raise Refused for a request of which it is not sure what it means."""
    host = head.headers.get("host")
    if not _is_host(host or "") and (host is not None or head.version == "1.1"):
        raise Refused(HTTPStatus.BAD_REQUEST, Message("There must be one header Host, with a name or an address."))
    if head.headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, Message("The only Transfer-Encoding that is read here is chunked."))
    if head.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            Message("No body with a Content-Encoding is read here. Send it as it is."),
            ("accept-encoding", "identity"),
        )


@lru_cache(maxsize=256)
def _is_host(written: str) -> bool:
    return _HOST.fullmatch(written) is not None
