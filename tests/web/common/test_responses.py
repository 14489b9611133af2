"""What all answers have in common, seen on the connection."""

from __future__ import annotations

import http.client
import urllib.parse
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.conftest import THOROUGH
from tests.running_server import Served

LISTS = {"link", "vary", "set-cookie", "www-authenticate"}
"""Headers that may come several times, because their grammar is a list."""

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

GETS = (
    *("/", "/en/", "/help", "/list/org", "/examples", "/examples.ttl", "/quality", "/about", "/query", "/nowhere"),
    *("/id/org/lantern", "/doc/org/lantern", "/doc/org/lantern/", "/doc/org/lantern.ttl", "/doc/org/never", "/def"),
    *("/catalog", "/void", "/context/v1.jsonld", "/frame/organization.jsonld", "/robots.txt", "/sitemap.xml"),
    *("/sitemap/1.xml", "/releases", "/releases/current", "/releases/current/dump.nq.gz", "/timemap/", "/sparql"),
    *("/sparql?query=ASK%7B%7D", "/sparql?query=SELECT", "/sparql?query=ASK%7B%7D&format=none", "/graphs?default"),
    *("/graphs/records", "/graphs", "/health/live", "/health/ready", "/metrics", "/static/style.css", "/static/none"),
    *("/problem/not-found", "/cite/x", "/%00", "//x", "/timemap/nowhere", "/at/x/", "/.well-known/void"),
)

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Accept": "text/html"},
    {"Accept": "image/png"},
    {"Range": "bytes=0-3"},
    {"Range": "bytes=999999999-"},
    {"If-Match": '"x"'},
    {"If-None-Match": "*"},
    {"Accept-Datetime": "Tue, 01 Jan 2030 00:00:00 GMT"},
    {"Accept-Datetime": "yesterday"},
    {"Accept-Encoding": "gzip"},
    {"TE": "trailers"},
    {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"},
)


@pytest.fixture
def connection(served: Served) -> Iterator[http.client.HTTPConnection]:
    parts = urllib.parse.urlsplit(served.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    yield connection
    connection.close()


def asked(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, http.client.HTTPMessage]:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers


def flaws(status: int, headers: http.client.HTTPMessage) -> list[str]:
    """Return what is wrong with the head of an answer."""
    counted = Counter(name.lower() for name in headers.keys())  # noqa: SIM118 - a message repeats its names
    found = [name for name, count in counted.items() if count > 1 and name not in LISTS]
    found += [] if counted["date"] == 1 else [f"{counted['date']} dates"]
    found += ["no time to ask again"] if status == 503 and not headers.get("Retry-After", "").isdecimal() else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("headers", HEADERS)
def test_no_header_comes_twice_but_lists_and_there_is_one_date(
    connection: http.client.HTTPConnection, headers: dict[str, str]
) -> None:
    found = {}
    statuses = set()
    methods = ("GET", "HEAD", "OPTIONS") if THOROUGH or headers in HEADERS[:2] else ("GET",)
    for path in GETS:
        for method in methods:
            status, given = asked(connection, method, path, headers)
            statuses.add(status)
            if wrong := flaws(status, given):
                found[f"{method} {path} {status}"] = wrong
    assert not found
    assert len(statuses) > 1


@pytest.mark.slow
def test_the_same_holds_for_what_is_kept_or_not_modified(connection: http.client.HTTPConnection) -> None:
    found = {}
    for path in GETS:
        for _ in range(2):
            status, given = asked(connection, "GET", path, {})
            found[path] = flaws(status, given)
        if "ETag" in given:
            status, again = asked(connection, "GET", path, {"If-None-Match": given["ETag"]})
            assert status == 304, path
            found[f"{path} again"] = flaws(status, again)
    assert not {path: wrong for path, wrong in found.items() if wrong}


POSTS = (
    ("/sparql", b"ASK {}", "application/sparql-query"),
    ("/sparql", b"query=ASK%7B%7D", "application/x-www-form-urlencoded"),
    ("/sparql", b"CLEAR ALL", "application/sparql-update"),
    ("/sparql", b"x", "image/png"),
    ("/sparql/check", b"SELECT", "application/sparql-query"),
    ("/cite", b'{"query": "ASK {}"}', "application/json"),
    ("/cite", b"{", "application/json"),
    ("/doc/org/lantern", b"", "text/turtle"),
    ("/nowhere", b"", "text/turtle"),
)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_same_holds_for_what_is_sent(connection: http.client.HTTPConnection, method: str) -> None:
    for path, body, content_type in POSTS:
        status, headers = asked(connection, method, path, {"Content-Type": content_type}, body)
        assert flaws(status, headers) == [], f"{method} {path} {status}"


def test_a_query_that_took_too_long_says_when_to_ask_again(connection: http.client.HTTPConnection) -> None:
    for path in ("/sparql", "/at/{release}/sparql"):
        release = asked(connection, "GET", "/sparql?query=ASK%7B%7D", {})[1]["X-Coopgraph-Release"]
        fields = urllib.parse.urlencode({"query": RUNAWAY, "timeout": "0.3"})
        status, headers = asked(connection, "GET", f"{path.format(release=release)}?{fields}", {})
        assert (status, flaws(status, headers)) == (503, [])
