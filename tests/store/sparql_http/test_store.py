from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from coopgraph.errors import (
    NotAcceptable,
    QueryProblem,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueueFull,
    ResultTooLarge,
    StoreDown,
)
from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice, Store
from coopgraph.store.sparql_http import push_marker
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.push_marker import PushMarker
from coopgraph.store.sparql_http.store import NOTHING, HttpStore
from tests.store.told_server import LINES, ROWS, Told

CHOICE = Choice(formats.CSV, formats.JSON, formats.N_TRIPLES)
SELECT, CONSTRUCT = "SELECT ?x WHERE { ?x ?y ?z }", "CONSTRUCT WHERE { ?s ?p ?o }"


def ask(store: Store, query: str = SELECT, *, timeout: float = 5, **sparql_query: object) -> bytes:
    answer = store.answer(SparqlQuery(query, **sparql_query), CHOICE, timeout=timeout)  # type: ignore[arg-type]
    return b"".join(answer.chunks)


def test_rows_are_given_in_the_format_asked_for_whatever_the_server_sends(store: HttpStore) -> None:
    assert ask(store) == b"x\r\none\r\n"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("X-SPARQL-MaxRows", "10000", ResultTooLarge),
        ("X-SQL-State", "S1TAT", QueryTimeout),
        ("Content-Type", "text/html", StoreDown),
        ("Content-Type", "application/sparql-results+json; charset=euc-kr", StoreDown),
        ("Content-Encoding", "gzip", StoreDown),
    ],
)
def test_a_header_that_says_that_this_is_not_the_whole_answer_fails_it(
    server: Told, store: HttpStore, name: str, value: str, problem: type[QueryProblem]
) -> None:
    server.headers[name] = value
    with pytest.raises(problem):
        ask(store)


@pytest.mark.parametrize("cut", range(1, len(ROWS), 7))
def test_an_answer_cut_anywhere_never_passes_for_the_whole(server: Told, store: HttpStore, cut: int) -> None:
    server.body = ROWS[:cut]
    with pytest.raises(StoreDown, match="broke its answer off"):
        ask(store)
    server.length = len(ROWS)
    with pytest.raises(StoreDown, match="broke its answer off"):
        ask(store)


@pytest.mark.parametrize("added", [b"\n## Query cancelled ##", b"error at 1:1", b"{}"])
def test_words_after_or_within_an_answer_never_pass_for_a_part_of_it(
    server: Told, store: HttpStore, added: bytes
) -> None:
    server.body = ROWS + added
    with pytest.raises(StoreDown, match="broke its answer off"):
        ask(store)


@pytest.mark.parametrize("cut", [5, 20, len(LINES) - 2, len(LINES) + 12])
def test_a_graph_cut_within_a_statement_fails(server: Told, store: HttpStore, cut: int) -> None:
    server.headers["Content-Type"] = "application/n-triples"
    server.body = (LINES * 2)[:cut]
    server.length = len(LINES) * 2
    with pytest.raises(StoreDown, match="broke its answer off"):
        ask(store, CONSTRUCT)


def test_a_graph_whose_end_is_not_told_is_refused(server: Told, store: HttpStore) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/n-triples\r\n\r\n" + LINES)
        handler.close_connection = True

    server.reply = reply
    with pytest.raises(StoreDown, match="does not say where its answer ends"):
        ask(store, CONSTRUCT)


@pytest.mark.parametrize(
    ("status", "body", "headers", "problem"),
    [
        (400, b"Virtuoso 37000 Error SP031: something", {}, QueryRefused),
        (401, b"", {}, StoreDown),
        (404, b"", {}, StoreDown),
        (413, b"", {}, QueryProblem),
        (429, b"", {"Retry-After": "7"}, QueueFull),
        (500, b"The estimated execution time 2400 (sec) exceeds the limit", {}, QueryTimeout),
        (500, b"java.lang.OutOfMemoryError: Java heap space", {}, QueryProblem),
        (503, b"Query timed out", {}, QueryTimeout),
        (503, b"", {}, StoreDown),
        (206, ROWS, {}, QueryTimeout),
    ],
)
def test_each_status_has_its_error(
    server: Told, store: HttpStore, status: int, body: bytes, headers: dict[str, str], problem: type[QueryProblem]
) -> None:
    server.status, server.body = status, body
    server.headers |= headers
    with pytest.raises(problem):
        ask(store)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: Told, store: HttpStore, status: int) -> None:
    server.status = status
    server.headers["Location"] = server.url + "/elsewhere"
    with pytest.raises(StoreDown, match="another address"):
        ask(store)
    assert [request.path for request in server.requests] == ["/sparql"]


@pytest.mark.parametrize(
    "query", ["INSERT DATA { <a:a> <a:a> <a:a> }", "define get:soft 'replace' SELECT * {}", "SELECT"]
)
def test_what_is_no_query_is_never_sent(server: Told, store: HttpStore, query: str) -> None:
    with pytest.raises(QuerySyntax):
        ask(store, query)
    assert server.requests == []


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX b: <bif:> SELECT (b:http_get('x') AS ?x) WHERE {}",
        "SELECT (<bif:http_get>('x') AS ?x) WHERE {}",
        "SELECT (<b\\u0069f:http_get>('x') AS ?x) WHERE {}",
        "BASE <java:x.Y> SELECT ?x WHERE { ?x <java:java.lang.System> ?y }",
        "PREFIX sql: <sql:> SELECT ?x WHERE { ?x ?y ?z FILTER(sql:x(?z)) }",
    ],
)
def test_a_function_of_one_servers_own_is_never_sent(server: Told, store: HttpStore, query: str) -> None:
    with pytest.raises(QueryRefused, match="extension"):
        ask(store, query)
    assert server.requests == []


def test_words_that_only_look_like_an_extension_are_sent(server: Told, store: HttpStore) -> None:
    ask(store, 'SELECT ?x WHERE { ?x ?y "bif:http_get" } # <bif:x>')
    assert len(server.requests) == 1


def test_the_dataset_of_a_pushed_release_is_named_and_that_of_the_text_is_not_sent(server: Told, parser: Store) -> None:
    served = PushMarker("r", "urn:default", 1, {"urn:one": 1, "urn:two": 1})
    store = HttpStore(server.url, SparqlHttpClient(server.url, None), parser, workers=1, waiting=1, served=served)
    ask(store)
    ask(
        store,
        "SELECT ?x FROM <urn:one> FROM NAMED <urn:two> WHERE { ?x ?y 'FROM <urn:two>' }",
        default_graphs=("urn:one",),
    )
    ask(store, named_graphs=("urn:two", "urn:of-another"))
    forms = [request.form for request in server.requests]
    assert [form["default-graph-uri"] for form in forms] == [["urn:default"], ["urn:one"], [NOTHING]]
    assert [form["named-graph-uri"] for form in forms] == [["urn:one", "urn:two"], [NOTHING], ["urn:two"]]
    assert "FROM" not in forms[1]["query"][0].replace("'FROM <urn:two>'", "")


def test_several_default_graphs_are_refused_where_the_server_gives_doubles(server: Told, parser: Store) -> None:
    served = PushMarker("r", "urn:default", 1, {"urn:one": 1, "urn:two": 1})
    store = HttpStore(server.url, SparqlHttpClient(server.url, None), parser, workers=1, waiting=1, served=served)
    row = f'{{"subject":{{"type":"uri","value":"{push_marker.RELEASE}"}},"value":{{"type":"literal","value":"r"}}}}'
    server.body = f'{{"head":{{"vars":["subject","value"]}},"results":{{"bindings":[{row},{row}]}}}}'.encode()
    with pytest.raises(QueryRefused, match="once for each"):
        ask(store, default_graphs=("urn:one", "urn:two"))


def test_the_server_has_no_more_time_than_the_query(server: Told, store: HttpStore) -> None:
    over = threading.Event()

    def late(handler: BaseHTTPRequestHandler) -> None:
        over.wait(60)

    server.reply = late
    start = time.monotonic()
    with pytest.raises(QueryTimeout, match="was stopped after"):
        ask(store, timeout=0.5)
    assert time.monotonic() - start < 30
    over.set()


def test_a_server_that_drips_is_stopped_at_the_deadline(server: Told, store: HttpStore) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nContent-Length: 999\r\n\r\n"
        )
        for _ in range(600):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    server.reply = reply
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        ask(store, timeout=0.5)
    assert time.monotonic() - start < 30


def test_beyond_those_that_run_and_wait_a_question_is_refused_at_once(server: Told, store: HttpStore) -> None:
    asked, over = threading.Event(), threading.Event()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        over.wait(60)
        handler.close_connection = True

    server.reply = reply
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(ask, store, timeout=50)
        assert asked.wait(30)
        waiting = threads.submit(ask, store, timeout=50)
        while store._places.load() != (1, 1):
            assert not waiting.done()
        with pytest.raises(QueueFull) as refused:
            ask(store)
        assert refused.value.retry_after > 0
        over.set()
        for future in (running, waiting):
            assert isinstance(future.exception(50), QueryProblem)


def test_a_form_that_the_client_does_not_take_is_never_sent(server: Told, store: HttpStore) -> None:
    with pytest.raises(NotAcceptable):
        store.answer(SparqlQuery(CONSTRUCT), CHOICE._replace(graph=None), timeout=5)
    assert server.requests == []


def test_a_server_that_is_not_there_is_said_in_words(parser: Store) -> None:
    gone = "http://127.0.0.1:9/sparql"
    store = HttpStore(gone, SparqlHttpClient(gone, None), parser, workers=1, waiting=1)
    with pytest.raises(StoreDown, match="cannot be asked"):
        ask(store)


PREFIXES = (("ex", "http://e/"),)


def test_a_preset_prefix_is_declared_to_the_server(server: Told, store: HttpStore) -> None:
    assert ask(store, "SELECT ?x WHERE { ?x ex:y ?z }", prefixes=PREFIXES)
    assert server.requests[-1].form["query"] == ["PREFIX ex: <http://e/>\nSELECT ?x WHERE { ?x ex:y ?z }"]
    store.check("ASK { ?x ex:y ?z }", timeout=5, prefixes=PREFIXES)


def test_a_preset_prefix_opens_no_way_to_a_function_of_the_server(server: Told, store: HttpStore) -> None:
    query = "PREFIX x: <java:> SELECT ?x WHERE { ?x ex:y ?z FILTER(x:f(?z)) }"
    with pytest.raises(QueryRefused, match="extension"):
        ask(store, query, prefixes=PREFIXES)
    assert not server.requests
