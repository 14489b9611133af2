"""A registry over another server follows it, asks it for one thing at a time, and ends with all it asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from coopgraph.errors import NotFound, StoreDown
from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.store.registry import endpoint_store as endpoint_store_module
from coopgraph.store.registry.endpoint_store import OWN, EndpointStore
from coopgraph.store.registry.opening import EngineConfiguration
from coopgraph.store.sparql_http import push_marker
from tests.store.told_server import Told

CHOICE = Choice(formats.JSON, formats.JSON, formats.N_TRIPLES)
SLOW = "SELECT ?slow WHERE { ?slow ?p ?o }"


class Remote:
    """Answers as a server to which ``release`` was pushed; holds back what it is told to hold back."""

    def __init__(self, server: Told) -> None:
        self.release: str | None = None
        self.hold = ""
        self.held = threading.Semaphore(0)
        self.over = threading.Event()
        server.reply = self._reply
        self._server = server

    def _reply(self, handler: BaseHTTPRequestHandler) -> None:
        query = self._server.requests[-1].form.get("query", [""])[0]
        if self.hold and self.hold in query:
            self.held.release()
            self.over.wait(60)
        rows = []
        if query == push_marker.MARKER_QUERY and self.release:
            rows = [{"subject": _term("uri", push_marker.RELEASE), "value": _term("literal", self.release)}]
        result: dict[str, object] = {"head": {"vars": ["subject", "value"]}, "results": {"bindings": rows}}
        if query.startswith("ASK"):
            result = {"head": {}, "boolean": True}
        body = json.dumps(result).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/sparql-results+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _term(kind: str, value: str) -> dict[str, str]:
    return {"type": kind, "value": value}


@pytest.fixture
def remote(server: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setattr(endpoint_store_module, "LOOK_AGAIN", 0.0)
    made = Remote(server)
    yield made
    made.over.set()


@pytest.fixture
def store_registry(server: Told, remote: Remote) -> Iterator[EndpointStore]:
    opened = EndpointStore(server.url, EngineConfiguration(workers=1, waiting=2, memory=256 * 1024**2), None)
    yield opened
    opened.close()


def until_current(store_registry: EndpointStore, name: str) -> None:
    deadline = time.monotonic() + 30
    while store_registry.current() != name:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_follows_what_is_pushed(store_registry: EndpointStore, remote: Remote) -> None:
    assert store_registry.current() == OWN
    remote.release = "2026-01-01-00000001"
    until_current(store_registry, remote.release)
    assert store_registry.store(remote.release).health().quads == 0
    with pytest.raises(NotFound):
        store_registry.store(OWN)


def test_a_slow_server_is_asked_what_it_holds_by_one_thread_at_a_time(
    store_registry: EndpointStore, remote: Remote
) -> None:
    until_current(store_registry, OWN)
    remote.hold = push_marker.MARKER_QUERY
    deadline = time.monotonic() + 30
    while not remote.held.acquire(timeout=0.01):
        assert store_registry.current() == OWN
        assert time.monotonic() < deadline
    for _ in range(50):
        assert store_registry.current() == OWN
    assert sum(thread.name == "coopgraph-look" for thread in threading.enumerate()) == 1
    remote.release = "2026-01-01-00000001"
    remote.over.set()
    until_current(store_registry, remote.release)


def test_closing_ends_what_is_asked(server: Told, remote: Remote) -> None:
    remote.release = "2026-01-01-00000001"
    store_registry = EndpointStore(server.url, EngineConfiguration(workers=1, waiting=2, memory=256 * 1024**2), None)
    remote.hold = "slow"
    with ThreadPoolExecutor(1) as threads:
        store = store_registry.store(remote.release)
        asked = threads.submit(store.answer, SparqlQuery(SLOW), CHOICE, timeout=50)
        assert remote.held.acquire(timeout=30)
        store_registry.close()
        assert isinstance(asked.exception(30), StoreDown)
