from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from coopgraph.errors import FederationFailed, FederationRefused, QueryCancelled, ResultTooLarge, WrongUsage
from coopgraph.store.http.outside import SIZE, Outside, is_public
from coopgraph.store.protocol import Departure

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
    known = {"token": None, "departed": None, **more}
    return Outside([address], [inside]).rows(address, "SELECT * { ?s ?p ?o }", timeout=timeout, **known)  # type: ignore[arg-type]


def test_the_rows_come_as_they_were_sent(replying: Replying) -> None:
    address = replying(lambda client: client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(ROWS) + ROWS))
    assert ask(address) == ROWS


def trickle(client: socket.socket) -> None:
    client.sendall(HEAD + b"\r\n")
    while True:
        client.sendall(b" ")
        time.sleep(0.02)


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
        lambda client: time.sleep(30),
        trickle,
    ],
    ids=["redirect", "to-a-file", "error", "cut", "cut-chunk", "no-http", "closed", "silent", "trickle"],
)
def test_a_server_that_does_not_answer_rightly_in_time_is_a_failure(
    replying: Replying, treat: Callable[[socket.socket], None]
) -> None:
    start = time.monotonic()
    with pytest.raises(FederationFailed):
        ask(replying(treat), timeout=0.5)
    assert time.monotonic() - start < 3


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


def test_a_call_ends_when_its_client_leaves_or_cancels(replying: Replying) -> None:
    address = replying(lambda client: time.sleep(30))
    departed = Departure()
    threading.Timer(0.2, departed.announce).start()
    with pytest.raises(QueryCancelled):
        ask(address, departed=departed)
    outside = Outside([address], ["127.0.0.1"])
    threading.Timer(0.2, outside.cancel, ("my-token",)).start()
    with pytest.raises(QueryCancelled):
        outside.rows(address, "ASK {}", timeout=10, token="my-token", departed=None)
    assert not outside.cancel("my-token")


@pytest.mark.parametrize("address", ["ftp://h/", "file:///etc/hosts", "http://", "h/sparql", "http://u:p@h/"])
def test_an_operator_cannot_allow_what_is_no_server(address: str) -> None:
    with pytest.raises(WrongUsage):
        Outside([address], [])


PRIVATE = """
127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
192.0.2.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 2002:a00:1::
64:ff9b::7f00:1 64:ff9b::a00:1 2001:db8::1 240.0.0.1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_is_not_public_is_known_in_each_way_of_writing_it(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)
