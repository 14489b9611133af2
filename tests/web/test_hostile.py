"""Whatever is sent, the service answers within its limits or closes, and serves the next request at once.

The queries are sent twice: as the service stands, and to one whose pre-check is taken off, so that only the isolation
of the workers protects.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import socket
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import THOROUGH
from tests.running_server import COMMAND, Reply, Served, processes_of, serve

from . import hostile
from .hostile import FORM, QUERY, Malformed, Request

ASKERS = 4
AT_ONCE = 2.0
"""Seconds within which the next request is served: some milliseconds, and room for a machine with other work."""

LIMITS: Mapping[str, object] = {
    "query_timeout": 60,
    "query_memory": 256 * 1024**2,
    "result_size": 16 * 1024**2,
    "workers": ASKERS,
}
NUMBERS = itertools.count()
SHORT = "0.3"
"""Seconds that a query has that is known to take all it gets."""

WITHOUT_CHECK = """
from coopgraph.query import service
from coopgraph.sparql import guard
service.inspect = lambda query, **_: guard.Inspected(None, None, repeatable=False)
service.read_tokens = lambda query, **_: ()
from coopgraph.cli.main import main
main()
"""
"""The command, but no query is looked at before the engine gets it."""

OF_LIMITS = {"query-timeout", "query-memory", "result-too-large"}
MEMORY = 640 * 1024**2
"""Bytes that the server's own process may have taken at most, after everything."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
Check = Callable[[], str]
"""Sends a case; returns what is wrong with its answer, or nothing."""


@pytest.fixture(scope="module")
def guarded(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_by(published, tmp_path_factory.mktemp("guarded"), LIMITS) as running:
        yield running


@pytest.fixture(scope="module", params=["pre-check", "no pre-check"])
def served(
    request: pytest.FixtureRequest, guarded: Served, published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    if request.param == "pre-check":
        yield guarded
        return
    folder = tmp_path_factory.mktemp("unguarded")
    with served_by(published, folder, LIMITS, program=WITHOUT_CHECK) as running:
        yield running


@contextmanager
def served_by(
    published: Path, folder: Path, settings: Mapping[str, object], program: str = COMMAND
) -> Iterator[Served]:
    running = serve("--no-build", log=folder / "log", settings={**settings, "var": published}, program=program)
    yield running
    assert running.process.poll() is None
    assert peak_memory(running) < MEMORY
    # The loader, its workers of all lanes and spares; none is left over from a kill.
    assert len(processes_of(running)) < 3 * ASKERS
    running.stop()
    assert_nothing_told(running.log.read_text(encoding="utf-8"))


def peak_memory(running: Served) -> int:
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


def assert_nothing_told(log: str) -> None:
    """Hold that a log has lines of ours alone, each with nothing but method, route, status and time."""
    known = {"time", "level", "logger", "message", "method", "route", "status", "seconds", "release"}
    for line in log.splitlines():
        record = json.loads(line)
        assert record.keys() <= known, line
        assert record["level"] == "info", line
        assert re.fullmatch(
            r"Serving at http://127\.0\.0\.1:\d+|[A-Za-z]+ (none|/[\w/.<>:-]*) \d{3}"
            r"|A query worker was ended by SIG\w+\.",
            record["message"],
        ), line


def survive(served: Served, cases: Mapping[str, Check]) -> None:
    """Try all cases, several at once, and after each whether the next request is served at once."""

    def attempt(name: str) -> str:
        return cases[name]() or lateness(served)

    with ThreadPoolExecutor(ASKERS) as askers:
        found = dict(zip(cases, askers.map(attempt, cases), strict=True))
    failures = [f"{name}: {wrong}" for name, wrong in found.items() if wrong]
    assert not failures, "\n".join(failures)


def lateness(served: Served) -> str:
    """Return what is wrong with the next request; it is asked anew each time, so no cache has it."""
    for _ in range(20):
        start = time.monotonic()
        reply = served.ask(f"ASK {{}} # {next(NUMBERS)}")
        took = time.monotonic() - start
        if reply.status != 200 or b"true" not in reply.body:
            return f"the next request got {reply.status} {reply.body[:200]!r}"
        if took < AT_ONCE:
            return ""
    # On a machine with other work single moments are late; a service that were slow would be so each time.
    return f"the next request took {took:.1f} s"


def send(served: Served, query: bytes, accept: str = "*/*", timeout: str = "") -> Reply:
    """Send a query; where the service has too many just now, come back as it says."""
    address = "/sparql?" + urllib.parse.urlencode({"timeout": timeout}) if timeout else "/sparql"
    for _ in range(10):
        reply = served.get(address, "POST", query, Content_Type=QUERY, Accept=accept)
        if not soon(reply):
            break
        time.sleep(1)
    return reply


def soon(reply: Reply) -> bool:
    """Whether it is worth asking again in a moment, because the service had too many just now."""
    return int(reply.headers.get("Retry-After", 60)) < 60


def kind(reply: Reply) -> str:
    """Return the kind of a problem, or "" for what is no problem."""
    return str(reply.json()["type"]).rpartition("/")[2] if reply.status >= 400 else ""


def flaw(reply: Reply) -> str:
    """Return what is wrong with an answer as such: an error that is no problem of RFC 9457, or that tells too much."""
    if reply.status < 400:
        return ""
    if reply.headers["Content-Type"] != "application/problem+json":
        return f"{reply.status} is no problem: {reply.headers['Content-Type']}"
    problem = reply.json()
    if problem["status"] != reply.status or not problem["title"] or not problem["detail"]:
        return f"says too little: {problem}"
    if len(reply.body) > 2_000 or re.search(
        rb'Traceback|\.py|site-packages|File "|/tmp/|/home/|expected one of', reply.body
    ):
        return f"tells too much: {reply.body[:500]!r}"
    return "a fault on our side" if reply.status == 500 else ""


# Queries


def test_a_malformed_query_is_told_its_place_in_plain_words(served: Served, guarded: Served) -> None:
    def check(case: Malformed) -> str:
        reply = send(served, case.query.encode("utf-8"))
        if flaw(reply) or kind(reply) != "query-syntax":
            return flaw(reply) or f"{reply.status} {reply.body[:200]!r}"
        problem = reply.json()
        told = (problem["line"], problem["column"], problem["detail"])
        return "" if told[:2] == case[1:3] and case.words in told[2] else str(told)

    # What tells the place is the same without the pre-check, which only comes first.
    share = 1 if served is guarded or THOROUGH else 4
    cases = dict(itertools.islice(hostile.MALFORMED.items(), 0, None, share))
    survive(served, {name: partial(check, case) for name, case in cases.items()})


def test_what_is_nested_too_deep_is_refused_with_its_place(guarded: Served) -> None:
    def check(query: str) -> str:
        reply = send(guarded, query.encode())
        refused = kind(reply) == "query-refused" and "At line 1, column" in reply.json()["detail"]
        return flaw(reply) or ("" if refused else f"{reply.status} {reply.body[:200]!r}")

    survive(guarded, {name: partial(check, query) for name, query in hostile.NESTED.items()})


def test_a_query_that_takes_all_it_can_get_takes_nothing_from_others(served: Served, guarded: Served) -> None:
    def check(query: str) -> str:
        reply = send(served, query.encode(), timeout=SHORT)
        expected = {"", "query-syntax", "query-refused"} | OF_LIMITS
        return flaw(reply) or ("" if kind(reply) in expected else f"{reply.status} {reply.body[:200]!r}")

    # What the pre-check lets through is the same for the engine as without it.
    share = 4 if served is guarded and not THOROUGH else 1
    cases = dict(itertools.islice((hostile.KILLERS | hostile.NESTED).items(), 0, None, share))
    survive(served, {name: partial(check, query) for name, query in cases.items()})


def test_a_result_that_xml_cannot_hold_is_not_given_as_xml(served: Served) -> None:
    def check(query: str) -> str:
        reply = send(served, query.encode(), "application/sparql-results+xml")
        plain = send(served, query.encode(), "application/sparql-results+json")
        answered = (kind(reply), plain.status) == ("not-acceptable", 200)
        return flaw(reply) or ("" if answered else f"{reply.status} {plain.status} {reply.body[:200]!r}")

    survive(served, {name: partial(check, query) for name, query in hostile.XML.items()})


def test_a_query_reaches_no_other_server_and_no_file(served: Served, guarded: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.setblocking(False)
        target = f"http://127.0.0.1:{other.getsockname()[1]}/"

        def check(query: str, status: int, problem: str) -> str:
            reply = send(served, query.replace("{target}", target).encode(), "text/csv", timeout="2")
            if served is guarded and (reply.status, kind(reply)) != (status, problem):
                return f"{reply.status} {reply.body[:200]!r}"
            return flaw(reply) or ("" if reply.status >= 400 or len(reply.body) < 20 else f"gave {reply.body[:200]!r}")

        survive(served, {name: partial(check, *case) for name, case in hostile.REFUSED.items()})
        with pytest.raises(BlockingIOError):
            other.accept()


def test_what_is_no_utf_8_is_refused_however_it_is_sent(served: Served) -> None:
    def direct(query: bytes) -> Reply:
        return send(served, query)

    def form(query: bytes) -> Reply:
        return served.get("/sparql", "POST", b"query=" + urllib.parse.quote(query).encode(), Content_Type=FORM)

    def address(query: bytes) -> Reply:
        return served.get("/sparql?query=" + urllib.parse.quote(query))

    def check(way: Callable[[bytes], Reply], query: bytes) -> str:
        reply = way(query)
        return flaw(reply) or (
            "" if kind(reply) == "wrong-usage" and "UTF-8" in reply.json()["detail"] else f"{reply.status}"
        )

    survive(
        served,
        {
            f"{name}, {way.__name__}": partial(check, way, query)
            for name, query in hostile.BYTES.items()
            for way in (direct, form, address)
        },
    )


# Requests


@contextmanager
def connected(served: Served) -> Iterator[socket.socket]:
    parts = urllib.parse.urlsplit(served.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=15) as connection:
        yield connection


def exchange(served: Served, sent: bytes) -> Reply | None:
    """Send ``sent`` and return the first answer; None where the connection is closed without one."""
    for _ in range(10):
        reply = exchange_once(served, sent)
        if reply is None or not soon(reply):
            break
        time.sleep(1)
    return reply


def exchange_once(served: Served, sent: bytes) -> Reply | None:
    with connected(served) as connection:
        # The service may answer and close before all has come.
        with suppress(ConnectionError):
            connection.sendall(sent)
        response = http.client.HTTPResponse(connection, method=sent.partition(b" ")[0].decode("latin-1"))
        try:
            response.begin()
            return Reply(response.status, response.headers, response.read())
        except (ConnectionError, http.client.HTTPException):
            return None


@pytest.mark.parametrize("group", ["FRAMING", "HEADERS", "ADDRESSES", "BODIES"])
def test_a_request_that_is_none_is_refused(guarded: Served, group: str) -> None:
    release = guarded.ask("ASK {}").headers["X-Coopgraph-Release"].encode()

    def check(case: Request) -> str:
        reply = exchange(guarded, case.sent.replace(b"{release}", release))
        status = reply.status if reply else 0
        if status not in case.statuses:
            return f"{status} instead of {case.statuses}: {reply.body[:200] if reply else b''!r}"
        return flaw(reply) if reply else ""

    cases: Mapping[str, Request] = getattr(hostile, group)
    survive(guarded, {name: partial(check, case) for name, case in cases.items()})


def test_requests_that_come_all_at_once_are_answered_in_turn(guarded: Served) -> None:
    names = [f"ASK {{}} # {number}" for number in range(50)]
    sent = b"".join(
        f"GET /sparql?{urllib.parse.urlencode({'query': name})} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for name in names
    )
    with connected(guarded) as connection:
        connection.sendall(sent)
        received = b""
        while received.count(b'"boolean":true') < 50:
            piece = connection.recv(65536)
            assert piece
            received += piece
    assert received.count(b"HTTP/1.1 200 ") == 50


# Connections

HURRIED = """
from coopgraph.server import asgi
from coopgraph.server.http1 import connection
asgi.BODY_TIME = connection.HEAD_TIME = 2.0
from coopgraph.cli.main import main
main()
"""
"""The command, with less time for a request to come."""

MANY = 200
LARGEST = 512 * 1024
"""Bytes of the largest body of that service."""


@pytest.fixture(scope="module")
def hurried(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {**LIMITS, "upload_size": LARGEST}
    with served_by(published, tmp_path_factory.mktemp("hurried"), settings, program=HURRIED) as running:
        yield running


@contextmanager
def many(served: Served, sent: bytes) -> Iterator[list[socket.socket]]:
    """Hold many connections, each of which has sent this and no more."""
    with ExitStack() as stack:
        connections = [stack.enter_context(connected(served)) for _ in range(MANY)]
        for connection in connections:
            with suppress(ConnectionError):
                connection.sendall(sent)
        yield connections


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the service closes."""
    received = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            received += piece
    return received


POST = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {QUERY}\r\n"
BEGINNINGS = {
    "nothing": b"",
    "half a line": b"GET /spar",
    "half the headers": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ",
    "a whole request, and then nothing": b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
    "half a body": POST.encode() + b"Content-Length: 1000\r\n\r\nASK {}",
    "half a chunk": POST.encode() + b"Transfer-Encoding: chunked\r\n\r\n64\r\nASK {}",
}


@pytest.mark.parametrize("sent", BEGINNINGS.values(), ids=BEGINNINGS)
def test_connections_that_wait_keep_nobody_waiting_and_are_closed(hurried: Served, sent: bytes) -> None:
    with many(hurried, sent) as connections:
        if sent.endswith(b"\r\n\r\n"):
            assert all(connection.recv(65536).startswith(b"HTTP/1.1 200 ") for connection in connections)
        assert not lateness(hurried)
        answers = {rest(connection).partition(b"\r\n")[0] for connection in connections}
    assert answers == ({b"HTTP/1.1 408 Request Timeout"} if sent and not sent.endswith(b"\r\n\r\n") else {b""})


def test_a_body_that_comes_byte_by_byte_has_as_long_as_any_other(hurried: Served) -> None:
    with connected(hurried) as connection:
        connection.sendall(POST.encode() + b"Content-Length: 1000\r\n\r\n")
        start = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - start < 10:
                connection.sendall(b" ")
                time.sleep(0.05)
        assert time.monotonic() - start < 10
        assert not lateness(hurried)


def test_many_large_bodies_that_are_half_sent_take_no_more_memory_than_is_given_to_all(hurried: Served) -> None:
    before = peak_memory(hurried)
    head = POST.encode() + f"Content-Length: {LARGEST}\r\n\r\n".encode()
    with many(hurried, head + b"#" * (LARGEST - 1)) as connections:
        assert not lateness(hurried)
        assert send(hurried, b"ASK {} # a small body").status == 200
        answers = [rest(connection).partition(b"\r\n")[0] for connection in connections]
    # What came first waits for its last byte until its time is over; the others are told to come back.
    assert set(answers) <= {b"", b"HTTP/1.1 408 Request Timeout", b"HTTP/1.1 503 Service Unavailable"}
    assert b"HTTP/1.1 503 Service Unavailable" in answers
    assert peak_memory(hurried) - before < MANY * LARGEST


def test_bodies_that_break_off_are_never_taken_for_whole(hurried: Served) -> None:
    for framing in (b"Content-Length: 1000\r\n\r\nASK {}", b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n"):
        with connected(hurried) as connection:
            connection.sendall(POST.encode() + framing)
            connection.shutdown(socket.SHUT_WR)
            assert b" 200 " not in rest(connection)
    assert not lateness(hurried)


def test_clients_that_leave_at_once_leave_nothing_behind(hurried: Served) -> None:
    runaway = urllib.parse.urlencode({"query": hostile.KILLERS["a product that is counted"]})
    with many(hurried, f"GET /sparql?{runaway} HTTP/1.1\r\nHost: a\r\n\r\n".encode()):
        pass
    hurried.wait_until_busy(0)
    assert not lateness(hurried)


def test_clients_that_never_read_keep_nobody_waiting(hurried: Served) -> None:
    large = urllib.parse.urlencode({"query": "SELECT ?s ?p { ?s ?p ?o }", "format": "csv"})
    request = f"GET /sparql?{large} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    # Once it is kept ready, which a large answer is from the second time on, it costs no query.
    assert exchange(hurried, request) is not None
    whole = exchange(hurried, request)
    assert whole is not None
    assert len(whole.body) > 1024**2
    with many(hurried, request):
        assert not lateness(hurried)
