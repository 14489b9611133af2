"""A listener on a free port, in a thread of its own, whose application says what it was asked."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO

import uvloop

from coopgraph.messages.message import Message
from coopgraph.server.http1.listener import Listener
from coopgraph.server.http1.message import Exchange, Head, Refused, Reply
from coopgraph.server.http1.responder import Responder

READY = "/ready"
"""Is answered at once; ``/slow`` and ``/slower`` later, ``/endless`` never, ``/large`` and ``/torn`` from files."""

LARGE = 32 * 1024**2
PIECE = 256 * 1024


class Echo:
    """Answers with method, address and body as JSON, and remembers who left."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.recognitions = 0
        self.tasks: set[asyncio.Task[None]] = set()

    def recognize(self, head: Head) -> Reply | None:
        """Recognize what is ready."""
        self.recognitions += 1
        if head.path == "/refused":
            raise Refused(HTTPStatus.FORBIDDEN, Message("Not here."))
        return said(head, b"") if head.path == READY else None

    def ready(self, asked: Reply) -> Reply:
        """Give it."""
        return asked

    def answer(self, exchange: Exchange, asked: Reply | None, respond: Responder) -> None:
        """Answer all else."""
        task = asyncio.get_running_loop().create_task(self._answer(exchange, respond))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, exchange: Exchange, respond: Responder) -> None:
        try:
            reply = await self._reply(exchange)
            if isinstance(reply, Reply):
                respond(reply)
            else:
                await self._stream(reply, respond)
        except Refused as refused:
            respond(refused)
        except OSError:
            respond.abort()

    async def _stream(self, file: IO[bytes], respond: Responder) -> None:
        with file:
            respond.begin(200, [("content-length", str(LARGE))])
            while piece := file.read(PIECE):
                await respond.write(piece)
            respond.end()

    async def _reply(self, exchange: Exchange) -> Reply | IO[bytes]:
        head = exchange.head
        exchange.on_leaving(lambda: self.left.append(head.path))
        body = b"".join([part async for part in exchange.body()]) if head.path != "/deaf" else b""
        if head.path == "/slow":
            await asyncio.sleep(0.005)
        if head.path == "/slower":
            await asyncio.sleep(0.5)
        if head.path == "/endless":
            await asyncio.sleep(60)
        if head.path == "/torn":
            return Torn(bytes(LARGE))
        if head.path == "/large":
            file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
            file.truncate(LARGE)
            return file
        return said(head, body)


class Torn(io.BytesIO):
    """A file on a disk that breaks in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to the middle."""
        if self.tell() > LARGE // 2:
            raise OSError
        return super().read(size)


def said(head: Head, body: bytes) -> Reply:
    text = json.dumps([head.method, head.path, head.query, dict(head.headers), body.decode("latin-1")])
    return Reply(200, [("content-type", "application/json")], text.encode())


class Running:
    """The listener as a client and its operator see it."""

    def __init__(self, application: Echo) -> None:
        self.application = application
        self.loop = uvloop.new_event_loop()
        self.port = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.listener = asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(10)

    async def _start(self) -> Listener[Reply]:
        listener = Listener(self.application)
        await listener.start("127.0.0.1", self.port)
        return listener

    def _run(self) -> None:
        self.loop.run_forever()

    def connect(self) -> socket.socket:
        """Connect as a client."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=15)

    def exchange(self, *pieces: bytes, pause: float = 0.0, shut: bool = True) -> bytes:
        """Send pieces one by one, then nothing more; return all that comes."""
        with self.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            return rest(connection)

    def stop(self, grace: float = 2.0) -> bool:
        """Stop as an operator does; return whether all ended in time."""
        return asyncio.run_coroutine_threadsafe(self.listener.stop(grace), self.loop).result(30)

    def close(self) -> None:
        """End everything."""
        self.loop.call_soon_threadsafe(self.listener.abort)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    received = b""
    while piece := connection.recv(1024**2):
        received += piece
    return received


@contextmanager
def running() -> Iterator[Running]:
    """Run one."""
    server = Running(Echo())
    yield server
    server.close()
