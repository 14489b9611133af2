"""Stands between a client and a server, and breaks a reply off where it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Cut = Callable[[int, int], int]
"""From the length of a reply's head and of its body, in bytes, to how much of the two gets through."""

STAGES: dict[str, Cut] = {
    "nothing": lambda head, body: 0,
    "in the status": lambda head, body: 9,
    "in the head": lambda head, body: head - 3,
    "before the body": lambda head, body: head,
    "after a byte": lambda head, body: head + 1,
    "in the middle": lambda head, body: head + body // 2,
    "before the last byte": lambda head, body: head + body - 1,
}


@contextmanager
def cutter(host: str, port: int, cut: Cut) -> Iterator[str]:
    """Give the address of a proxy to ``host`` and ``port`` that cuts each reply off."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=relay, args=(client,), daemon=True).start()

        def relay(client: socket.socket) -> None:
            with client, suppress(OSError), socket.create_connection((host, port)) as server:
                request = _message(client)
                server.sendall(request)
                reply = _message(server, body=not request.startswith(b"HEAD"))
                head = reply.index(b"\r\n\r\n") + 4
                client.sendall(reply[: cut(head, len(reply) - head)])
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _message(connection: socket.socket, *, body: bool = True) -> bytes:
    """Read a whole message, which says its length or comes in chunks."""
    data = bytearray()
    while b"\r\n\r\n" not in data:
        data += _piece(connection)
    head = bytes(data).partition(b"\r\n\r\n")[0].lower()
    if b"transfer-encoding: chunked" in head:
        while not data.endswith(b"0\r\n\r\n"):
            data += _piece(connection)
        return bytes(data)
    _, found, after = head.partition(b"content-length:")
    length = int(after.split()[0]) if found and body else 0
    while len(data) < len(head) + 4 + length:
        data += _piece(connection)
    return bytes(data)


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(1024 * 1024)
    if not piece:
        raise ConnectionResetError
    return piece
