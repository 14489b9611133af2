"""The guarded client never reaches into a private network."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from coopgraph.http.guarded_client import PrivateAddress, is_public, send


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(301 if self.path == "/moved" else 200 if self.path == "/%ED%95%9C?q=%20" else 404)
            if self.path == "/moved":
                self.send_header("Location", "http://10.0.0.1/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()


def test_a_private_server_is_asked_where_the_operator_says_so_alone(server: str) -> None:
    assert send("HEAD", f"{server}/한?q=%20", patience=5, inside=["127.0.0.1"]).status == 200
    for url in (server, server.replace("127.0.0.1", "localhost"), server.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
        with pytest.raises(PrivateAddress):
            send("HEAD", url, patience=5)


def test_a_redirect_is_told_and_not_followed(server: str) -> None:
    assert send("HEAD", f"{server}/moved", patience=5, inside=["127.0.0.1"]) == (301, "http://10.0.0.1/")


def test_nobody_at_an_address_is_an_error(server: str) -> None:
    for url in ("http://127.0.0.1:1/", "http:///nothing", "http://name.invalid/"):
        with pytest.raises((OSError, ValueError)):
            send("HEAD", url, patience=1, inside=["127.0.0.1"])


def test_an_answer_that_trickles_in_is_broken_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.02)

        threading.Thread(target=trickle, daemon=True).start()
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            send("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/", patience=0.2, inside=["127.0.0.1"])
        assert time.monotonic() - start < 3


PRIVATE = """
127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255 224.0.0.1
192.0.2.1 ::1 :: fe80::1 fe80::1%eth0 fec0::1 fc00::1 fd00:ec2::254 ff02::1 ::127.0.0.1 3fff::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 2002:a00:1::
64:ff9b::7f00:1 64:ff9b::a00:1 2001:db8::1 240.0.0.1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_that_is_not_public_is_known_in_each_way_of_writing_it(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)
