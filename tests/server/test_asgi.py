"""Any ASGI application is served: what it sends, what breaks it off, and what it learns of its client."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
import uvloop

from coopgraph.errors import OurFault, TooManyRequests
from coopgraph.http.asgi import CLIENT, TRAILERS, Receive, Scope, Send
from coopgraph.http.origin import Origin
from coopgraph.server.asgi import AsgiRunner, Lifespan
from coopgraph.server.client_limiter import ClientLimiter
from coopgraph.server.http1.listener import Listener
from coopgraph.server.response_cache import ResponseCache
from coopgraph.settings import Settings

PIECE = bytes(256 * 1024)
PIECES = 200
"""Pieces of a body of 50 MiB, much more than any buffer between the two ends."""

BODY_LIMIT = 1000


class Plain:
    """Addresses that all show one release."""

    def current(self) -> str | None:
        return None

    def pinned(self, _: str) -> str | None:
        return None

    def stands(self, _: str) -> bool:
        return True

    def is_of_one(self, _: str) -> bool:
        return True


class Application:
    """Does what the address says, and remembers what it saw."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []
        self.sent = 0
        self.left = threading.Event()
        self.refused: list[type[Exception]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        self.bodies.append((await receive())["body"])
        does: Callable[[Scope, Receive, Send], Awaitable[None]] = getattr(self, scope["path"].strip("/"))
        try:
            await does(scope, receive, send)
        except Exception as error:
            self.refused.append(type(error))
            raise

    async def whole(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start(("date", "today"), ("x", "y")))
        await send({"type": "http.response.body", "body": b"abc"})

    async def streamed(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start())
        for _number in range(PIECES):
            await send(piece())
            self.sent += 1
        await send({"type": "http.response.body"})

    async def of_a_length(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start(("content-length", "6")))
        await send(piece(b"abc"))
        await send({"type": "http.response.body", "body": b"def"})

    async def with_trailers(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start(("content-length", "3"), ("trailer", "a")) | {"trailers": True})
        await send({"type": "http.response.body", "body": b"abc"})
        await send({"type": TRAILERS, "headers": [(b"a", b"1")]})

    async def raising(self, _: Scope, __: Receive, ___: Send) -> None:
        raise KeyError

    async def raising_late(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start())
        await send(piece(b"abc"))
        raise KeyError

    async def unended(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start())
        await send(piece(b"abc"))

    async def too_short(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start(("content-length", "6")))
        await send(piece(b"abc"))
        await send({"type": "http.response.body"})

    async def too_long(self, _: Scope, __: Receive, send: Send) -> None:
        await send(start(("content-length", "2")))
        await send(piece(b"abc"))
        await send({"type": "http.response.body"})

    async def twice(self, _: Scope, __: Receive, send: Send) -> None:
        await self.whole(_, __, send)
        await send(start())

    async def waiting(self, _: Scope, receive: Receive, __: Send) -> None:
        assert (await receive())["type"] == "http.disconnect"
        self.left.set()

    async def placed(self, scope: Scope, _: Receive, send: Send) -> None:
        status = HTTPStatus.OK
        try:
            with scope["extensions"][CLIENT]["slot"]:
                await asyncio.sleep(0)
        except TooManyRequests:
            status = HTTPStatus.TOO_MANY_REQUESTS
        await send(start() | {"status": status})
        for _number in range(PIECES):
            await send(piece())
        await send({"type": "http.response.body"})


def start(*headers: tuple[str, str]) -> dict[str, Any]:
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    return {"type": "http.response.start", "status": 200, "headers": encoded}


def piece(body: bytes = PIECE) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


class Running:
    """A server in a thread of its own."""

    def __init__(self) -> None:
        self.application = Application()
        cache = ResponseCache(self.application, size=1, releases=Plain())
        limiter = ClientLimiter(limit=1, proxies=1)
        self._runner = AsgiRunner(cache, origin=Origin(Settings()), limiter=limiter, body_limit=BODY_LIMIT)
        self.loop = uvloop.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.listener = asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(10)

    async def _start(self) -> Listener[Any]:
        listener = Listener(self._runner)
        await listener.start("127.0.0.1", self.port)
        return listener

    @contextmanager
    def asked(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask, and give the answer of which the head has been read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        yield response
        response.close()
        connection.close()

    def raw(self, path: str, version: str = "1.1") -> bytes:
        """Return all that comes until the other side closes, or breaks off."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(f"GET {path} HTTP/{version}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            received = b""
            try:
                while part := connection.recv(2**20):
                    received += part
            except ConnectionResetError:
                return received
        return received


@pytest.fixture
def running() -> Iterator[Running]:
    server = Running()
    yield server
    server.loop.call_soon_threadsafe(server.listener.abort)
    server.loop.call_soon_threadsafe(server.loop.stop)


def test_a_request_comes_as_it_was_sent(running: Running) -> None:
    with running.asked("/wh%6Fle?a=%20b", "POST", b"abc", X_One="1", Content_Type="text/plain") as response:
        assert response.read() == b"abc"
    (scope,) = running.application.scopes
    assert running.application.bodies == [b"abc"]
    assert (scope["type"], scope["method"], scope["http_version"]) == ("http", "POST", "1.1")
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/whole", b"/wh%6Fle", b"a=%20b")
    assert {(b"x-one", b"1"), (b"content-type", b"text/plain")} <= set(scope["headers"])
    assert "client" not in scope, "the application gets no address"


def test_a_whole_response_has_its_length_and_the_date_of_the_server(running: Running) -> None:
    with running.asked("/whole") as response:
        assert (response.status, response.headers["Content-Length"], response.headers["X"]) == (200, "3", "y")
        assert response.headers.get_all("Date") != ["today"]
        assert len(response.headers.get_all("Date") or ()) == 1


@pytest.mark.slow
def test_a_stream_of_no_known_length_goes_in_chunks_or_until_the_connection_ends(running: Running) -> None:
    with running.asked("/streamed") as response:
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert len(response.read()) == PIECES * len(PIECE)
    head, _, body = running.raw("/streamed", version="1.0").partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert len(body) == PIECES * len(PIECE)


def test_a_stream_of_a_known_length_goes_as_it_is(running: Running) -> None:
    head, _, body = running.raw("/of_a_length").partition(b"\r\n\r\n")
    assert b"content-length: 6" in head
    assert body == b"abcdef"


def test_trailers_follow_the_body(running: Running) -> None:
    head, _, body = running.raw("/with_trailers").partition(b"\r\n\r\n")
    assert b"content-length" not in head
    assert body == b"3\r\nabc\r\n0\r\na: 1\r\n\r\n"


def test_nothing_is_sent_for_a_head(running: Running) -> None:
    with running.asked("/of_a_length", "HEAD") as response:
        assert (response.headers["Content-Length"], response.read()) == ("6", b"")


def test_who_sends_waits_for_who_reads(running: Running) -> None:
    with running.asked("/streamed") as response:
        response.read(1)
        for _ in range(20):
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.005), running.loop).result(10)
        assert running.application.sent < PIECES
        assert len(response.read()) == PIECES * len(PIECE) - 1


def test_what_fails_before_it_begins_is_a_fault_of_ours(running: Running) -> None:
    with running.asked("/raising") as response:
        assert response.status == 500
        assert b"KeyError" not in response.read()


@pytest.mark.parametrize("path", ["/raising_late", "/unended", "/too_short", "/too_long"])
def test_what_breaks_off_is_seen_to_be_broken(running: Running, path: str) -> None:
    received = running.raw(path)
    assert not received.endswith(b"0\r\n\r\n")
    body = received.partition(b"\r\n\r\n")[2]
    assert b"content-length" not in received or len(body) != int(received.split(b"content-length: ")[1].split()[0])


def test_a_message_that_is_not_due_is_refused_and_harms_no_answer(running: Running) -> None:
    with running.asked("/twice") as response:
        assert response.read() == b"abc"
    assert running.application.refused == [RuntimeError]


def test_an_application_is_told_that_its_client_left(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as connection:
        connection.sendall(b"GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n")
    assert running.application.left.wait(30)


def test_who_sends_to_a_client_that_left_is_told_so(running: Running) -> None:
    with running.asked("/streamed") as response:
        response.read(1)
    until(lambda: running.application.refused == [ConnectionResetError])


def test_a_place_is_held_until_the_response_is_read_or_its_client_leaves(running: Running) -> None:
    with running.asked("/placed", X_Forwarded_For="203.0.113.1") as first:
        assert first.status == 200
        with running.asked("/placed", X_Forwarded_For="203.0.113.1") as second:
            assert second.status == 429
        with running.asked("/placed", X_Forwarded_For="203.0.113.2") as other:
            assert other.status == 200

    def free() -> bool:
        with running.asked("/placed", X_Forwarded_For="203.0.113.1") as again:
            return again.status == 200

    until(free)


def test_a_body_over_the_limit_reaches_no_application(running: Running) -> None:
    with running.asked("/whole", "POST", bytes(BODY_LIMIT)) as response:
        assert response.status == 200
    with running.asked("/whole", "POST", bytes(BODY_LIMIT + 1)) as response:
        assert response.status == 413
    assert len(running.application.bodies) == 1


def until(holds: Callable[[], bool]) -> None:
    for _ in range(3000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it does not come to hold")


def lived(application: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
    async def live() -> None:
        lifespan = Lifespan(application)
        await lifespan.startup()
        await lifespan.shutdown()

    asyncio.run(live())


def test_an_application_is_told_of_the_start_and_the_end_of_its_server() -> None:
    heard = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "lifespan"
        for _ in range(2):
            message = await receive()
            heard.append(message["type"])
            await send({"type": message["type"] + ".complete"})

    lived(application)
    assert heard == ["lifespan.startup", "lifespan.shutdown"]


def test_one_that_knows_nothing_of_it_is_served_without() -> None:
    async def application(scope: Scope, _: Receive, __: Send) -> None:
        assert scope["type"] == "http"

    lived(application)


def test_one_that_cannot_start_is_not_served() -> None:
    async def application(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    with pytest.raises(OurFault):
        lived(application)
