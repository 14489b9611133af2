"""A client's places and the room for its responses come back once these are sent, or their client has left."""

from __future__ import annotations

import socket
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.running_server import Served, serve_dataset

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
