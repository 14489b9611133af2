"""What is kept gives what the application would give: the same status, headers and bytes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from coopgraph.context import AppContext
from coopgraph.http.asgi import ASGIApplication, Receive, Scope, Send, header_fields
from coopgraph.server.response_cache import LARGE as LEAST_LARGE
from coopgraph.server.response_cache import LARGEST_SHARE, OVERHEAD, CacheKey, ResponseCache, read_of
from coopgraph.web.app import create_app
from coopgraph.web.common.compression import ContentCoding
from coopgraph.web.common.shown_release import ShownRelease
from coopgraph.web.common.spool_quota import SpoolQuota
from coopgraph.web.common.wsgi_adapter import WsgiAdapter, path_info
from tests.asgi_client import client
from tests.conftest import THOROUGH
from tests.running_server import serve_dataset

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGE = 64 * 1024**2


class Counting:
    """An ASGI application that counts how often it is asked."""

    def __init__(self, application: ASGIApplication) -> None:
        self._application = application
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await self._application(scope, receive, send)


def threaded(application: WSGIApplication) -> ASGIApplication:
    """A WSGI application behind the adapter."""
    adapter = WsgiAdapter(application, threads=4, body_limit=0, quota=SpoolQuota(LARGE))

    async def adapted(scope: Scope, receive: Receive, send: Send) -> None:
        await adapter.answer(scope, receive, send, {})

    return adapted


def layer(cache: ResponseCache) -> ASGIApplication:
    """A cache before its application, as an application itself."""

    async def layered(scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        asked = read_of(scope["method"], scope["scheme"], path_info(scope), query, header_fields(scope))
        await cache.answer(asked, scope, receive, send)

    return layered


class Small:
    """An application whose answer is told from outside."""

    def __init__(self) -> None:
        self.release = "2026-01-01-00000001"
        self.status = "200 OK"
        self.body: Iterable[bytes] = [b"the answer"]
        self.headers = {"Content-Length": "10", "ETag": '"a"', "X-Coopgraph-Release": self.release}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        headers = {name: value for name, value in self.headers.items() if value}
        start_response(self.status, [("Content-Type", "text/plain"), *headers.items()])
        return self.body


class Front:
    """A cache over :class:`Small` with all that can change around it."""

    def __init__(self, size: int = LARGE) -> None:
        self.inner = Small()
        self.counting = Counting(threaded(ContentCoding(self.inner)))
        self.current: str | None = self.inner.release
        self.standing = {self.inner.release}
        self.cache = ResponseCache(
            self.counting,
            size=size,
            releases=ShownRelease(lambda: self.current, lambda release: release in self.standing),
        )
        self.client = client(layer(self.cache))

    def keeps(self, path: str = "/", **headers: str) -> bool:
        """Whether a second, equal read does not reach the application."""
        for _ in range(2):
            before = self.counting.asked
            self.client.get(path, headers=headers)
        return self.counting.asked == before


def recognized(path: str, method: str = "GET", **headers: str) -> CacheKey:
    """What a request for ``path`` asks: the same object each time, as a connection that recognizes it has it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = read_of(method, "http", path, "", {"host": "localhost", **named})
    assert asked is not None
    return asked


RECOGNIZED = [recognized(f"/{number}") for number in range(8)]


@pytest.fixture
def front() -> Front:
    return Front()


def test_each_read_is_counted_once_as_given_from_what_is_kept_or_as_asked_for(front: Front) -> None:
    for _ in range(3):
        front.client.get("/")
    front.client.post("/")
    assert (front.cache.hits, front.cache.misses) == (2, 1)
    assert front.counting.asked == 2


def test_a_large_answer_is_kept_when_it_is_asked_for_again(front: Front) -> None:
    front.inner.body = [bytes(LEAST_LARGE)]
    front.inner.headers["Content-Length"] = str(LEAST_LARGE)
    asked = []
    for _ in range(4):
        assert len(front.client.get("/").data) == LEAST_LARGE
        asked.append(front.counting.asked)
    assert asked == [1, 2, 2, 2]


@pytest.mark.slow
def test_large_answers_asked_for_once_drive_nothing_out(front: Front) -> None:
    front.client.get("/small")
    front.inner.headers["Content-Length"] = str(LEAST_LARGE)
    front.inner.body = [bytes(LEAST_LARGE)]
    for number in range(LARGE // LEAST_LARGE + 10):
        front.client.get(f"/{number}")
    before = front.counting.asked
    front.client.get("/small")
    assert front.counting.asked == before


# Against the whole service

QUERIES = ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 60", "SELECT (NOW() AS ?now) {}", "SELECT * {", "DESCRIBE <x:y>"]
PATHS = ["/", "/list/org", "/ko/doc/org/lantern", "/doc/org/lantern", "/doc/org/lantern.ttl", "/id/org/lantern"]
PATHS += ["/sparql", "/nothing", "/releases", "/void", "/graphs?default", "/at/{release}/doc/org/lantern"]
ACCEPT = ["text/html", "text/turtle", "application/json;q=0.5, text/csv", "image/png", "text/html;q=0.1,*/*;q=0.2"]
LANGUAGES = ["ko", "zh-TW,zh;q=0.9", "de, ja;q=0.1"]
ENCODINGS = ["gzip", "gzip;q=0.2, br", "zstd", "identity;q=0, gzip", "*;q=0", "gzip;q=0", "identity, gzip;q=0.1"]


def header(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "GET", "HEAD", "POST", "OPTIONS"]),
        "path": st.sampled_from(PATHS) | st.sampled_from(QUERIES),
        "Accept": header(ACCEPT),
        "Accept-Language": header(LANGUAGES),
        "Accept-Encoding": header(ENCODINGS),
        "Accept-Profile": header(["<https://w3id.org/coopgraph/profile/flat>", "<urn:none>"]),
        "If-Modified-Since": header(
            ["Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 +0900", "x"]
        ),
        "Range": header(["bytes=0-9"]),
        "tag": header(["*", '"0"', "last", "weak", "plain"]),
    }
)


@pytest.fixture(scope="module")
def applications(app_context: AppContext) -> tuple[Counting, Counting]:
    application = threaded(create_app(app_context).wsgi_app)
    return Counting(application), Counting(application)


@pytest.fixture(scope="module")
def pair(app_context: AppContext, applications: tuple[Counting, Counting]) -> tuple[Client, Client]:
    """The service with a cache, and with one so small that it keeps nothing."""
    app_context.query_service.release_name()
    caches = [
        ResponseCache(application, size=size, releases=ShownRelease(app_context.settled, app_context.stands))
        for application, size in zip(applications, (LARGE, 1), strict=True)
    ]
    return client(layer(caches[0])), client(layer(caches[1]))


def said(response: TestResponse) -> list[tuple[str, str]]:
    """All headers but the moment."""
    return sorted((name.lower(), value) for name, value in response.headers if name.lower() != "date")


def _send(client: Client, asked: dict[str, Any], release: str, tag: str) -> TestResponse:
    names = ("Accept", "Accept-Language", "Accept-Encoding", "Accept-Profile", "If-Modified-Since", "Range")
    headers = {name: asked[name] for name in names if asked[name]}
    stem = tag.strip('"').partition("-")[0]
    if asked["tag"]:
        headers["If-None-Match"] = {"last": tag, "weak": f"W/{tag}", "plain": f'"0", "{stem}"'}.get(
            asked["tag"], asked["tag"]
        )
    known = asked["path"] not in QUERIES
    path = asked["path"].format(release=release) if known else "/sparql"
    query = {} if known else {"query_string": {"query": asked["path"]}}
    return client.open(path, method=asked["method"], headers=headers, **query)


@pytest.mark.slow
@given(st.lists(REQUESTS, min_size=2, max_size=12))
@settings(max_examples=60 if THOROUGH else 10, deadline=None)
def test_a_cached_service_answers_every_sequence_of_requests_as_one_without_a_cache(
    pair: tuple[Client, Client], app_context: AppContext, requests: list[dict[str, Any]]
) -> None:
    tag = '"0"'
    for asked in [*requests, *requests]:
        kept, plain = (_send(client, asked, app_context.query_service.release_name(), tag) for client in pair)
        assert kept.status_code == plain.status_code, asked
        if "NOW()" in asked["path"]:
            assert {name for name, _ in said(kept)} == {name for name, _ in said(plain)}
        else:
            assert (said(kept), kept.data) == (said(plain), plain.data)
        tag = kept.headers.get("ETag", tag)


def test_in_that_service_pages_documents_and_queries_are_kept(
    pair: tuple[Client, Client], applications: tuple[Counting, Counting]
) -> None:
    for path in ("/list/law", "/doc/law/image-abuse-amendment-act-2021.ttl", "/sparql?query=ASK+%7B%7D&kept", "/id/x"):
        pair[0].get(path)
    before = applications[0].asked
    for path in ("/list/law", "/doc/law/image-abuse-amendment-act-2021.ttl", "/sparql?query=ASK+%7B%7D&kept"):
        assert pair[0].get(path).status_code == 200
        assert pair[0].head(path).data == b""
    assert applications[0].asked == before
    assert pair[0].get("/id/x").status_code == 404
    assert applications[0].asked == before + 1


def test_head_gives_the_headers_that_the_application_gives_for_it(
    app_context: AppContext, pair: tuple[Client, Client]
) -> None:
    bare = Client(create_app(app_context).wsgi_app)
    release = app_context.query_service.release_name()
    for path in ("/doc/org/lantern.ttl", "/sparql?query=ASK+%7B%7D", "/releases", f"/releases/{release}"):
        given, expected = pair[0].head(path), bare.head(path)
        assert (given.status_code, given.data) == (expected.status_code, b"")
        assert said(given) == said(expected)


# Who has a copy already


def dated(front: Front) -> str:
    front.inner.headers["Last-Modified"] = "Thu, 01 Jan 2026 10:00:00 GMT"
    front.client.get("/")
    return front.inner.headers["Last-Modified"]


HAS_IT: list[dict[str, str]] = [
    {"If-None-Match": '"a"'},
    {"If-None-Match": 'W/"a"'},
    {"If-None-Match": '"other", "a"'},
    {"If-None-Match": "*"},
    {"If-None-Match": '"a-gzip"', "Accept-Encoding": "gzip"},
    {"If-None-Match": '"a"', "If-Modified-Since": "Wed, 31 Dec 2025 00:00:00 GMT"},
    {"If-Modified-Since": "Thu, 01 Jan 2026 10:00:00 GMT"},
    {"If-Modified-Since": "Thu, 01 Jan 2026 19:00:00 +0900"},
    {"If-Modified-Since": "Fri, 02 Jan 2026 00:00:00 GMT"},
]
LACKS_IT: list[dict[str, str]] = [
    {"If-None-Match": '"other"'},
    {"If-None-Match": '"a-gzip"'},
    {"If-None-Match": ""},
    {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 02 Jan 2026 00:00:00 GMT"},
    {"If-Modified-Since": "Thu, 01 Jan 2026 09:59:59 GMT"},
    {"If-Modified-Since": "yesterday"},
    {"If-Modified-Since": "Fri, 02 Jan 2026 00:00:00 +99999999999999"},
]


@pytest.mark.parametrize("has_it", HAS_IT)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_what_is_kept_is_told_so_at_once(front: Front, has_it: dict[str, str], method: str) -> None:
    dated(front)
    if "Accept-Encoding" in has_it:
        front.client.get("/", headers={"Accept-Encoding": "gzip"})
    before = front.counting.asked
    answer = front.client.open("/", method=method, headers=has_it)
    assert (answer.status_code, answer.data, front.counting.asked) == (304, b"", before)
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"].startswith('"a')
    assert {"Content-Type", "Content-Length"}.isdisjoint(answer.headers.keys())


@pytest.mark.parametrize("lacks_it", LACKS_IT)
def test_who_has_another_copy_is_given_what_is_kept(front: Front, lacks_it: dict[str, str]) -> None:
    dated(front)
    before = front.counting.asked
    answer = front.client.get("/", headers=lacks_it)
    assert (answer.status_code, answer.data, front.counting.asked) == (200, b"the answer", before)


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Modified-Since"])
def test_where_all_who_ask_have_a_copy_the_application_is_asked_once(app_context: AppContext, condition: str) -> None:
    counting = Counting(threaded(create_app(app_context).wsgi_app))
    app_context.query_service.release_name()
    releases = ShownRelease(app_context.settled, app_context.stands)
    fresh = client(layer(ResponseCache(counting, size=LARGE, releases=releases)))
    first = fresh.get("/doc/org/lantern.jsonld", headers={"Accept": "text/html"})
    copy = {condition: first.headers[{"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}[condition]]}
    again = [fresh.get("/doc/org/lantern.jsonld", headers=copy) for _ in range(3)]
    assert [answer.status_code for answer in again] == [304, 304, 304]
    assert said(again[0]) == said(again[2])
    assert counting.asked == 2
    assert fresh.get("/doc/org/lantern.jsonld").data == first.data
    assert counting.asked == 3


# What is kept, and what is not


def test_a_read_is_asked_of_the_application_once(front: Front) -> None:
    assert front.keeps()
    assert front.client.get("/").data == b"the answer"


@pytest.mark.parametrize(
    "name", ["Authorization", "Cookie", "Range", "If-Match", "If-Unmodified-Since", "Prefer", "Accept-Datetime"]
)
def test_what_only_the_application_understands_passes_by(front: Front, name: str) -> None:
    assert front.keeps()
    assert not front.keeps(**{name: "x"})


@pytest.mark.parametrize("status", ["201 Created", "206 Partial Content", "302 Found", "404 Not Found", "503 x"])
def test_nothing_but_whole_answers_is_kept(front: Front, status: str) -> None:
    front.inner.status = status
    assert not front.keeps()


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private, max-age=1"},
        {"Set-Cookie": "a=b"},
        {"Vary": "*"},
        {"Vary": "Accept, X-Else"},
        {"Content-Range": "bytes 0-9/20"},
        {"ETag": ""},
        {"ETag": 'W/"a"'},
        {"X-Coopgraph-Release": ""},
        {"X-Coopgraph-Release": "2026-01-01-00000002"},
        {"Content-Length": ""},
        {"Content-Length": "11"},
    ],
)
def test_an_answer_that_may_change_or_is_not_whole_is_not_kept(front: Front, headers: dict[str, str]) -> None:
    front.inner.headers |= headers
    assert not front.keeps()


def test_what_varies_by_a_negotiated_header_is_kept_for_each_value(front: Front) -> None:
    front.inner.headers["Vary"] = "accept, Accept-Language"
    assert front.keeps(**{"Accept-Language": "ko"})
    before = front.counting.asked
    front.client.get("/", headers={"Accept-Language": "ja"})
    front.client.get("/?a")
    front.client.get("/", headers={"Host": "other.example"})
    assert front.counting.asked == before + 3


def test_a_stream_that_breaks_is_never_kept(front: Front) -> None:
    def broken() -> Iterator[bytes]:
        yield b"the an"
        raise ConnectionError

    front.inner.body = broken()
    with pytest.raises(ConnectionError):
        front.client.get("/")
    front.inner.body = [b"the answer"]
    assert front.client.get("/").data == b"the answer"


def test_what_tells_of_all_releases_is_not_kept(front: Front) -> None:
    assert not front.keeps("/releases")
    assert not front.keeps("/releases/2026-01-01-00000001")


# When it is forgotten


def test_another_release_empties_it_at_once(front: Front) -> None:
    assert front.keeps()
    front.current = "2026-01-02-00000002"
    front.inner.headers["X-Coopgraph-Release"] = front.current
    front.inner.body = [b"new answer"]
    assert front.client.get("/").data == b"new answer"
    assert front.cache.size < 2 * (OVERHEAD + 500)


def test_an_answer_of_the_release_before_is_not_kept_when_it_comes_late(front: Front) -> None:
    def late() -> Iterator[bytes]:
        front.current = "2026-01-02-00000002"
        yield b"the answer"

    front.inner.body = late()
    assert front.client.get("/").data == b"the answer"
    assert front.cache.size == 0


def test_data_that_may_change_under_its_name_is_not_kept(front: Front) -> None:
    front.current = None
    assert not front.keeps()


def test_a_withdrawn_release_is_no_longer_given(front: Front) -> None:
    path = f"/at/{front.inner.release}/doc/x"
    front.current = "2026-01-02-00000002"
    assert front.keeps(path)
    front.standing.clear()
    front.inner.status = "410 Gone"
    assert front.client.get(path).status_code == 410
    assert front.cache.size == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3000)), max_size=60))
@settings(max_examples=40, deadline=None)
def test_it_never_takes_more_than_its_size(reads: list[tuple[int, int]]) -> None:
    front = Front(size=20_000)
    for number, length in reads:
        front.inner.body, front.inner.headers["Content-Length"] = [b"x" * length], str(length)
        front.client.get(f"/{number}")
        assert 0 <= front.cache.size <= 20_000


def test_what_was_not_used_for_longest_goes_first() -> None:
    front = Front(size=4 * (OVERHEAD + 300))
    for path in ("/a", "/b", "/a", "/c", "/a", "/d", "/a", "/e"):
        front.client.get(path)
    before = front.counting.asked
    front.client.get("/a")
    assert front.counting.asked == before
    front.client.get("/b")
    assert front.counting.asked == before + 1


@given(reads=st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=60))
@example(reads=[(number, True) for number in (0, 0, 1, 2, 3, 0, 4)])
def test_whatever_is_read_those_read_last_are_kept(reads: list[tuple[int, bool]]) -> None:
    front = Front(size=4 * (OVERHEAD + 300))
    for number, recognized in reads:
        if not (recognized and front.cache.find(RECOGNIZED[number])):
            front.client.get(f"/{number}")
    last = list(dict.fromkeys(number for number, _ in reversed(reads)))
    before = front.counting.asked
    for number in last[:2]:
        front.client.get(f"/{number}")
    assert front.counting.asked == before


@given(
    steps=st.lists(st.sampled_from(["read", "head", "known", "pinned", "switch", "withdraw", "unsettle"]), max_size=40)
)
@example(steps=["pinned", "withdraw", "pinned"])
@example(steps=["read", "switch", "read", "unsettle", "read"])
def test_who_asks_the_same_again_is_given_only_what_stands_by_then(steps: list[str]) -> None:
    front = Front()
    first = front.inner.release
    pinned = f"/at/{first}/1"
    asked = {
        "read": recognized("/1"),
        "head": recognized("/1", "HEAD"),
        "known": recognized("/1", if_none_match='"a"'),
        "pinned": recognized(pinned),
    }
    switches = 0
    for step in steps:
        if step == "switch":
            switches += 1
            front.current = f"2026-01-02-{switches:08}"
        elif step == "unsettle":
            front.current = None
        elif step == "withdraw":
            front.standing.clear()
        else:
            of = first if step == "pinned" else front.current
            front.inner.headers["X-Coopgraph-Release"] = of or "unsettled"
            stands = front.current is not None and (step != "pinned" or first in front.standing)
            found = front.cache.find(asked[step])
            if found is not None:
                assert stands
                assert ("x-coopgraph-release", of) in found.headers
                assert (found.status, found.body) == {
                    "head": (200, b""),
                    "known": (304, b""),
                }.get(step, (200, b"the answer"))
            front.client.get(asked[step].path)
            assert (front.cache.find(asked[step]) is not None) == stands


def test_an_answer_larger_than_its_share_is_not_kept() -> None:
    front = Front(size=LARGEST_SHARE * 9)
    assert not front.keeps()


def test_many_threads_at_once_get_whole_answers_within_the_size() -> None:
    front = Front(size=8 * (OVERHEAD + 300))
    wrong: list[bytes] = []

    def read(start: int) -> None:
        for number in range(200):
            data = front.client.get(f"/{(start + number) % 16}").data
            if data != b"the answer" or front.cache.size > 8 * (OVERHEAD + 300):
                wrong.append(data)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.slow
def test_over_http_a_kept_answer_is_the_same_and_needs_no_query_worker(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("<x:s> <x:p> 1 .", encoding="utf-8")
    served = serve_dataset(path, workers=1, waiting_per_worker=1)
    try:
        first, again = served.ask("SELECT * { ?s ?p ?o }"), served.ask("SELECT * { ?s ?p ?o }")
        assert first.body == again.body
        # One that needs no query says nothing of how many the client has left.
        passing = {"date", "ratelimit", "ratelimit-policy"}
        same = [
            {name: value for name, value in reply.headers.items() if name not in passing} for reply in (first, again)
        ]
        assert same[0] == same[1]
        assert "date" in again.headers
        known = served.ask("SELECT * { ?s ?p ?o }", If_None_Match=again.headers["ETag"])
        assert (known.status, known.body, known.headers["ETag"]) == (304, b"", again.headers["ETag"])
    finally:
        served.stop()
