"""Lets Flask answer under Granian's own interface (RSGI), which says what WSGI cannot: that a client has left.

Bodies are read here, with a limit and a deadline, so that half-sent ones hold no thread; files are sent by Granian
itself, so that slow readers hold none either. An answer is begun only when it is whole
and its length known, since Granian ends a broken stream like a complete one.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from functools import partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

from coopgraph.errors import TooManyRequests
from coopgraph.store.protocol import Departure
from coopgraph.web.asked import BEGUN
from coopgraph.web.cache import Asked, Cache, Kept, read_of
from coopgraph.web.callers import Caller, Callers
from coopgraph.web.prompt import PATH, Prompt

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BODY_TIME = 30.0
"""Seconds in which a request's body must have come."""

PATIENCE = 0.05
"""Seconds after which a request that still works is watched for its client's leaving."""

OPENING_TIME = 30.0
"""Seconds that Granian has to open a file we send; after that only its own handle keeps it."""

IN_MEMORY = 1024 * 1024
"""Bytes of a body that is kept in memory; a larger one goes through a file."""

_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_TIMEOUT = HTTPStatus.REQUEST_TIMEOUT


_PLACE = "coopgraph.place"


class Bridge:
    """An RSGI application around a WSGI one that keeps answers: those it has are given at once, without a thread.

    ``threads`` requests are worked on at the same time; ``body_limit`` in bytes. The application gets no address, but
    ``coopgraph.place``, which gives one of its client's places among ``callers``.
    """

    def __init__(self, application: Cache, prompt: Prompt, *, callers: Callers, threads: int, body_limit: int) -> None:
        self._application = application
        self._prompt = prompt
        self._callers = callers
        self._body_limit = body_limit
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="coopgraph-request")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.close(1003)
            return
        headers = _headers(scope)
        read = read_of(scope.method, scope.scheme, scope.path, scope.query_string, headers)
        kept = self._application.find(read) if read else None
        if kept is not None:
            protocol.response_bytes(kept.status, kept.headers, kept.body)
            return
        caller = self._callers.of(scope.client, headers.get("x-forwarded-for", ""))
        if read is not None and read.path == PATH:
            await self._query(scope, protocol, headers, read, caller)
        else:
            await self._pass_on(scope, protocol, headers, {_PLACE: partial(self._callers.place, caller)})

    async def _query(
        self, scope: Any, protocol: Any, headers: Mapping[str, str], read: Asked, caller: Caller | None
    ) -> None:
        """Answer a read of ``/sparql``: without a thread where that is possible."""
        with ExitStack() as held:
            try:
                held.enter_context(self._callers.place(caller))
            except TooManyRequests:
                # The application says so.
                await self._pass_on(scope, protocol, headers, {_PLACE: partial(self._callers.place, caller)})
                return
            came = await self._prompt.answer(read)
            if isinstance(came, Kept):
                protocol.response_bytes(came.status, came.headers, came.body)
                return
            if came is not None:
                held.callback(came.asking.close)
            await self._pass_on(scope, protocol, headers, {_PLACE: nullcontext, BEGUN: came})

    async def _pass_on(self, scope: Any, protocol: Any, headers: Mapping[str, str], more: Mapping[str, object]) -> None:
        """Let the application answer in a thread; ``more`` is what it learns beyond the request."""
        body = b""
        if scope.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                body = await asyncio.wait_for(self._body(protocol), BODY_TIME)
            except (TimeoutError, _TooLarge) as error:
                _refuse_body(protocol, _TOO_LARGE if isinstance(error, _TooLarge) else _TIMEOUT)
                return
        loop = asyncio.get_running_loop()
        departure = Departure()
        watch = _Watch(protocol, departure)
        patience = loop.call_later(PATIENCE, watch.begin)
        environ = {**_environ(scope, headers, body, departure), **more}
        try:
            reply = await loop.run_in_executor(self._threads, self._work, environ)
        finally:
            patience.cancel()
            watch.end()
        _send(protocol, reply)

    async def _body(self, protocol: Any) -> bytes:
        parts = []
        size = 0
        async for part in protocol:
            size += len(part)
            if size > self._body_limit:
                raise _TooLarge
            parts.append(part)
        return b"".join(parts)

    def _work(self, environ: WSGIEnvironment) -> _Reply:
        reply = _Reply()
        content = self._application(environ, reply.start)
        if isinstance(content, _File):
            reply.file = content.file
            return reply
        try:
            reply.collect(content)
        finally:
            if hasattr(content, "close"):
                content.close()
        return reply

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _TooLarge(Exception):
    """A body beyond the limit."""


class _Reply:
    """A WSGI application's whole answer: in memory, or in a file where it is large."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.file: IO[bytes] | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        """Be the ``start_response`` of PEP 3333."""
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower(), value) for name, value in headers]
        return self._write

    def collect(self, content: Iterable[bytes]) -> None:
        """Take the body in."""
        for piece in content:
            self._write(piece)
        if self.file is not None:
            self.file.flush()
            self.file.seek(0)

    def _write(self, piece: bytes) -> None:
        if self.file is None and len(self.body) + len(piece) > IN_MEMORY:
            self.file = tempfile.TemporaryFile(prefix="coopgraph-")  # noqa: SIM115 - closed once it is sent
            self.file.write(self.body)
            self.body = b""
        if self.file is None:
            self.body += piece
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


class _Watch:
    """Tells ``departure`` when the client leaves, once it has begun and until it ends."""

    def __init__(self, protocol: Any, departure: Departure) -> None:
        self._protocol = protocol
        self._departure = departure
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        await self._protocol.client_disconnect()
        self._departure.announce()


def _refuse_body(protocol: Any, status: HTTPStatus) -> None:
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": f"{status.description}."}
    headers = [
        ("content-type", "application/problem+json"),
        ("access-control-allow-origin", "*"),
        ("connection", "close"),
    ]
    protocol.response_bytes(status, headers, json.dumps(problem).encode("utf-8"))


def _send(protocol: Any, reply: _Reply) -> None:
    if reply.file is None:
        protocol.response_bytes(reply.status, reply.headers, reply.body)
        return
    # An unnamed file has a name among this process's descriptors, by which Granian opens a handle of its own.
    protocol.response_file(reply.status, reply.headers, f"/dev/fd/{reply.file.fileno()}")
    asyncio.get_running_loop().call_later(OPENING_TIME, reply.file.close)


def _headers(scope: Any) -> dict[str, str]:
    """Return the request's headers by name in lower case, those sent several times joined by commas."""
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _environ(scope: Any, headers: Mapping[str, str], body: bytes, departure: Departure) -> WSGIEnvironment:
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
        "coopgraph.departure": departure,
    }
    for name, value in headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in ("content-length", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ
