"""The configurations of docs/proxies run as they stand, but for ports and certificates, and do what is said there."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.running_server import Served, free_port, serve

pytestmark = pytest.mark.interop

PROXIES = Path(__file__).parents[2] / "docs" / "proxies"
PATIENCE = 60.0
PREFIX = "PREFIX : <http://example.org/>"
DATA = "@prefix : <http://example.org/> .\n" + "".join(f":s{n} :p {n} .\n" for n in range(2000))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("proxies")
    (place / "data.ttl").write_text(DATA, encoding="utf-8")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=graph.example"),
            *("-keyout", str(place / "key.pem"), "-out", str(place / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    (place / "both.pem").write_bytes((place / "key.pem").read_bytes() + (place / "cert.pem").read_bytes())
    return place


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    server = serve(
        *("--dataset", str(folder / "data.ttl")),
        log=folder / "served.log",
        settings={"address": "https://graph.example", "proxies": 1, "client_queries": 2, "waiting_per_worker": 8},
    )
    yield server
    server.stop()


def nginx(folder: Path, front: int, back: int) -> list[str]:
    text = (PROXIES / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 443", f"listen 127.0.0.1:{front}").replace("127.0.0.1:8000", f"127.0.0.1:{back}")
    text = text.replace("/etc/ssl/graph.example.pem", str(folder / "cert.pem"))
    text = text.replace("/etc/ssl/graph.example.key", str(folder / "key.pem"))
    whole = f"daemon off; pid {folder}/nginx.pid; events {{}}\nhttp {{\n{text}\n}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def haproxy(folder: Path, front: int, back: int) -> list[str]:
    text = (PROXIES / "haproxy.cfg").read_text(encoding="utf-8")
    text = text.replace("bind :443", f"bind 127.0.0.1:{front}").replace("127.0.0.1:8000", f"127.0.0.1:{back}")
    (folder / "haproxy.cfg").write_text(
        text.replace("/etc/ssl/graph.example.both.pem", str(folder / "both.pem")), encoding="utf-8"
    )
    return ["haproxy", "-f", str(folder / "haproxy.cfg")]


@pytest.fixture(scope="module", params=[nginx, haproxy], ids=["nginx", "haproxy"])
def front(request: pytest.FixtureRequest, folder: Path, served: Served) -> Iterator[int]:
    configure: Callable[[Path, int, int], list[str]] = request.param
    for program in (configure.__name__, "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    port = free_port()
    command = configure(folder, port, int(served.url.rpartition(":")[2]))
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    start = time.monotonic()
    while True:
        with contextlib.suppress(OSError):
            if b" 200 " in ask(port, b"GET /health/ready HTTP/1.1\r\nHost: graph.example\r\nConnection: close\r\n\r\n"):
                break
        assert process.poll() is None, (folder / "proxy.log").read_text()
        assert time.monotonic() - start < PATIENCE, (folder / "proxy.log").read_text()
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(30)


def ask(port: int, sent: bytes) -> bytes:
    """Send bytes over TLS; return all that comes."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    received = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="graph.example") as secure,
    ):
        secure.sendall(sent)
        with contextlib.suppress(OSError):
            while piece := secure.recv(65536):
                received += piece
    return received


def read(port: int, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    head = (f"{method} {path} HTTP/1.1", "Host: graph.example", *headers, "Connection: close", "", "")
    return ask(port, "\r\n".join(head).encode("latin-1") + body)


def query(text: str) -> str:
    return "/sparql?" + urllib.parse.urlencode({"query": text})


def test_a_query_is_answered_with_its_headers(front: int) -> None:
    raw = read(front, query(f"{PREFIX} SELECT (COUNT(*) AS ?n) {{ ?s :p ?o }}"), "Accept: text/csv")
    assert raw.startswith(b"HTTP/1.1 200 ")
    assert raw.endswith(b"n\r\n2000\r\n")
    head = raw.partition(b"\r\n\r\n")[0].lower()
    for name in (b"etag:", b"repr-digest:", b"x-coopgraph-release:", b"strict-transport-security:"):
        assert head.count(name) == 1
    assert head.count(b"\r\ndate:") == 1


def test_links_are_those_of_the_public_address(front: int) -> None:
    raw = read(front, "/sparql", "Accept: text/turtle")
    assert b"https://graph.example/sparql" in raw
    assert b"http://127" not in raw


def test_a_long_query_in_an_address_passes(front: int) -> None:
    values = " ".join(f'"{n:08}"' for n in range(4000))
    assert read(front, query(f"ASK {{ VALUES ?x {{ {values} }} }}")).startswith(b"HTTP/1.1 200 ")


def test_a_body_after_an_offered_upgrade_is_answered_once(front: int) -> None:
    inner = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
    sent = (
        b"POST /sparql HTTP/1.1\r\nHost: graph.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
        b"Content-Type: application/sparql-query\r\nContent-Length: %d\r\n\r\n%b"
    ) % (len(inner), inner)
    raw = ask(front, sent + b"GET /health/ready HTTP/1.1\r\nHost: graph.example\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d{3}) ", raw) == [b"400", b"200"]
    assert b'"busy"' in raw


def test_another_protocol_is_refused(front: int) -> None:
    raw = ask(front, b"GET / RTSP/1.0\r\nHost: graph.example\r\nConnection: close\r\n\r\n")
    assert b" 200 " not in raw.partition(b"\r\n")[0]


def test_numbers_are_for_the_operator_alone(front: int) -> None:
    assert read(front, "/metrics").startswith(b"HTTP/1.1 403 ")


def test_what_a_reader_claims_of_its_address_does_not_count(front: int) -> None:
    """Two long queries are all that one reader may have, whatever it says of who it is."""
    text = f"{PREFIX} SELECT (COUNT(*) AS ?n) {{ ?a :p ?b . ?c :p ?d . ?e :p ?f FILTER(?b + ?d = ?f + %d) }}"
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.ExitStack() as stack:
        for number in range(2):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", front), timeout=30))
            secure = stack.enter_context(context.wrap_socket(plain, server_hostname="graph.example"))
            claim = f"X-Forwarded-For: 203.0.113.{number}"
            secure.sendall(
                f"GET {query(text % number)} HTTP/1.1\r\nHost: graph.example\r\n{claim}\r\n\r\n".encode("latin-1")
            )
        start = time.monotonic()
        while True:
            raw = read(front, query("ASK {}"), "X-Forwarded-For: 203.0.113.9", "Cache-Control: no-cache")
            if raw.startswith(b"HTTP/1.1 429 "):
                break
            assert time.monotonic() - start < PATIENCE
            time.sleep(0.1)
    assert b"retry-after:" in raw.lower()
    assert json.loads(raw.partition(b"\r\n\r\n")[2].strip() or b"{}")["type"].endswith("/too-many-requests")
