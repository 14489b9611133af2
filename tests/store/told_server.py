"""A SPARQL server that answers as it is told, to see what the store makes of each answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"one"}}]}}'
LINES = b"<urn:a> <urn:b> <urn:c> .\n"


@dataclass
class Request:
    """What a server was sent."""

    path: str
    headers: dict[str, str]
    form: dict[str, list[str]]


@dataclass
class Told:
    """A server that answers with ``status``, ``headers`` and ``body``; ``reply`` may do it in its own way instead."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/sparql-results+json"})
    body: bytes = ROWS
    length: int | None = None
    reply: Callable[[BaseHTTPRequestHandler], None] | None = None
    requests: list[Request] = field(default_factory=list)
    url: str = ""


@contextmanager
def told_server() -> Iterator[Told]:
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            told.requests.append(Request(self.path, dict(self.headers), parse_qs(sent)))
            if told.reply is not None:
                told.reply(self)
                return
            self.send_response(told.status)
            length = len(told.body) if told.length is None else told.length
            for name, value in {"Content-Length": str(length), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)
            if length != len(told.body):
                self.close_connection = True

        do_GET = do_HEAD = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    told.url = f"http://127.0.0.1:{listening.server_port}/sparql"
    yield told
    listening.shutdown()
    listening.server_close()
