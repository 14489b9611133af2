"""No client takes a part of a result for the whole, whatever breaks: the engine, the service, or what lies between."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest
from SPARQLWrapper import CSV, JSON, SPARQLWrapper

from tests.chromium import chromium, playwright_error
from tests.conftest import THOROUGH
from tests.running_server import Served, serve_dataset

from .cutter import STAGES, cutter

if TYPE_CHECKING:
    from playwright.sync_api import Page

EX = "http://example.org/"
ROWS = 10_000
"""A result of 3 MB: more than is held in memory until it is whole."""
ALL = "SELECT * WHERE { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
STUCK = """SELECT ?s ?p ?o { { ?s ?p ?o } UNION {
  ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = "never") } }"""
"""Gives all rows at once, then computes for hours."""
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 400000"
LARGE = "SELECT " + " ".join(f"(SHA512(CONCAT(STR(?s), '{i}')) AS ?x{i})" for i in range(20)) + " { ?s ?p ?o }"
"""Is 30 MB, and 15 MB when it is compressed: more than what lies between a server and a client takes."""
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?b ?c ?d ?e ?f"

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "coopgraph"
COMUNICA = shutil.which("comunica-sparql") or max(
    map(str, CACHE.glob("comunica-*/node_modules/.bin/comunica-sparql")), default=None
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and limits processes as Linux does")


class Broken(Exception):
    """A client said that it has no result."""


class Urllib:
    """Python's own client."""

    def ask(self, address: str) -> int:
        """Return the bytes of the whole result. Raises Broken."""
        return self.finish(self.begin(address))

    def begin(self, address: str) -> object:
        """Return a result whose head has come."""
        try:
            return urllib.request.urlopen(address, timeout=60)
        except (OSError, http.client.HTTPException) as error:
            raise Broken from error

    def finish(self, begun: object) -> int:
        """Return the bytes of the rest. Raises Broken."""
        assert isinstance(begun, http.client.HTTPResponse)
        try:
            return len(begun.read())
        except (OSError, http.client.HTTPException) as error:
            raise Broken from error


class Wrapper(Urllib):
    """SPARQLWrapper; the address is taken apart again, since it asks by endpoint and query."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted

    def begin(self, address: str) -> object:
        endpoint, _, fields = address.partition("?")
        wrapper = SPARQLWrapper(endpoint)
        known = dict(urllib.parse.parse_qsl(fields))
        wrapper.setQuery(known.pop("query"))
        for name, value in known.items():
            wrapper.addParameter(name, value)
        wrapper.setReturnFormat(self._wanted)
        try:
            return wrapper.query()
        except Exception as error:
            raise Broken from error

    def finish(self, begun: object) -> int:
        try:
            result = begun.convert()  # type: ignore[attr-defined]
        except Exception as error:
            raise Broken from error
        return len(result) if isinstance(result, bytes) else len(result["results"]["bindings"])


class Curl(Urllib):
    """curl; where a result is only begun it goes on slowly, so that there is something left to break."""

    def ask(self, address: str) -> int:
        return self.finish(self._run(address))

    def begin(self, address: str) -> object:
        return self._run(address, "--limit-rate", "1M")

    def _run(self, address: str, *how: str) -> object:
        return subprocess.Popen(
            ["curl", "-f", "-s", *how, "-o", "/dev/null", "-w", "%{size_download}", address], stdout=subprocess.PIPE
        )

    def finish(self, begun: object) -> int:
        assert isinstance(begun, subprocess.Popen)
        size, _ = begun.communicate(timeout=60)
        if begun.returncode:
            raise Broken
        return int(size)


class Fetch(Urllib):
    """A browser's fetch."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def begin(self, address: str) -> object:
        script = "async a => { window.reply = await fetch(a, {cache: 'no-store'}); return window.reply.ok; }"
        return self._run(script, address)

    def finish(self, begun: object) -> int:
        if not begun:
            raise Broken
        return int(self._run("async () => (await window.reply.arrayBuffer()).byteLength"))  # type: ignore[call-overload]

    def _run(self, script: str, argument: object = None) -> object:
        try:
            return self._page.evaluate(script, argument)
        except playwright_error() as error:
            raise Broken from error


class Comunica(Urllib):
    """Comunica's command, which asks by endpoint and query too."""

    def ask(self, address: str) -> int:
        endpoint, _, fields = address.partition("?")
        known = dict(urllib.parse.parse_qsl(fields))
        query = known.pop("query")
        endpoint += "?" + urllib.parse.urlencode(known) if known else ""
        command = [str(COMUNICA), f"sparql@{endpoint}", query, "-t", "text/csv"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        if done.returncode:
            raise Broken
        return len(done.stdout)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


PROGRAMS = ("curl", "urllib", "SPARQLWrapper as JSON", "SPARQLWrapper as CSV")
CLIENTS = (*PROGRAMS, "fetch", "Comunica")
AT_ONCE = (PROGRAMS, ("fetch",), ("Comunica",))
"""Clients that one server is killed under: a browser and Comunica by themselves, as they are not on every machine."""


def marked(*values: object) -> object:
    """Return a case of a parametrized test, which belongs to the interop tier where a client of others asks."""
    foreign = any(value in ("Comunica", ("Comunica",)) for value in values)
    return pytest.param(*values, marks=pytest.mark.interop if foreign else ())


def client_named(name: str, request: pytest.FixtureRequest) -> Urllib:
    match name:
        case "urllib":
            return Urllib()
        case "curl":
            if shutil.which("curl") is None:
                pytest.skip("curl is not installed on this machine")
            return Curl()
        case "fetch":
            return Fetch(request.getfixturevalue("page"))
        case "Comunica":
            if COMUNICA is None:
                pytest.skip(f"there is no comunica-* in {CACHE.name} of the user's cache (.ci/run gets it)")
            return Comunica()
        case _:
            return Wrapper(CSV if name.endswith("CSV") else JSON)


@pytest.fixture(params=map(marked, CLIENTS))
def client(request: pytest.FixtureRequest) -> Urllib:
    return client_named(request.param, request)


@pytest.fixture(params=map(marked, AT_ONCE), ids=[" and ".join(names) for names in AT_ONCE])
def clients(request: pytest.FixtureRequest) -> Sequence[Urllib]:
    return [client_named(name, request) for name in request.param]


def dataset(path: Path, rows: int) -> Path:
    path.write_text("".join(f'<{EX}s{i}> <{EX}p{i % 4}> "{"value " * 40}{i}" .\n' for i in range(rows)))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dataset(tmp_path_factory.mktemp("truncation") / "data.nt", ROWS)


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data for a server that is only there to be killed; a few rows are enough to compute with for hours."""
    return dataset(tmp_path_factory.mktemp("little") / "data.nt", 4000)


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    running = serve_dataset(data, query_timeout=6, query_memory=256 * 1024**2, result_size=8 * 1024**2, cache_size=1)
    yield running
    running.stop()


def address(endpoint: str, query: str, **more: str) -> str:
    return f"{endpoint}/sparql?" + urllib.parse.urlencode({"query": query, **more})


@pytest.mark.slow
def test_each_client_gets_a_whole_result(served: Served, client: Urllib) -> None:
    assert client.ask(address(served.url, ALL)) >= ROWS


@pytest.mark.parametrize("stage", STAGES)
def test_a_reply_that_is_cut_on_its_way_is_no_result(served: Served, client: Urllib, stage: str) -> None:
    parts = urllib.parse.urlsplit(served.url)
    with cutter(str(parts.hostname), int(parts.port or 0), STAGES[stage]) as endpoint:
        if (type(client), stage) == (Fetch, "in the head"):
            # Without TLS, Chromium takes a head that breaks off for a whole one. The body is empty then; no result is.
            assert client.ask(address(endpoint, ALL)) == 0
            return
        with pytest.raises(Broken):
            client.ask(address(endpoint, ALL))


def kill_workers(served: Served) -> None:
    # Not before rows have come and wait to be whole.
    time.sleep(0.4)
    for loader in _children(served.process.pid):
        for worker in _children(loader):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
            while Path(f"/proc/{worker}").exists():
                time.sleep(0.001)


def kill_loader(served: Served) -> None:
    time.sleep(0.3)
    for loader in _children(served.process.pid):
        os.kill(loader, signal.SIGKILL)


def _children(process: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


FAULTS: dict[str, tuple[str, dict[str, str], Callable[[Served], None] | None]] = {
    "its time is over before the first row": (RUNAWAY, {"timeout": "0.5"}, None),
    "its time is over after thousands of rows": (STUCK, {"timeout": "1"}, None),
    "it is larger than may be": (HUGE, {}, None),
    "it needs too much memory": (GREEDY, {}, None),
    "its worker is killed before the first row": (RUNAWAY, {}, kill_workers),
    "its worker is killed after thousands of rows": (STUCK, {}, kill_workers),
}


LAST_FAULT = list(FAULTS)[-1]
CASES = [
    marked(client, fault)
    for client in CLIENTS
    for fault in FAULTS
    if THOROUGH or client == "urllib" or fault == LAST_FAULT
]
"""Whatever the fault, a client is told by a status: by day one meets all faults, and all meet one."""


@pytest.mark.parametrize(("client", "fault"), CASES, indirect=["client"])
def test_a_query_that_fails_has_no_result(served: Served, client: Urllib, fault: str) -> None:
    query, more, strike = FAULTS[fault]
    if isinstance(client, Comunica) and more:
        pytest.skip("Comunica sends no field of ours")

    def watch() -> None:
        served.wait_until_busy(1)
        assert strike
        strike(served)

    watcher = threading.Thread(target=watch)
    if strike:
        watcher.start()
    with pytest.raises(Broken):
        client.ask(address(served.url, query, **more))
    if strike:
        watcher.join(10)
    assert served.ask("ASK {}").status == 200


@pytest.mark.parametrize(
    "client", [marked(client) for client in CLIENTS if THOROUGH or client == "urllib"], indirect=True
)
def test_a_result_that_the_disk_does_not_take_is_told_that_there_is_no_room(served: Served, client: Urllib) -> None:
    before = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (2 * 1024**2, before[1]))
    try:
        with pytest.raises(Broken):
            client.ask(address(served.url, ALL))
        assert served.ask(ALL).status == 507
    finally:
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, before)
    assert served.ask(ALL).status == 200


def all_broken(calls: Sequence[Callable[[], int]]) -> None:
    """Hold that each client, all at once, says that it has no result."""

    def broken(call: Callable[[], int]) -> None:
        with pytest.raises(Broken):
            call()

    with ThreadPoolExecutor(len(calls)) as threads:
        asked = [threads.submit(broken, call) for call in calls[1:]]
        broken(calls[0])  # here, as a browser's page is of the thread that opened it
        for one in asked:
            one.result()


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["the server", "the loading process"])
def test_a_service_that_is_killed_gives_no_result(clients: Sequence[Urllib], victim: str, little: Path) -> None:
    served = serve_dataset(little, workers=len(clients))

    def watch() -> None:
        served.wait_until_busy(len(clients))
        time.sleep(0.3)
        served.process.kill() if victim == "the server" else kill_loader(served)

    watcher = threading.Thread(target=watch)
    watcher.start()
    all_broken([partial(client.ask, address(served.url, STUCK)) for client in clients])
    watcher.join(10)
    served.process.kill()
    served.process.wait()


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_sends_gives_no_result(clients: Sequence[Urllib], data: Path) -> None:
    if isinstance(clients[0], Comunica):
        pytest.skip("its command cannot be told to read slowly; what is cut on its way is the same to it")
    served = serve_dataset(data, cache_size=1, workers=1)
    # curl, which says nothing when the head has come, asks first, and has it once the last one has.
    begun = [(client, client.begin(address(served.url, LARGE))) for client in clients]
    served.process.kill()
    served.process.wait()
    all_broken([partial(client.finish, result) for client, result in begun])


TRAILED = "SELECT * {{ ?s ?p ?o }} LIMIT {rows}"


@pytest.mark.parametrize("rows", [0, 7, ROWS], ids=["none", "few", "many"])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_rows_and_checksum_follow_the_result_where_the_client_takes_trailers(
    served: Served, rows: int, coding: str
) -> None:
    head, body, trailers = trailed(served, TRAILED.format(rows=rows), f"Accept-Encoding: {coding}")
    assert head["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in head
    assert set(head["Trailer"].split(", ")) == {"repr-digest", "x-coopgraph-rows"}
    assert trailers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    assert trailers["X-Coopgraph-Rows"] == str(rows)
    plain = gzip.decompress(body) if head["Content-Encoding"] == "gzip" else body
    assert len(json.loads(plain)["results"]["bindings"]) == rows


def test_a_result_of_no_bytes_has_trailers_too(served: Served) -> None:
    empty = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }"
    _, body, trailers = trailed(served, empty, "Accept: application/n-triples")
    assert body == b""
    assert trailers["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256().digest()).decode()}:"


@pytest.mark.parametrize("said", ["TE: gzip", "TE: trailersx", "Accept: */*"])
def test_who_takes_no_trailers_gets_a_length(served: Served, said: str) -> None:
    with connected(served, "ASK {}", said) as reply:
        head = http.client.parse_headers(reply)
        assert head["Content-Length"] == "26"
        assert "Trailer" not in head
        assert reply.read(26) == b'{"head":{},"boolean":true}'


@contextlib.contextmanager
def connected(served: Served, query: str, *headers: str) -> Iterator[BinaryIO]:
    """Ask, and give the answer after its first line, as it comes over the wire."""
    parts = urllib.parse.urlsplit(served.url)
    lines = (f"GET /sparql?{urllib.parse.urlencode({'query': query})} HTTP/1.1", "Host: a", *headers, "", "")
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with connection.makefile("rb") as reply:
            assert reply.readline() == b"HTTP/1.1 200 OK\r\n"
            yield reply


def trailed(served: Served, query: str, *headers: str) -> tuple[Message, bytes, Message]:
    """Return head, body and trailers of an answer that is taken apart as RFC 9112, section 7.1, says."""
    with connected(served, query, "TE: trailers", *headers) as reply:
        head = http.client.parse_headers(reply)
        body = b""
        while size := int(reply.readline(), 16):
            body += reply.read(size)
            assert reply.readline() == b"\r\n"
        return head, body, http.client.parse_headers(reply)
