from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Queue

import pytest

from coopgraph.errors import FederationFailed, FederationRefused, QueryCancelled, ResultTooLarge, WrongUsage
from coopgraph.store.protocol import CancellationToken
from coopgraph.store.sparql_http.federated_servers import SIZE, FederatedServers

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
ROWS = b'{"head":{"vars":[]},"results":{"bindings":[]}}'

Replying = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def replying() -> Iterator[Replying]:
    """Start a server that treats each connection as it is told; give its address."""
    listeners = []

    def start(treat: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=serve, args=(client,), daemon=True).start()

        def serve(client: socket.socket) -> None:
            with client, suppress(OSError):
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(65536)
                treat(client)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"

    yield start
    for listener in listeners:
        listener.close()


def ask(address: str, *, inside: str = "127.0.0.1", timeout: float = 5, **more: object) -> bytes:
    known = {"token": None, "cancellation": None, **more}
    return FederatedServers([address], [inside]).rows(address, "SELECT * { ?s ?p ?o }", timeout=timeout, **known)  # type: ignore[arg-type]


def test_the_rows_come_as_they_were_sent(replying: Replying) -> None:
    address = replying(lambda client: client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(ROWS) + ROWS))
    assert ask(address) == ROWS


def trickle(client: socket.socket) -> None:
    client.sendall(HEAD + b"\r\n")
    while True:
        client.sendall(b" ")
        time.sleep(0.02)


def endlessly(first: bytes, then: bytes = b"") -> Callable[[socket.socket], None]:
    def send(client: socket.socket) -> None:
        client.sendall(first)
        while True:
            client.sendall(then or first)

    return send


@pytest.mark.parametrize(
    "treat",
    [
        lambda client: client.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
        ),
        lambda client: client.sendall(
            b"HTTP/1.1 307 Moved\r\nLocation: file:///etc/hosts\r\nContent-Length: 0\r\n\r\n"
        ),
        lambda client: client.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
        lambda client: client.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf"),
        lambda client: client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"),
        lambda client: client.sendall(b"no HTTP at all\r\n\r\n"),
        lambda client: client.close(),
        lambda client: time.sleep(60),
        trickle,
        endlessly(b"HTTP/1.1 100 Continue\r\n\r\n"),
        endlessly(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n"),
        endlessly(HEAD, b"X" * 1000),
    ],
    ids=[
        *("redirect", "to-a-file", "error", "cut", "cut-chunk", "no-http", "closed", "silent", "trickle"),
        *("never-begins", "endless-head", "endless-line"),
    ],
)
def test_a_server_that_does_not_answer_rightly_in_time_is_a_failure(
    replying: Replying, treat: Callable[[socket.socket], None]
) -> None:
    start = time.monotonic()
    with pytest.raises(FederationFailed):
        ask(replying(treat), timeout=0.5)
    assert time.monotonic() - start < 30


def test_an_endless_answer_is_cut_at_its_limit(replying: Replying) -> None:
    def flood(client: socket.socket) -> None:
        client.sendall(HEAD + b"\r\n")
        for _ in range(SIZE // 65536 + 100):
            client.sendall(b" " * 65536)

    with pytest.raises(ResultTooLarge):
        ask(replying(flood), timeout=20)


def test_a_private_address_is_not_asked_unless_its_host_is_the_operators_own(replying: Replying) -> None:
    asked = threading.Event()
    address = replying(lambda client: asked.set())
    for name in ("127.0.0.1", "localhost"):
        with pytest.raises(FederationRefused, match="private network"):
            ask(address.replace("127.0.0.1", name), inside="else.example")
    assert not asked.wait(0.2)


def test_what_is_packed_unasked_is_never_unpacked(replying: Replying) -> None:
    bomb = gzip.compress(bytes(64 * 1024**2))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)

    def treat(client: socket.socket) -> None:
        client.sendall(head + bomb)

    assert ask(replying(treat), timeout=20) == bomb


@pytest.mark.parametrize(
    "answers",
    [
        ["10.0.0.1"],
        ["1.1.1.1", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["2606:4700:4700::1111", "fe80::1%lo"],
        ["0.0.0.0"],
        ["169.254.169.254"],
        ["fec0::1"],
    ],
)
def test_a_name_with_one_private_address_is_not_asked_at_any(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        assert host == "else.example"
        return [(socket.AF_INET6 if ":" in it else socket.AF_INET, 1, 6, "", (it, port)) for it in answers]

    def connect(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FederationRefused, match="private network"):
        ask("http://else.example/sparql")


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    answers = iter([[(socket.AF_INET, 1, 6, "", ("1.1.1.1", 80))], [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 80))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FederationFailed):
        ask("http://else.example/sparql")
    assert tried == [("1.1.1.1", 80)]


def test_servers_that_do_not_answer_take_no_more_than_the_calls_time_together(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def connect(address: tuple[str, int], timeout: float, *_: object) -> None:
        given.append(timeout)
        time.sleep(timeout)
        raise TimeoutError

    answers = [(socket.AF_INET, 1, 6, "", (f"1.1.1.{number}", 80)) for number in range(1, 100)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FederationFailed):
        ask("http://else.example/sparql", timeout=0.3)
    assert sum(given) < 1
    assert len(given) < 99


def test_a_call_ends_when_its_client_leaves_or_cancels(replying: Replying) -> None:
    asked: Queue[None] = Queue()

    def treat(client: socket.socket) -> None:
        asked.put(None)
        time.sleep(60)

    address = replying(treat)
    cancellation = CancellationToken()
    outside = FederatedServers([address], ["127.0.0.1"])
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(ask, address, timeout=50, cancellation=cancellation)
        asked.get(timeout=30)
        cancellation.announce()
        assert isinstance(first.exception(30), QueryCancelled)
        second = threads.submit(outside.rows, address, "ASK {}", timeout=50, token="my-token", cancellation=None)
        asked.get(timeout=30)
        assert outside.cancel("my-token")
        assert isinstance(second.exception(30), QueryCancelled)
    assert not outside.cancel("my-token")


@pytest.mark.parametrize("address", ["ftp://h/", "file:///etc/hosts", "http://", "h/sparql", "http://u:p@h/"])
def test_an_operator_cannot_allow_what_is_no_server(address: str) -> None:
    with pytest.raises(WrongUsage):
        FederatedServers([address], [])
