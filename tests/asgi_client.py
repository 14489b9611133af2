"""An ASGI application as one of WSGI, so that werkzeug's client can ask it, without a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.test import Client

from coopgraph.http.asgi import ASGIApplication, Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_loops = threading.local()


def client(application: ASGIApplication) -> Client:
    """Return a client of ``application``, which may be used by several threads."""

    def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not hasattr(_loops, "runner"):
            _loops.runner = asyncio.Runner()
        start, body = _loops.runner.run(asked(application, _scope(environ), environ["wsgi.input"].read()))
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        start_response(f"{start['status']} X", headers)
        return [body]

    return Client(wsgi, use_cookies=False)


async def asked(application: ASGIApplication, scope: Scope, body: bytes = b"") -> tuple[dict[str, Any], bytes]:
    """Return the first message of a response, and its whole body. Raises what the application raises."""
    sent: list[Any] = []
    requests = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        return requests.pop() if requests else await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await application(scope, receive, send)
    assert [item["type"] for item in sent[1:]] == ["http.response.body"] * (len(sent) - 1)
    assert [item.get("more_body", False) for item in sent[1:]] == [True] * (len(sent) - 2) + [False]
    return sent[0], b"".join(item.get("body", b"") for item in sent[1:])


def _scope(environ: WSGIEnvironment) -> Scope:
    path = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
    named = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    named |= {name: environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.encode("latin-1").decode("utf-8", "replace"),
        "raw_path": quote(path.encode("latin-1")).encode("ascii"),
        "query_string": environ["QUERY_STRING"].encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").lower().encode("latin-1"), value.encode("latin-1")) for name, value in named.items()
        ],
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
    }
