"""The ASGI application answers on another server, uvicorn, as on our own: the same status, headers and bytes."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn

from coopgraph import context
from coopgraph.settings import Settings
from coopgraph.web.asgi import AsgiApplication
from tests.running_server import PATIENCE, Served, free_port

pytestmark = pytest.mark.slow

HOST = "graph.example"
OF_A_CONNECTION = {"date", "server", "connection", "keep-alive", "transfer-encoding", "ratelimit", "ratelimit-policy"}
"""Headers that say nothing of the answer; how many queries a client has left, only our own server counts."""

NAMED = "?s ?p ?o FILTER (!ISBLANK(?s) && !ISBLANK(?o))"
ALL = f"SELECT * {{ GRAPH <https://w3id.org/coopgraph/graph/schemes> {{ {NAMED} }} }} ORDER BY ?s ?p ?o"
"""A result of some megabytes, which goes through a temporary file."""

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Request:
    """What is asked of both servers."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes | None = None


def asked(query: str, **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("/sparql?" + urllib.parse.urlencode({"query": query}), named)


TURTLE, JSON, PAGE = {"Accept": "text/turtle"}, {"Accept": "application/json"}, {"Accept": "text/html"}
REQUESTS = {
    # Pages
    **{
        path: Request(path, PAGE)
        for path in (
            "/",
            "/ko/",
            "/help?area=jp",
            "/list/org",
            "/zh-Hant/list/claim",
            "/examples",
            "/quality",
            "/query",
        )
    },
    "a page by its language": Request("/about", PAGE | {"Accept-Language": "ja;q=0.9, de"}),
    "a page, compressed": Request("/doc/org/lantern", PAGE | {"Accept-Encoding": "gzip"}),
    "a page that is not there": Request("/nothing", PAGE),
    "the head of a page": Request("/list/org", PAGE, "HEAD"),
    "a style sheet": Request("/static/style.css"),
    # Documents
    "a thing": Request("/id/org/lantern", TURTLE),
    **{
        f"a document as {ending}": Request(f"/doc/org/lantern{ending}")
        for ending in (".ttl", ".nt", ".rdf", ".jsonld", ".csv")
    },
    "a letter beyond ASCII": Request("/doc/org/%E6%84%9B", TURTLE),
    "no letter at all": Request("/doc/org/%FF%00", TURTLE),
    "a document of a time": Request("/doc/org/lantern", TURTLE | {"Accept-Datetime": "Tue, 01 Jan 2030 00:00:00 GMT"}),
    "its versions": Request("/timemap/doc/org/lantern", JSON),
    "a graph that is not there": Request("/graphs/nothing", TURTLE),
    "the releases": Request("/releases", JSON),
    "the dump": Request("/releases/current/dump.nq.gz"),
    "a part of the vocabulary": Request("/def.ttl", {"Range": "bytes=10-99"}),
    "what the client has": Request("/list/org", PAGE | {"If-None-Match": "*"}),
    "what is not what the client has": Request("/list/org", PAGE | {"If-Match": '"0"'}),
    # Queries
    "a truth value": asked("ASK {}"),
    "rows": asked(f"SELECT * {{ {NAMED} }} ORDER BY ?s ?p ?o LIMIT 20", Accept="text/csv"),
    "rows, compressed": asked(
        f"SELECT * {{ {NAMED} }} ORDER BY ?s ?p ?o LIMIT 200", Accept_Encoding="zstd, gzip;q=0.5"
    ),
    "rows in Parquet": asked("SELECT ?s { ?s a ?c } ORDER BY ?s LIMIT 20", Accept="application/vnd.apache.parquet"),
    "a graph in Turtle": asked("CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } ORDER BY ?s LIMIT 9", Accept="text/turtle"),
    "a large result": asked(ALL, Accept="text/csv"),
    "a part of a large result": asked(ALL, Accept="text/csv", Range="bytes=1000000-1000099"),
    "the head of a large result": Request(asked(ALL).path, {"Accept": "text/csv"}, "HEAD"),
    "a large result, compressed": asked(ALL, Accept="application/sparql-results+xml", Accept_Encoding="gzip"),
    "a result that the client has": asked("ASK {}", If_None_Match="*"),
    "a malformed query": asked("SELECT * { ?s"),
    "a query of another server": asked("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"),
    "an unknown format": asked("ASK {}", Accept="image/png"),
    "a query in a browser": asked("ASK {}", Accept="text/html"),
    "a query in a form": Request("/sparql", FORM, "POST", b"query=ASK+%7B%7D"),
    "a query by itself": Request("/sparql", {"Content-Type": "application/sparql-query"}, "POST", b"ASK {}"),
    "an update": Request("/sparql", FORM, "POST", b"update=CLEAR+ALL"),
    "a check": Request("/sparql/check", FORM, "POST", b"query=SELECT+*"),
    "a query of a release before": Request("/at/2026-01-01-00000000/sparql?query=ASK%7B%7D"),
    "a token that nobody has": Request("/sparql/123456789", method="DELETE"),
    "the description of the endpoint": Request("/sparql", TURTLE),
    "a question of a browser": Request(
        "/sparql", {"Origin": "https://a", "Access-Control-Request-Method": "GET"}, "OPTIONS"
    ),
    "a method that is not allowed": Request("/doc/org/lantern", method="PUT", body=b"x"),
    "a citation of nothing": Request("/cite/nothing", JSON),
}


@pytest.fixture(scope="module")
def second(published: Path) -> Iterator[str]:
    """The address of uvicorn, which serves the same release in a thread of this process."""
    app_context = context.of_releases(Settings(var=str(published), workers=1))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(AsgiApplication(app_context), port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    start = time.monotonic()
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() - start < PATIENCE
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive()


def answer(url: str, request: Request) -> tuple[int, list[tuple[str, object]], bytes]:
    """Return status, headers and body."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    connection.request(request.method, request.path, request.body, {"Host": HOST, **request.headers})
    reply = connection.getresponse()
    body = reply.read()
    headers = [(name.lower(), value) for name, value in reply.getheaders() if name.lower() not in OF_A_CONNECTION]
    connection.close()
    # The methods come in any order.
    return (
        reply.status,
        sorted((name, sorted(value.split(", ")) if name == "allow" else value) for name, value in headers),
        body,
    )


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_answer_is_the_same_on_both_servers(served: Served, second: str, request_: Request) -> None:
    here, there = answer(served.url, request_), answer(second, request_)
    assert there[0] == here[0] < 500
    assert dict(there[1]) == dict(here[1])
    assert there[2] == here[2]


def test_what_is_asked_again_is_the_same_although_only_one_of_both_keeps_it(served: Served, second: str) -> None:
    for path in ("/list/org", "/doc/org/lantern.ttl"):
        for _ in range(2):
            assert answer(served.url, Request(path, PAGE)) == answer(second, Request(path, PAGE))


def test_a_client_that_leaves_ends_its_query_there_too(second: str) -> None:
    connection = http.client.HTTPConnection(second.removeprefix("http://"), timeout=60)
    connection.request("GET", asked(RUNAWAY).path)
    until_busy(second, 1)
    connection.close()
    until_busy(second, 0)


def until_busy(url: str, number: int) -> None:
    start = time.monotonic()
    while f'"busy":{number}' not in answer(url, Request("/health/ready"))[2].decode().replace(" ", ""):
        assert time.monotonic() - start < PATIENCE
        time.sleep(0.01)
