"""What is answered on the event loop is what the application answers in a thread, and nothing is answered wrongly."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.query.service import StartedQuery
from coopgraph.settings import Settings
from coopgraph.web.app import create_app
from coopgraph.web.common.request_context import STARTED
from coopgraph.web.endpoint.fast_path import FastAnswer, FastPath, plain_query
from coopgraph.web.endpoint.metrics import Metrics
from tests.conftest import example_count

EX = "http://example.org/"
ROWS = 20_000
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ALL = "SELECT * { ?s ?p ?o }"

QUERIES = (
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 2",
    "SELECT * { ?s ?p ?o } LIMIT 200",
    f"SELECT * FROM <{EX}nowhere> {{ ?s ?p ?o }}",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3",
    f"DESCRIBE <{EX}s1>",
    "SELECT (STRLANG('x', 'zh-Hant') AS ?x) {}",
    "SELECT * { ?s ?p",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "INSERT DATA { <x:a> <x:b> <x:c> }",
    ALL,
)
ACCEPT = ("", "*/*", "text/csv", "application/sparql-results+xml", "text/turtle", "text/html,*/*;q=0.8", "image/png")
ENCODINGS = ("", "gzip", "br, gzip;q=0.5", "zstd", "identity;q=0, *")
FIELDS: tuple[dict[str, str], ...] = (
    {},
    {"format": "csv"},
    {"format": "none"},
    {"timeout": "5"},
    {"timeout": "x"},
    {"default-graph-uri": f"{EX}nowhere"},
)


class Service:
    """An application context behind both ways of answering."""

    def __init__(self, app_context: AppContext) -> None:
        self.app_context = app_context
        self.metrics = Metrics(app_context)
        self.fast_path = FastPath(app_context.query_service, self.metrics)
        self.client = Client(create_app(app_context, self.metrics).wsgi_app, use_cookies=False)

    def promptly(self, fields: dict[str, str], **headers: str) -> FastAnswer | StartedQuery | None:
        """What the event loop makes of a query."""
        named = {name.lower().replace("_", "-"): value for name, value in headers.items()} | {"host": "localhost"}
        read = plain_query("GET", "http", "/sparql", urllib.parse.urlencode(fields), named)
        if read is None:
            return None

        async def answer() -> FastAnswer | StartedQuery | None:
            came: asyncio.Future[FastAnswer | StartedQuery | None] = asyncio.get_running_loop().create_future()
            self.fast_path.begin(read, came.set_result)
            return await came

        return asyncio.run(answer())

    def threaded(self, fields: dict[str, str], begun: StartedQuery | None = None, **headers: str) -> TestResponse:
        """What the application answers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get("/sparql", query_string=fields, headers=named, environ_base={STARTED: begun})


def said(headers: Any) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in headers if name.lower() != "date")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prompt") / "data.nt"
    path.write_text("".join(f'<{EX}s{i}> <{EX}p> "value {i}"@zh-Hant .\n' for i in range(ROWS)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def service(data: Path) -> Iterator[Service]:
    app_context = context.of_files(Settings(workers=1, query_timeout=2.0), [data])
    yield Service(app_context)
    app_context.close()


@given(
    st.sampled_from(QUERIES),
    st.sampled_from(FIELDS),
    st.sampled_from(ACCEPT),
    st.sampled_from(ENCODINGS),
    st.booleans(),
)
@settings(max_examples=example_count(120), deadline=None)
def test_both_ways_give_the_same_status_headers_and_bytes(
    service: Service, query: str, more: dict[str, str], accept: str, encoding: str, known: bool
) -> None:
    headers = {"Accept": accept, "Accept_Encoding": encoding} | ({"If_None_Match": '"0"'} if known else {})
    came = service.promptly({"query": query, **more}, **headers)
    begun = came if isinstance(came, StartedQuery) else None
    there = service.threaded({"query": query, **more}, begun, **headers)
    if isinstance(came, FastAnswer):
        assert (200, said(came.headers), came.body) == (there.status_code, said(there.headers), there.data)
    assert service.app_context.store_registry.store(service.app_context.query_service.release_name()).health().busy == 0


def test_a_plain_query_is_answered_at_once(service: Service) -> None:
    came = [service.promptly({"query": f"SELECT * {{ ?s ?p ?o }} LIMIT {number}"}) for number in range(1, 6)]
    # On a busy machine one may take longer than the loop waits.
    whole = [item for item in came if isinstance(item, FastAnswer)]
    assert whole
    for item in came:
        if isinstance(item, StartedQuery):
            item.running.close()


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"query": "SELECT * { ?s"}, {"If_None_Match": '"0"'}),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, {}),
        ({"query": "ASK {}", "timeout": "never"}, {}),
        ({"query": "ASK {}"}, {"Accept": "image/png"}),
        ({"query": "ASK {}" + " " * 20_000}, {}),
    ],
    ids=["none", "a known tag", "another server", "a wrong field", "an unknown format", "a long address"],
)
def test_what_is_not_plain_is_not_begun(service: Service, fields: dict[str, str], headers: dict[str, str]) -> None:
    assert service.promptly(fields, **headers) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "status"), [(RUNAWAY, 503), (ALL, 200), ("SELECT * { ?s ?p", 400)], ids=["long", "large", "malformed"]
)
def test_what_is_begun_and_not_soon_whole_goes_on_in_a_thread(service: Service, query: str, status: int) -> None:
    came = service.promptly({"query": query})
    assert isinstance(came, StartedQuery)
    assert came.release == service.app_context.query_service.release_name()
    reply = service.threaded({"query": query}, came)
    assert reply.status_code == status
    if status == 200:
        assert len(reply.json["results"]["bindings"]) == ROWS  # type: ignore[index]


@pytest.mark.slow
def test_a_question_of_the_quick_lane_begins_anew_in_an_ordinary_one(service: Service) -> None:
    held = service.promptly({"query": RUNAWAY})
    assert isinstance(held, StartedQuery)
    brief = service.promptly({"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a = ?f) } # quick"})
    held.running.close()
    assert isinstance(brief, StartedQuery)
    reply = service.threaded({"query": "SELECT * {}"}, brief)
    assert reply.status_code == 503, "it took all the time that an ordinary lane gives"


def test_a_question_that_nobody_goes_on_with_gives_its_worker_back(service: Service) -> None:
    came = service.promptly({"query": RUNAWAY})
    assert isinstance(came, StartedQuery)
    store = service.app_context.store_registry.store(came.release)
    assert store.health().busy == 1
    came.running.close()
    assert store.health().busy == 0
    assert service.threaded({"query": "ASK {}"}).status_code == 200


def test_an_answer_is_counted_as_the_application_counts_it(service: Service) -> None:
    registry = service.metrics.registry

    def counted() -> float:
        labels = {"method": "GET", "route": "/sparql", "status": "200"}
        return registry.get_sample_value("coopgraph_request_seconds_count", labels) or 0.0

    before = counted()
    came = service.promptly({"query": "ASK { ?counted ?p ?o }"})
    service.threaded({"query": "ASK { ?counted ?p ?o }"}, came if isinstance(came, StartedQuery) else None)
    assert counted() == before + 1 + isinstance(came, FastAnswer)
