"""Lets Flask, which speaks WSGI, answer over connections: bodies are read here, threads work, answers come back whole.

Bodies are read with a limit and a deadline, so that half-sent ones hold no thread; a client that leaves is told of to
whoever works for it. An answer is begun only when it is whole and its length known (decision 9). What no part of the
application could understand is refused before it: a request whose host, length or coding is in doubt.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

from coopgraph.http.origin import Origin
from coopgraph.query.service import StartedQuery
from coopgraph.server.client_limiter import Caller, ClientLimiter, ClientSlot
from coopgraph.server.fast_path import PATH, FastPath
from coopgraph.server.http1.interfaces import Respond
from coopgraph.server.http1.message import Exchange, Head, Refused, Reply
from coopgraph.server.response_cache import CachedResponse, CacheKey, ResponseCache, read_of
from coopgraph.server.spool_quota import SpoolQuota
from coopgraph.store.protocol import CancellationToken
from coopgraph.web.common.request_context import STARTED

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BODY_TIME = 30.0
"""Seconds in which a request's body must have come."""

BODY_IN_MEMORY = 1024 * 1024
"""Bytes of a body that is kept in memory; a larger one goes through a file."""

SMALL_BODY = 64 * 1024
"""Bytes that every request's body may have, however many come at once."""

LARGE_BODIES = 16
"""How many bodies of the largest size are held at once; what is more than a small body is refused past it."""

DRAINED = 2
"""How many times the largest size a body is read, and forgotten, so that its client hears why it is refused."""

TRAILERS = ("repr-digest", "x-coopgraph-rows")
"""What of an answer's headers follows its body as well, where the client takes trailers."""

SCHEME = "http"
"""What is spoken here; a proxy before it may speak another."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_log = logging.getLogger("coopgraph.web")
_PLACE = "coopgraph.client_slot"
_CALLER = "coopgraph.caller"


class WsgiGateway:
    """A WSGI application that keeps answers, as one of HTTP/1.1: what it has is given at once, without a thread.

    ``threads`` requests are worked on at the same time; ``body_limit`` in bytes; ``quota`` bounds what is sent from
    temporary files. The application gets no address, but ``coopgraph.place``, one of its client's places among
    ``callers``.
    """

    def __init__(
        self,
        application: ResponseCache,
        prompt: FastPath,
        *,
        origin: Origin,
        callers: ClientLimiter,
        quota: SpoolQuota,
        threads: int,
        body_limit: int,
    ) -> None:
        self._application = application
        # Asked for each request, so that nothing stands between.
        self.ready = application.find
        self._prompt = prompt
        self._origin = origin
        self._callers = callers
        self._quota = quota
        self._body_limit = body_limit
        self._held = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="coopgraph-request")

    def recognize(self, head: Head) -> CacheKey | None:
        """Return what a request reads, where it is a plain read. Raises Refused where its meaning is in doubt."""
        _check(head)
        return read_of(head.method, self._origin.scheme(head.headers, SCHEME), head.path, head.query, head.headers)

    def answer(self, exchange: Exchange, asked: CacheKey | None, respond: Respond) -> None:
        """Answer one request: ``respond`` is called once, later, with the reply or with Refused."""
        head = exchange.head
        if head.path == "*" and head.method == "OPTIONS":
            # Of the server itself, not of any address (RFC 9110, section 9.3.7).
            asyncio.get_running_loop().call_soon(respond, Reply(200, [("allow", "GET, HEAD, POST, OPTIONS")]))
            return
        caller = self._callers.of(head.peer[0], head.headers.get("x-forwarded-for", ""))
        if asked is not None and asked.path == PATH and self._callers.enter(caller):
            self._prompt.begin(asked, partial(self._go_on, exchange, caller, respond))
        else:
            # Where the client has no place left, the application says so.
            self._start(self._in_thread(exchange, caller, self._callers.place(caller), respond))

    def _go_on(
        self, exchange: Exchange, caller: Caller | None, respond: Respond, came: CachedResponse | StartedQuery | None
    ) -> None:
        """Answer a read of ``/sparql``: by what came without a thread, where it is whole."""
        if isinstance(came, CachedResponse):
            self._callers.leave(caller)
            respond(came)
        else:
            self._start(self._in_thread(exchange, caller, self._callers.place(caller, held=True), respond, came))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_thread(
        self,
        exchange: Exchange,
        caller: Caller | None,
        place: ClientSlot,
        respond: Respond,
        begun: StartedQuery | None = None,
    ) -> None:
        """Let the application answer; ``place`` is given back when that is sent, what was ``begun`` at once."""
        body = _Body()
        reply: Reply | Refused
        try:
            reply = await self._pass_on(exchange, body, {_PLACE: place, _CALLER: caller, STARTED: begun})
            self._admit(reply, exchange, caller)
            reply.on_close(place.give_back)
        except Refused as refused:
            reply = refused
        except Exception as error:
            _log.error("unforeseen %s before the application", type(error).__name__)
            reply = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        finally:
            self._held -= body.size
            if begun is not None:
                begun.asking.close()
        if isinstance(reply, Refused):
            place.give_back()
        respond(reply)

    def _admit(self, reply: Reply, exchange: Exchange, caller: Caller | None) -> None:
        """Count a reply that is sent from a temporary file. Raises Refused where there is no room for it."""
        # What has a name is a file of a release.
        if reply.file is None or isinstance(reply.file.name, str):
            return
        admitted = self._quota.admit(caller, os.fstat(reply.file.fileno()).st_size, exchange.abort)
        if admitted is None:
            reply.close()
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too many large results are being sent. Ask again when yours have come, or in a moment.",
                ("retry-after", "5"),
            )
        reply.on_close(admitted.release)

    async def _pass_on(self, exchange: Exchange, body: _Body, more: Mapping[str, object]) -> Reply:
        """Let the application answer in a thread; ``more`` is what it learns beyond the request. Raises Refused."""
        if exchange.head.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                await asyncio.wait_for(self._read(exchange, body), BODY_TIME)
            except TimeoutError as error:
                raise Refused(
                    HTTPStatus.REQUEST_TIMEOUT, f"The body did not come whole within {BODY_TIME:g} seconds."
                ) from error
        cancellation = CancellationToken()
        exchange.on_leaving(cancellation.announce)
        scheme = self._origin.scheme(exchange.head.headers, SCHEME)
        environ = {**_environ(exchange.head, scheme, body.whole(), cancellation), **more}
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._work, exchange.head, environ)

    async def _read(self, exchange: Exchange, body: _Body) -> None:
        """Read a body whole. Raises Refused where it is too large or breaks off."""
        length = exchange.head.headers.get("content-length")
        too_large = Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {self._body_limit:,} bytes at most.")
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
                self._held += len(part)
            if body.size > SMALL_BODY and self._held > LARGE_BODIES * self._body_limit:
                raise Refused(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "Too many large bodies are being sent to this service. Send it again in a moment.",
                    ("retry-after", "5"),
                )
        if size > self._body_limit:
            raise too_large

    def _work(self, head: Head, environ: WSGIEnvironment) -> Reply:
        answer = _Answer()
        content = self._application(environ, answer.start)
        if isinstance(content, _File):
            answer.file = content.file
        else:
            try:
                answer.collect(content)
            finally:
                if hasattr(content, "close"):
                    content.close()
        return answer.reply(head)

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Body:
    """What has come of a request's body so far."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        """Take the next part."""
        self._parts.append(part)
        self.size += len(part)

    def whole(self) -> bytes:
        """Return all of it, and keep no part."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class _Answer:
    """A WSGI application's whole answer: in memory, or in a file where it is large."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: list[tuple[str, str]] = []
        self._body = b""
        self.file: IO[bytes] | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        """Be the ``start_response`` of PEP 3333."""
        self._status = int(status.partition(" ")[0])
        # The date is the server's to say.
        self._headers = [(name.lower(), value) for name, value in headers if name.lower() != "date"]
        return self._write

    def collect(self, content: Iterable[bytes]) -> None:
        """Take the body in."""
        for piece in content:
            self._write(piece)
        if self.file is not None:
            size = self.file.tell()
            self.file.seek(0)
            self._headers = [field for field in self._headers if field[0] != "content-length"]
            self._headers.append(("content-length", str(size)))

    def reply(self, head: Head) -> Reply:
        """Return it as it is sent to whoever sent ``head``."""
        bodiless = head.method == "HEAD"
        trailers = self._trailers() if not bodiless and _takes_trailers(head) else None
        return Reply(self._status, self._headers, self._body, self.file, bodiless=bodiless, trailers=trailers)

    def _trailers(self) -> list[tuple[str, str]]:
        """Return what is said of a result once more after it, so that a client that has it all can tell."""
        said = [field for field in self._headers if field[0] in TRAILERS]
        return said if self._status == HTTPStatus.OK else []

    def _write(self, piece: bytes) -> None:
        if self.file is None and len(self._body) + len(piece) > BODY_IN_MEMORY:
            self.file = tempfile.TemporaryFile(prefix="coopgraph-")  # noqa: SIM115 - closed once it is sent
            self.file.write(self._body)
            self._body = b""
        if self.file is None:
            self._body += piece
        else:
            self.file.write(piece)


class _File:
    """What ``wsgi.file_wrapper`` makes of an open file."""

    def __init__(self, file: IO[bytes], block: int = 65536) -> None:
        self.file = file
        self._block = block

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self._block), b"")

    def close(self) -> None:
        self.file.close()


def _check(head: Head) -> None:
    """Raise Refused for a request of which it is not sure what it means."""
    host = head.headers.get("host")
    if not _is_host(host or "") and (host is not None or head.version == "1.1"):
        raise Refused(HTTPStatus.BAD_REQUEST, "There must be one header Host, with a name or an address.")
    if head.headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "The only Transfer-Encoding that is read here is chunked.")
    if head.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "No body with a Content-Encoding is read here. Send it as it is.",
            ("accept-encoding", "identity"),
        )


@lru_cache(maxsize=256)
def _is_host(written: str) -> bool:
    return _HOST.fullmatch(written) is not None


def _takes_trailers(head: Head) -> bool:
    """Whether the client reads what follows a body (RFC 9110, section 10.1.4)."""
    taken = (item.partition(";")[0].strip() for item in head.headers.get("te", "").lower().split(","))
    return head.version == "1.1" and "trailers" in taken


def _environ(head: Head, scheme: str, body: bytes, cancellation: CancellationToken) -> WSGIEnvironment:
    host, port = head.here
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": head.path,
        "QUERY_STRING": head.query,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{head.version}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
        "coopgraph.cancellation": cancellation,
    }
    for name, value in head.headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in ("content-length", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ
