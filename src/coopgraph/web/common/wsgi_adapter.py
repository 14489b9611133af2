"""WSGI adapter: lets a WSGI application (PEP 3333) answer as an ASGI one, in threads.

An answer is sent only when it is whole and its length known (decision 9), from memory or from a temporary file, and
then as quickly as its client reads. A client that leaves is told of to whoever works for it.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from coopgraph.http.asgi import CLIENT, TRAILERS, ClientExtension, Receive, Scope, Send, encoded, header_fields
from coopgraph.http.problem_document import problem_document
from coopgraph.messages.message import Message
from coopgraph.store.protocol import CancellationToken
from coopgraph.web.common.request_context import CANCELLATION, CLIENT_HASH, CLIENT_SLOT
from coopgraph.web.common.spool_quota import SpoolQuota

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

BODY_IN_MEMORY = 1024 * 1024
"""Bytes of a body that is kept in memory; a larger one goes through a file."""

SENT_PIECE = 256 * 1024
"""Bytes that are read from a file at once."""

REPEATED = ("repr-digest", "x-coopgraph-rows")
"""What of an answer's headers follows its body as well, where the client takes trailers."""


class WsgiAdapter:
    """``application`` as one of ASGI, ``threads`` requests at the same time; ``quota`` bounds what is sent from files.

    A request whose body has more than ``body_limit`` bytes does not reach it.
    """

    def __init__(self, application: WSGIApplication, *, threads: int, body_limit: int, quota: SpoolQuota) -> None:
        self._application = application
        self._body_limit = body_limit
        self._quota = quota
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="coopgraph-request")

    async def answer(self, scope: Scope, receive: Receive, send: Send, more: Mapping[str, object]) -> None:
        """Answer a request; ``more`` is what the application learns beyond it.

        Raises ConnectionAbortedError where an answer must make room for another one before it has been sent.
        """
        body = await _body(receive, self._body_limit)
        if body is None:
            return
        if len(body) > self._body_limit:
            await _refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                Message("A body may have {most:,} bytes at most.", most=self._body_limit),
                scope,
                [],
                send,
            )
            return
        cancellation = CancellationToken()
        environ = {**_environ(scope, body), CANCELLATION: cancellation, **more}
        del body
        loop = asyncio.get_running_loop()
        leaving = loop.create_task(_announce_leaving(receive, cancellation))
        try:
            answer = await loop.run_in_executor(self._threads, self._work, environ)
        finally:
            leaving.cancel()
        with closing(answer):
            await self._send(scope, answer, send)

    def _work(self, environ: WSGIEnvironment) -> WsgiAnswer:
        answer = WsgiAnswer()
        content = self._application(environ, answer.start)
        if isinstance(content, _File):
            answer.file = content.file
        else:
            try:
                answer.collect(content)
            finally:
                if hasattr(content, "close"):
                    content.close()
        return answer

    async def _send(self, scope: Scope, answer: WsgiAnswer, send: Send) -> None:
        file = answer.file
        if file is None:
            await _send_whole(scope, answer, send)
        # What has a name is a file of a release, and takes no room.
        elif isinstance(file.name, str):
            await _send_file(scope, answer, file, send)
        else:
            await self._send_spooled(scope, answer, file, send)

    async def _send_spooled(self, scope: Scope, answer: WsgiAnswer, file: IO[bytes], send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None
        client: ClientExtension | None = scope.get("extensions", {}).get(CLIENT)
        room = self._quota.admit(client["hash"] if client else None, os.fstat(file.fileno()).st_size, task.cancel)
        if room is None:
            await _refuse(
                HTTPStatus.SERVICE_UNAVAILABLE,
                Message("Too many large results are being sent. Ask again when yours have come, or in a moment."),
                scope,
                [("retry-after", "5")],
                send,
            )
            return
        try:
            await _send_file(scope, answer, file, send)
        except asyncio.CancelledError as error:
            if room in self._quota:
                raise
            raise ConnectionAbortedError("The answer made room for another one.") from error
        finally:
            room.release()

    def close(self) -> None:
        """Take no more requests."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class WsgiAnswer:
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
        # The date is the server's to say.
        self.headers = [(name.lower(), value) for name, value in headers if name.lower() != "date"]
        return self._write

    def collect(self, content: Iterable[bytes]) -> None:
        """Take the body in."""
        for piece in content:
            self._write(piece)
        if self.file is not None:
            size = self.file.tell()
            self.file.seek(0)
            self.headers = [field for field in self.headers if field[0] != "content-length"]
            self.headers.append(("content-length", str(size)))

    def close(self) -> None:
        """Give the file back, which is gone with that where it is a temporary one."""
        if self.file is not None:
            self.file.close()

    def _write(self, piece: bytes) -> None:
        if self.file is None and len(self.body) + len(piece) > BODY_IN_MEMORY:
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


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Return the body of a request, or the first byte over ``limit`` and all before it; None where it breaks off."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")[: limit + 1 - size]
        size += len(part)
        parts.append(part)
        if size > limit or not message.get("more_body", False):
            return b"".join(parts)


async def _announce_leaving(receive: Receive, cancellation: CancellationToken) -> None:
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)  # a server that has more to say at once keeps nobody else from running
    cancellation.announce()


async def _refuse(status: HTTPStatus, detail: Message, scope: Scope, more: list[tuple[str, str]], send: Send) -> None:
    headers, body = problem_document(status, detail, header_fields(scope).get("accept-language"))
    await _send_start(status, [*headers, *more, ("content-length", str(len(body)))], send)
    await send({"type": "http.response.body", "body": body})


async def _send_start(status: int, headers: list[tuple[str, str]], send: Send, *, trailers: bool = False) -> None:
    await send({"type": "http.response.start", "status": status, "headers": encoded(headers), "trailers": trailers})


async def _send_whole(scope: Scope, answer: WsgiAnswer, send: Send) -> None:
    trailers = _trailers(scope, answer)
    await _send_start(answer.status, _announcing(answer.headers, trailers), send, trailers=bool(trailers))
    await send({"type": "http.response.body", "body": answer.body})
    if trailers:
        await send({"type": TRAILERS, "headers": encoded(trailers)})


async def _send_file(scope: Scope, answer: WsgiAnswer, file: IO[bytes], send: Send) -> None:
    trailers = _trailers(scope, answer)
    await _send_start(answer.status, _announcing(answer.headers, trailers), send, trailers=bool(trailers))
    while scope["method"] != "HEAD" and (piece := file.read(SENT_PIECE)):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})
    if trailers:
        await send({"type": TRAILERS, "headers": encoded(trailers)})


def _trailers(scope: Scope, answer: WsgiAnswer) -> list[tuple[str, str]]:
    """Return what is said of a result once more after it, so that a client that has it all can tell."""
    if answer.status != HTTPStatus.OK or scope["method"] == "HEAD" or TRAILERS not in scope.get("extensions", {}):
        return []
    # RFC 9110, section 10.1.4
    taken = (item.partition(";")[0].strip() for item in header_fields(scope).get("te", "").lower().split(","))
    takes = scope["http_version"] == "1.1" and "trailers" in taken
    return [field for field in answer.headers if field[0] in REPEATED] if takes else []


def _announcing(headers: list[tuple[str, str]], trailers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*headers, ("trailer", ", ".join(name for name, _ in trailers))] if trailers else headers


def path_info(scope: Scope) -> str:
    """Return the path of a request, decoded, with a character for each byte (PEP 3333)."""
    raw = scope.get("raw_path")
    return (unquote_to_bytes(raw) if raw else scope["path"].encode("utf-8")).decode("latin-1")


def _environ(scope: Scope, body: bytes) -> WSGIEnvironment:
    host, port = scope.get("server") or ("", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path_info(scope),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
    }
    client: ClientExtension | None = scope.get("extensions", {}).get(CLIENT)
    if client is not None:
        environ |= {CLIENT_HASH: client["hash"], CLIENT_SLOT: client["slot"]}
    for name, value in header_fields(scope).items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in ("content-length", "transfer-encoding"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ
