"""A client's places and the room for its responses come back once these are sent, or their client has left."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from coopgraph.context import AppContext
from coopgraph.http.asgi import ASGIApplication, ASGIEvent, Receive, Scope, Send
from coopgraph.web.asgi import AsgiApplication
from coopgraph.web.common.spool_quota import SpoolQuota
from coopgraph.web.common.wsgi_adapter import WsgiAdapter
from tests.asgi_client import client
from tests.running_server import Served, serve_dataset

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "PREFIX : <http://example.org/>"
LARGE = f"{PREFIX} SELECT ?a ?b ?c ?d (NOW() AS ?t) {{ ?a :p ?b . ?c :p ?d }} LIMIT 60000"
"""A result of some 23 MB, another one each time."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("bridge") / "data.ttl"
    path.write_text("@prefix : <http://example.org/> .\n" + "".join(f":s{n} :p {n} .\n" for n in range(400)))
    server = serve_dataset(path, sending_size=60 * 1024**2, client_queries=2, proxies=1)
    yield server
    server.stop()


def begin(served: Served, query: str, number: int) -> socket.socket:
    """Ask as a client that reads nothing yet."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", int(served.url.rpartition(":")[2])))
    path = "/sparql?" + urllib.parse.urlencode({"query": query, "format": "json"})
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{number}\r\n\r\n".encode("latin-1")
    )
    assert connection.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
    return connection


def until(served: Served, status: int, number: int, query: str = "ASK {}") -> None:
    """Ask again until the answer has this status."""
    start = time.monotonic()
    while served.ask(query, X_Forwarded_For=f"203.0.113.{number}").status != status:
        assert time.monotonic() - start < 30
        time.sleep(0.1)


def test_a_place_comes_back_with_each_answer(served: Served) -> None:
    for number in range(8):
        for accept in ("application/sparql-results+json", "text/turtle, text/html;q=0"):
            query = (
                f"SELECT (NOW() AS ?t) ({number} AS ?n) {{}}"
                if "json" in accept
                else "DESCRIBE <http://example.org/s1>"
            )
            assert served.ask(query, accept=accept, X_Forwarded_For="203.0.113.1").status == 200
        assert served.ask("SELECT", X_Forwarded_For="203.0.113.1").status == 400


def test_a_place_is_held_until_the_result_is_read_or_its_client_leaves(served: Served) -> None:
    with begin(served, LARGE, 2) as first, begin(served, LARGE.replace("60000", "10000"), 2):
        assert served.ask("ASK {}", X_Forwarded_For="203.0.113.2").status == 429
        assert served.ask("ASK {}", X_Forwarded_For="203.0.113.9").status == 200
        first.close()
        until(served, 200, 2)
    until(served, 200, 2)


@pytest.mark.slow
def test_results_beyond_the_room_are_told_to_come_back_and_it_comes_back(served: Served) -> None:
    first, second = begin(served, LARGE, 3), begin(served, LARGE, 4)
    refused = served.ask(LARGE, accept="application/json", X_Forwarded_For="203.0.113.5")
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "5"
    # What is small needs no room.
    assert served.ask("ASK {}", X_Forwarded_For="203.0.113.5").status == 200
    first.close()
    second.close()
    until(served, 200, 5, LARGE)


# Without a server


class Files:
    """A WSGI application that answers from a temporary file, or says what it was sent."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        self.file.write(bytes(3_000_000))
        self.file.seek(0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/file":
            start_response("200 OK", [("Content-Length", "3000000")])
            wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](self.file)
            return wrapped
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


def adapted(application: WSGIApplication, room: int = 10_000_000) -> ASGIApplication:
    adapter = WsgiAdapter(application, threads=1, body_limit=100, quota=SpoolQuota(room))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await adapter.answer(scope, receive, send, {})

    return answer


def test_a_file_is_given_back_once_it_is_sent() -> None:
    files = Files()
    assert len(client(adapted(files)).get("/file").data) == 3_000_000
    assert files.file.closed


def test_a_file_is_given_back_where_its_client_leaves() -> None:
    files = Files()
    application = adapted(files)

    async def leaving(scope: Scope, receive: Receive, send: Send) -> None:
        async def leave(message: ASGIEvent) -> None:
            if message.get("body"):
                raise ConnectionResetError

        await application(scope, receive, leave)

    with pytest.raises(ConnectionResetError):
        client(leaving).get("/file")
    assert files.file.closed


def test_a_body_over_the_limit_is_refused_and_never_cut(app_context: AppContext) -> None:
    running = client(adapted(Files()))
    given = [running.post("/", data=bytes(size)) for size in (0, 99, 100, 101, 200)]
    assert [reply.status_code for reply in given] == [200, 200, 200, 413, 413]
    assert [len(reply.data) for reply in given[:3]] == [0, 99, 100]
    application = AsgiApplication(replace(app_context, settings=replace(app_context.settings, upload_size=100)))
    query = b"ASK {}" + b" " * 95
    refused = client(application).post("/sparql", data=query, content_type="application/sparql-query")
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_header_is_not_taken_for_one_with_hyphens() -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [repr(sorted(name for name in environ if name.startswith("HTTP_X"))).encode()]

    sent: list[ASGIEvent] = []

    async def ask() -> None:
        scope = {
            **dict.fromkeys(("raw_path", "query_string"), b""),
            **dict.fromkeys(("path", "http_version", "scheme"), "/"),
            "method": "GET",
            "headers": [(b"x-a", b"1"), (b"x_b", b"2")],
        }

        async def receive() -> ASGIEvent:
            return {"type": "http.request"}

        async def send(message: ASGIEvent) -> None:
            sent.append(message)

        await adapted(application)(scope, receive, send)

    asyncio.run(asyncio.wait_for(ask(), 60))
    assert sent[1]["body"] == b"['HTTP_X_A']"
