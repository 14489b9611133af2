"""Every request gets its own answer, in its turn, whatever else a client does with its connection."""

from __future__ import annotations

import contextlib
import http.client
import io
import itertools
import json
import socket
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopgraph.server.http1 import connection as limits
from coopgraph.server.http1 import listener
from coopgraph.server.http1.message import Reply
from tests.conftest import example_count

from .echo import LARGE, READY, Running, rest, running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not for Windows")


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running() as server:
        yield server


@pytest.fixture
def alone() -> Iterator[Running]:
    """A server that a test may end, or change the limits of."""
    with running() as server:
        yield server


def request(path: str, method: str = "GET", *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    lines = (f"{method} {path} HTTP/{version}", "Host: a", *headers, "", "")
    return "\r\n".join(lines).encode("latin-1") + body


def posted(path: str, body: bytes) -> bytes:
    return request(path, "POST", f"Content-Length: {len(body)}", body=body)


def chunked(path: str, *parts: bytes) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"
    return request(path, "POST", "Transfer-Encoding: chunked", body=body)


class Answers(io.BytesIO):
    """What came over the wire, to be taken apart answer by answer."""

    def makefile(self, _: str) -> Answers:
        return self

    def close(self) -> None:
        """Stay open: an answer closes its file."""

    def next(self, method: str = "GET") -> http.client.HTTPResponse:
        answer = http.client.HTTPResponse(self, method=method)  # type: ignore[arg-type]
        answer.begin()
        return answer


def told(raw: bytes, *methods: str) -> list[tuple[int, bytes]]:
    """Return status and body of each answer; ``raw`` must hold these and nothing else."""
    answers = Answers(raw)
    found = []
    for method in methods:
        answer = answers.next(method)
        found.append((answer.status, answer.read()))
    assert answers.read() == b""
    return found


OFFERS = {
    "h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
    "a web socket": ("upgrade: websocket", "connection: keep-alive, UPGRADE"),
    "TLS": ("Connection: upgrade", "Upgrade: TLS/1.0, HTTP/2.0"),
}
"""Other protocols that a client offers to speak."""

INNER = request("/health/live")
"""What must be read as a body, and never as a request."""

BODIES = {
    "a length": (request("/offered", "POST", f"Content-Length: {len(INNER)}"), INNER),
    "a length of none": (request("/offered", "POST", "Content-Length: 0"), b""),
    "chunks": (
        request("/offered", "POST", "Transfer-Encoding: chunked"),
        b"%x\r\n%b\r\n3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n" % (len(INNER), INNER),
    ),
}

REQUESTS = {
    "ready": (request(f"{READY}?a=1"), "GET"),
    "ready again": (request(f"{READY}?a=1"), "GET"),
    "its head": (request(READY, "HEAD"), "HEAD"),
    "slow": (request("/slow"), "GET"),
    "with a body": (posted("/slow", b"abc" * 1000), "POST"),
    "with an empty body": (posted("/", b""), "POST"),
    "in chunks": (chunked("/", b"a", b"bc" * 5000), "POST"),
    "in no chunks": (chunked("/"), "POST"),
    "by its whole address": (request("http://a/x%20y?b#c"), "GET"),
    "as an upgrade": (request("/up", "GET", "Connection: Upgrade", "Upgrade: h2c"), "GET"),
    **{
        f"{offer} with {kind}": (head[:-2] + "\r\n".join((*headers, "", "")).encode() + body, "POST")
        for offer, headers in OFFERS.items()
        for kind, (head, body) in BODIES.items()
    },
}


@settings(max_examples=example_count(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(sorted(REQUESTS)), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 20_000), max_size=6),
)
def test_however_requests_are_cut_each_gets_the_answer_it_gets_alone(
    served: Running, names: list[str], cuts: list[int]
) -> None:
    sent = b"".join(REQUESTS[name][0] for name in names)
    places = sorted({cut % len(sent) for cut in cuts} | {0, len(sent)})
    pieces = [sent[start:end] for start, end in itertools.pairwise(places)]
    methods = [REQUESTS[name][1] for name in names]
    raw = served.exchange(*pieces, request("/last", "GET", "Connection: close"), pause=0.002, shut=False)
    found = told(raw, *methods, "GET")
    for name, answer in zip(names, found, strict=False):
        alone = served.exchange(REQUESTS[name][0], request("/last", "GET", "Connection: close"), shut=False)
        assert answer == told(alone, REQUESTS[name][1], "GET")[0]


def test_an_answer_says_what_was_asked(served: Running) -> None:
    ((status, body),) = told(served.exchange(posted("/a%2Fb%c3%a9?c=%20", b"d\xff")), "POST")
    assert status == 200
    method, path, query, headers, sent = json.loads(body)
    assert (method, path, query, sent) == ("POST", "/a/bÃ©", "c=%20", "d\xff")
    assert headers == {"host": "a", "content-length": "2"}


def test_a_header_that_comes_twice_is_one_with_a_comma(served: Running) -> None:
    ((_, body),) = told(served.exchange(request("/", "GET", "X-A: b", "x-a:  c  ", "X-Empty:")), "GET")
    assert json.loads(body)[3] == {"host": "a", "x-a": "b, c", "x-empty": ""}


def test_what_was_answered_at_once_is_not_read_again_but_answered_the_same(alone: Running) -> None:
    with alone.connect() as connection:
        first, second, other = (ask(connection, path) for path in (f"{READY}?x", f"{READY}?x", f"{READY}?y"))
    assert first == second != other
    assert alone.application.recognitions == 2


def test_what_is_kept_goes_out_with_the_date_of_now(alone: Running) -> None:
    dates: set[object] = set()
    with alone.connect() as connection:
        until = time.monotonic() + 2.5
        while time.monotonic() < until and len(dates) < 2:
            connection.sendall(request(READY))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            answer.read()
            dates.add(answer.headers["Date"])
            time.sleep(0.05)
    assert len(dates) == 2


def test_what_is_kept_anew_takes_the_place_of_what_was_kept(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with alone.connect() as connection:
        before = [ask(connection, READY) for _ in range(3)]
        for body in (b"another", b"x" * 16 * 1024, b"small again"):
            reply = Reply(200, [], body)
            monkeypatch.setattr(alone.application, "ready", lambda asked, reply=reply: reply)
            assert [ask(connection, READY) for _ in range(3)] == [body] * 3
    assert len(set(before)) == 1


def test_two_requests_in_one_piece_are_not_taken_for_one(alone: Running) -> None:
    pair = request(READY) + request(READY)
    for _ in range(3):
        assert len(told(alone.exchange(pair), "GET", "GET")) == 2


def ask(connection: socket.socket, path: str) -> bytes:
    connection.sendall(request(path))
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.read()


@pytest.mark.parametrize(
    ("version", "header", "kept"),
    [
        ("1.1", "X: y", True),
        ("1.1", "Connection: close", False),
        ("1.0", "X: y", False),
        ("1.0", "Connection: keep-alive", True),
    ],
)
@pytest.mark.parametrize("path", [READY, "/slow"])
def test_a_connection_is_kept_as_the_client_asks(
    served: Running, path: str, version: str, header: str, kept: bool
) -> None:
    with served.connect() as connection:
        connection.sendall(request(path, "GET", header, version=version))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        assert answer.will_close is not kept
        connection.settimeout(0.3 if kept else 10)
        if kept:
            with pytest.raises(TimeoutError):
                connection.recv(1)
        else:
            assert connection.recv(1) == b""


def test_a_body_is_asked_for_where_it_is_wanted_and_not_where_it_is_not(served: Running) -> None:
    for path, first in (("/", b"HTTP/1.1 100 Continue\r\n\r\n"), ("/deaf", b"HTTP/1.1 200 OK\r\n")):
        with served.connect() as connection:
            connection.sendall(request(path, "POST", "Content-Length: 3", "Expect: 100-continue", "Connection: close"))
            assert connection.recv(65536).startswith(first)
            connection.sendall(b"abc")
            assert b"200 OK" in rest(connection) if path == "/" else True


def test_a_body_that_nobody_reads_is_no_next_request(served: Running) -> None:
    with served.connect() as connection:
        connection.sendall(request("/deaf", "POST", "Content-Length: 60") + request("/smuggled"))
        assert len(told(rest(connection), "POST")) == 1


@pytest.mark.slow
def test_a_large_body_waits_in_the_network_not_in_memory(served: Running) -> None:
    body = bytes(range(256)) * 40_000
    ((status, said),) = told(served.exchange(posted("/", body)), "POST")
    assert status == 200
    assert json.loads(said)[4].encode("latin-1") == body


def test_a_file_is_sent_whole_and_kept_connections_go_on(served: Running) -> None:
    raw = served.exchange(request("/large") + request(READY))
    (large, ready) = told(raw, "GET", "GET")
    assert large == (200, bytes(LARGE))
    assert ready[0] == 200


def test_a_file_that_cannot_be_read_to_its_end_breaks_the_connection(served: Running) -> None:
    with served.connect() as connection:
        connection.sendall(request("/torn"))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()


def test_a_request_that_is_refused_is_the_last(served: Running) -> None:
    raw = served.exchange(request(READY) + request("/refused") + request(READY))
    assert [status for status, _ in told(raw, "GET", "GET")] == [200, 403]


def test_many_requests_at_once_are_answered_and_too_many_refused(served: Running) -> None:
    raw = served.exchange(request("/slow") + request(READY) * 300)
    assert [status for status, _ in told(raw, *["GET"] * 301)] == [200] * 301
    raw = served.exchange(request("/slow") + request(READY) * 2000)
    assert raw.count(b"HTTP/1.1 200 ") == limits.MOST_WAITING
    assert raw.count(b"HTTP/1.1 429 ") == 1
    raw = served.exchange(request("/slow") + request(READY) * (limits.MOST_WAITING - 1) + posted("/", b"abc"))
    assert raw.count(b"HTTP/1.1 429 ") == 1


def test_a_client_that_leaves_is_told_of_within_200_ms(served: Running) -> None:
    # On a machine with other work many moments are late; a server that were slow would be so each time.
    assert any(time_to_notice(served) < 0.2 for _ in range(50))


def time_to_notice(served: Running) -> float:
    served.application.left.clear()
    with served.connect() as connection:
        connection.sendall(request("/endless"))
        time.sleep(0.1)
        assert served.application.left == []
    start = time.monotonic()
    while not served.application.left:
        assert time.monotonic() - start < 10
        time.sleep(0.005)
    assert served.application.left == ["/endless"]
    return time.monotonic() - start


def test_a_client_that_only_ceased_to_send_still_reads_what_is_ready_soon(served: Running) -> None:
    assert told(served.exchange(request("/slow")), "GET")[0][0] == 200


def test_a_body_that_breaks_off_is_refused(served: Running) -> None:
    ((status, body),) = told(served.exchange(request("/", "POST", "Content-Length: 9") + b"abc"), "POST")
    assert status == 400
    assert "broke off" in json.loads(body)["detail"]


def test_a_broken_request_is_refused_after_the_good_ones_before_it(served: Running) -> None:
    raw = served.exchange(request("/slow") + request(READY) + b"nonsense\r\n\r\n" + request(READY))
    assert [status for status, _ in told(raw, "GET", "GET", "GET")] == [200, 200, 400]


def test_a_client_that_waits_to_be_asked_is_asked_though_it_offers_another_protocol(served: Running) -> None:
    head = request(
        "/offered", "POST", "Expect: 100-continue", "Connection: Upgrade", "Upgrade: h2c", "Content-Length: 3"
    )
    with served.connect() as connection:
        connection.sendall(head)
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert json.loads(answer.read())[4] == "abc"


def test_nobody_is_told_to_continue_who_speaks_http_1_0(served: Running) -> None:
    sent = request("/", "POST", "Expect: 100-continue", "Content-Length: 3", body=b"abc", version="1.0")
    assert b"100 Continue" not in served.exchange(sent, shut=False)


def test_the_host_of_an_absolute_address_counts(served: Running) -> None:
    ((_, body),) = told(served.exchange(request("http://b.example:81/x?y", "GET")), "GET")
    assert json.loads(body)[3]["host"] == "b.example:81"


def test_a_header_with_an_underscore_is_not_taken_for_another(served: Running) -> None:
    ((_, body),) = told(served.exchange(request("/", "GET", "Accept_Language: ko", "If_None_Match: *")), "GET")
    assert json.loads(body)[3] == {"host": "a"}


@pytest.mark.parametrize("body", [b"", b"Content-Length: 40\r\n"])
def test_no_tunnel_begins(served: Running, body: bytes) -> None:
    raw = served.exchange(b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n" + body + b"\r\n" + request(READY))
    assert raw.count(b"HTTP/1.1 ") == 1
    assert raw.startswith(b"HTTP/1.1 405 ")


@pytest.mark.slow
def test_a_client_that_does_not_read_is_cut_off(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READING_TIME", 0.5)
    with alone.connect() as connection:
        connection.sendall(request("/large"))
        time.sleep(2.5)
        assert len(rest(connection)) < LARGE


@pytest.mark.slow
def test_a_client_that_reads_next_to_nothing_is_cut_off(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READING_TIME", 0.5)
    with narrow(alone) as connection:
        connection.sendall(request("/large"))
        for _ in range(12):
            time.sleep(0.25)
            with contextlib.suppress(ConnectionError):
                connection.recv(16)
        assert len(rest(connection)) < LARGE // 2


@pytest.mark.slow
def test_a_client_that_reads_slowly_is_not_cut_off(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READING_TIME", 1.5)
    with alone.connect() as connection:
        connection.sendall(request("/large", "GET", "Connection: close"))
        received = 0
        while piece := connection.recv(4 * 1024**2, socket.MSG_WAITALL):
            received += len(piece)
            time.sleep(0.4)
    assert received > LARGE


@pytest.mark.slow
def test_answers_wait_for_a_client_that_does_not_read_them(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many it asks for, little more than one is made ahead of it; then it gets them all."""
    given = 0

    def ready(_: object) -> Reply:
        nonlocal given
        given += 1
        return Reply(200, [], bytes(1024**2))

    monkeypatch.setattr(alone.application, "ready", ready)
    with alone.connect() as connection:
        connection.sendall(request(READY) * 60 + request(READY, "GET", "Connection: close"))
        time.sleep(0.5)
        # What the system keeps for a client is some megabytes.
        ahead = given
        assert ahead < 20
        assert rest(connection).count(b"HTTP/1.1 200 ") == 61
    assert given == 61


def narrow(server: Running) -> socket.socket:
    """Connect as a client for which the system keeps little."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    return connection


def test_what_keeps_the_loop_from_listening_is_no_clients_time(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEAD_TIME", 2 * listener.TICK)
    with alone.connect() as client:
        for kept in (0.0, 6 * listener.TICK, 0.0):
            alone.loop.call_soon_threadsafe(time.sleep, kept)
            time.sleep(listener.TICK / 5)
            client.sendall(request(READY))
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_connections_beyond_those_held_are_told_to_come_back(alone: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 2)
    with alone.connect() as first, alone.connect() as second:
        for busy in (first, second):
            busy.sendall(request("/endless"))
        time.sleep(0.1)
        with alone.connect() as third:
            raw = rest(third)
    assert raw.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 5" in raw
    time.sleep(0.1)
    assert told(alone.exchange(request(READY)), "GET")[0][0] == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HT", request(READY)])
def test_the_connection_idle_for_longest_gives_way_to_a_new_one(
    alone: Running, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 3)
    with alone.connect() as busy:
        busy.sendall(request("/slower"))
        held = []
        for _ in range(8):
            held.append(alone.connect())
            held[-1].sendall(sent)
            time.sleep(0.02)
        assert told(alone.exchange(request(READY)), "GET")[0][0] == 200
        answer = http.client.HTTPResponse(busy)
        answer.begin()
        assert answer.status == 200
    for connection in held:
        connection.close()


def test_stopping_ends_the_present_answer_and_closes(alone: Running) -> None:
    with alone.connect() as idle, alone.connect() as busy:
        busy.sendall(request("/slower"))
        time.sleep(0.2)
        assert alone.stop()
        assert idle.recv(1) == b""
        raw = rest(busy)
    assert b"connection: close" in raw
    assert told(raw, "GET")[0][0] == 200


def test_stopping_says_where_an_answer_has_not_ended(alone: Running) -> None:
    with alone.connect() as busy:
        busy.sendall(request("/endless"))
        time.sleep(0.1)
        assert not alone.stop(grace=0.2)
