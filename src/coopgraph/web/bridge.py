"""Lets Flask answer under Granian's own interface (RSGI), which says what WSGI cannot: that a client has left.

Bodies are read here, with a limit and a deadline, so that half-sent ones hold no thread; files are sent by Granian
itself, so that slow readers hold none either. An answer is begun only when it is whole
and its length known, since Granian ends a broken stream like a complete one. What no part of the application could
understand is refused before it: a request whose host, length or coding is in doubt.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
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

SMALL_BODY = 64 * 1024
"""Bytes that every request's body may have, however many come at once."""

LARGE_BODIES = 16
"""How many bodies of the largest size are held at once; what is more than a small body is refused past it."""

DRAINED = 2
"""How many times the largest size a body is read, and forgotten, so that its client hears why it is refused."""

HEADERS = 16 * 1024
"""Bytes of all headers of a request; some of them are remembered."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

_log = logging.getLogger("coopgraph.web")
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
        self._held = 0
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="coopgraph-request")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.close(1003)
            return
        body = _Body()
        try:
            reply = await self._reply(scope, protocol, body)
        except _Refused as refused:
            _send_refusal(protocol, refused)
        except Exception as error:
            # Granian would write the error's words into the log, and they may quote a query.
            _log.error("unforeseen %s before the application", type(error).__name__)
            _send_refusal(protocol, _Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side."))
        else:
            _send(protocol, reply)
        finally:
            self._held -= body.size

    async def _reply(self, scope: Any, protocol: Any, body: _Body) -> Kept | _Reply:
        """Return the answer to a request, whose ``body`` is read into that. Raises _Refused."""
        headers = _headers(scope)
        _check(scope, headers)
        path = _path(scope)
        read = read_of(scope.method, scope.scheme, path, scope.query_string, headers)
        kept = self._application.find(read) if read else None
        if kept is not None:
            return kept
        caller = self._callers.of(scope.client, headers.get("x-forwarded-for", ""))
        passing = partial(self._pass_on, scope, protocol, headers, body)
        if read is not None and read.path == PATH:
            return await self._query(passing, read, caller)
        return await passing({_PLACE: partial(self._callers.place, caller)})

    async def _query(
        self, passing: Callable[[Mapping[str, object]], Awaitable[_Reply]], read: Asked, caller: Caller | None
    ) -> Kept | _Reply:
        """Answer a read of ``/sparql``: without a thread where that is possible."""
        with ExitStack() as held:
            try:
                held.enter_context(self._callers.place(caller))
            except TooManyRequests:
                # The application says so.
                return await passing({_PLACE: partial(self._callers.place, caller)})
            came = await self._prompt.answer(read)
            if isinstance(came, Kept):
                return came
            if came is not None:
                held.callback(came.asking.close)
            return await passing({_PLACE: nullcontext, BEGUN: came})

    async def _pass_on(
        self, scope: Any, protocol: Any, headers: Mapping[str, str], body: _Body, more: Mapping[str, object]
    ) -> _Reply:
        """Let the application answer in a thread; ``more`` is what it learns beyond the request. Raises _Refused."""
        if scope.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                await asyncio.wait_for(self._read(protocol, body, headers), BODY_TIME)
            except TimeoutError as error:
                raise _Refused(
                    HTTPStatus.REQUEST_TIMEOUT, f"The body did not come whole within {BODY_TIME:g} seconds."
                ) from error
        loop = asyncio.get_running_loop()
        departure = Departure()
        watch = _Watch(protocol, departure)
        patience = loop.call_later(PATIENCE, watch.begin)
        environ = {**_environ(scope, _path(scope), headers, body.whole(), departure), **more}
        try:
            return await loop.run_in_executor(self._threads, self._work, environ)
        finally:
            patience.cancel()
            watch.end()

    async def _read(self, protocol: Any, body: _Body, headers: Mapping[str, str]) -> None:
        """Read a body whole. Raises _Refused where it is too large or breaks off."""
        length = headers.get("content-length")
        too_large = _Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body may have {self._body_limit:,} bytes at most."
        )
        longest = DRAINED * self._body_limit
        if length is not None and int(length) > longest:
            raise too_large
        size = 0
        ended = broken = False
        async for part in protocol:
            # Granian ends a body with an empty part, and puts another one before it where the client broke it off.
            broken, ended = ended, not part
            size += len(part)
            if size > longest:
                raise too_large
            if size <= self._body_limit:
                body.add(part)
                self._held += len(part)
            if body.size > SMALL_BODY and self._held > LARGE_BODIES * self._body_limit:
                raise _Refused(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "Too many large bodies are being sent to this service. Send it again in a moment.",
                    ("retry-after", "5"),
                )
        if size > self._body_limit:
            raise too_large
        if broken or (length is not None and int(length) != size):
            raise _Refused(HTTPStatus.BAD_REQUEST, "The body broke off before its end.")

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


class _Refused(Exception):
    """A request that never reaches the application."""

    def __init__(self, status: HTTPStatus, detail: str, *headers: tuple[str, str]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


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


def _check(scope: Any, headers: Mapping[str, str]) -> None:
    """Raise _Refused for a request of which it is not sure what it means."""
    if sum(len(name) + len(value) for name, value in headers.items()) > HEADERS:
        raise _Refused(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"The headers may have {HEADERS:,} bytes together. A long query goes into the body (POST).",
        )
    host = headers.get("host")
    if not _HOST.fullmatch(host or "") and (host is not None or scope.http_version == "1.1"):
        raise _Refused(HTTPStatus.BAD_REQUEST, "There must be one header Host, with a name or an address.")
    if headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise _Refused(HTTPStatus.NOT_IMPLEMENTED, "The only Transfer-Encoding that is read here is chunked.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "No body with a Content-Encoding is read here. Send it as it is.",
            ("accept-encoding", "identity"),
        )


def _send_refusal(protocol: Any, refused: _Refused) -> None:
    problem = {
        "type": "about:blank",
        "title": refused.status.phrase,
        "status": refused.status,
        "detail": refused.detail,
    }
    headers = [
        ("content-type", "application/problem+json"),
        ("access-control-allow-origin", "*"),
        ("cache-control", "no-store"),
        ("connection", "close"),
        *refused.headers,
    ]
    protocol.response_bytes(refused.status, headers, json.dumps(problem).encode("utf-8"))


def _send(protocol: Any, reply: Kept | _Reply) -> None:
    if isinstance(reply, Kept) or reply.file is None:
        protocol.response_bytes(reply.status, reply.headers, reply.body)
        return
    # An unnamed file has a name among this process's descriptors, by which Granian opens a handle of its own.
    protocol.response_file(reply.status, reply.headers, f"/dev/fd/{reply.file.fileno()}")
    asyncio.get_running_loop().call_later(OPENING_TIME, reply.file.close)


def _path(scope: Any) -> str:
    """Return the decoded path as WSGI has it: a character for each of its bytes (PEP 3333)."""
    path: str = scope.path
    return path.encode("utf-8").decode("latin-1")


def _headers(scope: Any) -> dict[str, str]:
    """Return the request's headers by name in lower case, those sent several times joined by commas."""
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _environ(scope: Any, path: str, headers: Mapping[str, str], body: bytes, departure: Departure) -> WSGIEnvironment:
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
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
