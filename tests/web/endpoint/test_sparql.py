"""The query service as clients meet it: a real server, over HTTP."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

from tests.running_server import Served, processes_of, serve_dataset

EX = "http://example.org/"
RUNAWAY = "SELECT (COUNT(*) AS ?secret) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
STUCK = """SELECT ?s ?p ?o { { ?s ?p ?o } UNION {
  ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j)) = "never") } }"""
"""Sends 40,000 rows at once, then computes for hours."""
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ALL = "SELECT * WHERE { ?s ?p ?o }"
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "data.nq"
    lines = [f'<{EX}s{i // 4}> <{EX}p{i % 4}> "value {i}"@zh-Hant .' for i in range(40_000)]
    lines += [f'<{EX}a> <{EX}p> "in {name}"@en-US <{EX}{name}> .' for name in ("one", "two")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    running = serve_dataset(path, query_timeout=20, query_memory=192 * 1024**2, result_size=8 * 1024**2)
    yield running
    running.stop()


@pytest.fixture
def asker() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(12) as threads:
        yield threads


def _address(served: Served) -> tuple[str, int]:
    parts = urllib.parse.urlsplit(served.url)
    return str(parts.hostname), int(parts.port or 0)


def post(served: Served, body: bytes, media_type: str, path: str = "/sparql", **headers: str) -> int:
    return served.get(path, "POST", body, Content_Type=media_type, **headers).status


RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}


@pytest.mark.parametrize("accept", RESULTS)
def test_rows_come_in_every_format_with_their_tags(served: Served, accept: str) -> None:
    reply = served.ask(f"SELECT ?o {{ <{EX}s7> ?p ?o }} ORDER BY ?o", accept)
    assert reply.headers.get_content_type() == accept  # type: ignore[attr-defined]
    rows = [row["o"].value for row in ox.parse_query_results(reply.body, format=RESULTS[accept])]
    assert rows == ["value 28", "value 29", "value 30", "value 31"]
    assert reply.body.count(b"zh-Hant") == 4


def test_rows_come_as_csv(served: Served) -> None:
    reply = served.ask(f"SELECT ?o {{ <{EX}s7> <{EX}p0> ?o }}", "text/csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.body == b"o\r\nvalue 28\r\n"


@pytest.mark.parametrize("accept", GRAPHS)
@pytest.mark.parametrize("query", [f"CONSTRUCT {{ <{EX}s7> ?p ?o }} WHERE {{ <{EX}s7> ?p ?o }}", f"DESCRIBE <{EX}s7>"])
def test_a_graph_comes_in_every_syntax_with_its_tags(served: Served, accept: str, query: str) -> None:
    reply = served.ask(query, accept)
    assert reply.headers.get_content_type() == accept  # type: ignore[attr-defined]
    assert len(list(ox.parse(reply.body, format=GRAPHS[accept]))) == 4
    assert reply.body.count(b"zh-Hant") == 4


@pytest.mark.parametrize(
    ("accept", "body"), [("*/*", b'"boolean":true'), ("application/xml", b"<boolean>true</boolean>")]
)
def test_yes_or_no_comes_as_json_or_xml(served: Served, accept: str, body: bytes) -> None:
    assert body in served.ask("ASK { ?s ?p ?o }", accept).body


def test_all_three_ways_of_sending_a_query_give_the_same(served: Served) -> None:
    fields = urllib.parse.urlencode({"query": "ASK {}"}).encode()
    bodies = {
        served.get("/sparql?" + fields.decode()).body,
        served.get("/sparql", "POST", fields, Content_Type="application/x-www-form-urlencoded").body,
        served.get("/sparql", "POST", b"ASK {}", Content_Type="application/sparql-query").body,
        served.get("/sparql", "POST", b"ASK {}", Content_Type="application/sparql-query; charset=UTF-8").body,
    }
    assert bodies == {b'{"head":{},"boolean":true}'}


def test_the_protocols_dataset_goes_before_the_querys(served: Served) -> None:
    query = f"SELECT ?o FROM <{EX}one> {{ ?s ?p ?o }}"
    assert b"in one" in served.ask(query, "text/csv").body
    assert b"in two" in served.ask(query, "text/csv", {"default-graph-uri": EX + "two"}).body
    named = served.ask("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", "text/csv", {"named-graph-uri": EX + "one"})
    assert named.body == b"o\r\nin one\r\n"


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (400, lambda served: served.ask("SELECT * {").status),
        (400, lambda served: served.get("/sparql?query=%FF").status),
        (400, lambda served: served.get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D").status),
        (400, lambda served: served.ask("INSERT DATA {}").status),
        (400, lambda served: post(served, b"update=CLEAR+ALL", "application/x-www-form-urlencoded")),
        (400, lambda served: post(served, b"CLEAR ALL", "application/sparql-update")),
        (400, lambda served: served.ask("ASK {}", X_Query_Token="short").status),
        (403, lambda served: served.ask("SELECT * { SERVICE <http://127.0.0.1/> {} }").status),
        (404, lambda served: served.get("/sparql/unknown-token", "DELETE").status),
        (405, lambda served: served.get("/sparql", "PUT", b"").status),
        (406, lambda served: served.ask("ASK {}", "image/png").status),
        (406, lambda served: served.ask("ASK {}", "text/turtle").status),
        (413, lambda served: post(served, b"#" * 1_100_000, "application/sparql-query")),
        (413, lambda served: post(served, b"#" * 17_000_000, "application/sparql-query")),
        (415, lambda served: post(served, b"ASK {}", "text/plain")),
        (415, lambda served: post(served, b"ASK {}", "application/sparql-query; charset=utf-16")),
        (422, lambda served: served.ask(ENDLESS + " LIMIT 400000").status),
        (503, lambda served: served.ask(ENDLESS + " ORDER BY ?a ?e ?i").status),
    ],
)
def test_each_wrong_request_gets_its_status(served: Served, status: int, send: object) -> None:
    assert send(served) == status  # type: ignore[operator]
    assert served.ask("ASK {}").status == 200


def test_a_problem_says_what_where_and_what_to_do(served: Served) -> None:
    reply = served.ask("SELECT * {\n ?s ex:p ?o }")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json() == {
        "type": "https://w3id.org/coopgraph/problem/query-syntax",
        "title": "The query is malformed",
        "status": 400,
        "detail": "The prefix “ex:” is used but not declared. Begin the query with PREFIX ex: <…>.",
        "line": 2,
        "column": 5,
    }


def test_a_browser_gets_a_problem_as_a_page(served: Served) -> None:
    reply = served.ask("SELECT * {", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert reply.headers.get_content_type() == "text/html"  # type: ignore[attr-defined]
    assert "never closed" in reply.body.decode()


def test_a_query_is_checked_without_being_run(served: Served) -> None:
    def checked(query: str) -> object:
        return served.get("/sparql/check", "POST", query.encode(), Content_Type="application/sparql-query").json()

    assert checked(RUNAWAY) == {"ok": True}
    assert checked("ASK {") == {
        "ok": False,
        "line": 1,
        "column": 5,
        "message": "The “{” opened here is never closed. Close it with “}”.",
    }


def test_places_count_from_after_a_byte_order_mark(served: Served) -> None:
    query = "\ufeffASK {".encode()
    for path, media_type, body in (
        ("/sparql", "application/sparql-query", query),
        ("/sparql", "application/x-www-form-urlencoded", b"query=" + urllib.parse.quote(query).encode()),
        ("/sparql/check", "application/sparql-query", query),
    ):
        said = served.get(path, "POST", body, Content_Type=media_type).json()
        assert (said["line"], said["column"]) == (1, 5)
    assert served.ask("\ufeffASK {}", "application/sparql-results+json").json()["boolean"] is True


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", '"utf-8"', "Utf8", "US-ASCII"])
def test_the_names_that_clients_give_utf_8_are_known(served: Served, charset: str) -> None:
    assert post(served, b"ASK {}", f"application/sparql-query; charset={charset}") == 200


@pytest.mark.parametrize("charset", ["latin1", "utf-16"])
def test_another_encoding_of_a_direct_query_is_refused(served: Served, charset: str) -> None:
    assert post(served, b"ASK {}", f"application/sparql-query; charset={charset}") == 415


def test_a_dataset_in_the_address_of_a_form_is_asked(served: Served) -> None:
    form = b"query=" + urllib.parse.quote("SELECT ?o { ?s ?p ?o }").encode()
    path = "/sparql?" + urllib.parse.urlencode({"default-graph-uri": "one", "format": "csv"}).replace("one", EX + "one")
    reply = served.get(path, "POST", form, Content_Type="application/x-www-form-urlencoded", Accept="*/*")
    assert reply.body == b"o\r\nin one\r\n"
    two = served.get(path + "&query=ASK%7B%7D", "POST", form, Content_Type="application/x-www-form-urlencoded")
    assert (two.status, "another in the address" in two.json()["detail"]) == (400, True)


def test_a_large_result_is_whole_with_its_length_and_checksum(served: Served) -> None:
    reply = served.ask(ALL, "text/csv")
    assert len(reply.body) > 2 * 1024**2
    assert reply.body.count(b"\n") == 40_001
    assert int(reply.headers["Content-Length"]) == len(reply.body)
    digest = base64.b64encode(hashlib.sha256(reply.body).digest()).decode()
    assert reply.headers["Repr-Digest"] == f"sha-256=:{digest}:"


@pytest.mark.parametrize("wish", [{"TE": "trailers"}, {"Prefer": "row-count"}])
def test_rows_are_counted_for_a_client_that_wants_to_know(served: Served, wish: dict[str, str]) -> None:
    many = ALL + " LIMIT 12345"
    for accept in ("text/csv", "text/tab-separated-values", *RESULTS):
        assert served.ask(many, accept, **wish).headers["X-Coopgraph-Rows"] == "12345"
    assert "X-Coopgraph-Rows" not in served.ask("ASK {}", **wish).headers
    assert "X-Coopgraph-Rows" not in served.ask(many, "text/csv").headers


def test_head_says_what_get_would_say(served: Served) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": ALL})
    head, get = served.get(path, "HEAD", Accept="text/csv"), served.get(path, Accept="text/csv")
    assert head.body == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Repr-Digest"):
        assert head.headers[name] == get.headers[name]


def test_a_read_names_release_licence_and_etag_and_is_not_sent_twice(served: Served) -> None:
    reply = served.ask("ASK {}")
    assert reply.headers["X-Coopgraph-Release"].startswith("dataset-")
    assert 'rel="license"' in reply.headers["Link"]
    assert "Accept" in reply.headers["Vary"]
    again = served.ask("ASK {}", If_None_Match=reply.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert served.ask("ASK { }").headers["ETag"] != reply.headers["ETag"]
    assert served.ask("ASK {}", "application/xml").headers["ETag"] != reply.headers["ETag"]
    assert "ETag" not in served.ask("SELECT (NOW() AS ?now) {}").headers


def test_any_origin_may_read_and_ask_first(served: Served) -> None:
    assert served.ask("ASK {}", Origin="http://a.example").headers["Access-Control-Allow-Origin"] == "*"
    assert served.ask("ASK {", Origin="http://a.example").headers["Access-Control-Allow-Origin"] == "*"
    asked = {"Origin": "http://a.example", "Access_Control_Request_Method": "POST"}
    reply = served.get("/sparql", "OPTIONS", **asked)
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "X-Query-Token" in reply.headers["Access-Control-Allow-Headers"]
    assert "DELETE" in served.get("/sparql/some-token-1", "OPTIONS", **asked).headers["Access-Control-Allow-Methods"]


def test_without_a_query_the_service_describes_itself(served: Served) -> None:
    reply = served.get("/sparql", Accept="application/n-triples")
    triples = {
        (t.predicate.value.rpartition("#")[2], t.object.value)
        for t in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
    }
    assert ("endpoint", served.url + "/sparql") in triples
    assert ("name", EX + "one") in triples
    assert ("supportedLanguage", "http://www.w3.org/ns/sparql-service-description#SPARQL11Query") in triples


def test_without_a_query_a_browser_gets_a_form_that_needs_no_script_and_no_one_else(served: Served) -> None:
    page = served.get("/sparql", Accept="text/html,*/*;q=0.8").body.decode()
    assert '<textarea id="query" name="query"' in page
    assert "<script" not in page
    assert "//" not in page.replace("<!doctype", "").replace("http-equiv", "").split("<form")[0]


def test_a_lower_timeout_can_be_asked_for(served: Served) -> None:
    start = time.monotonic()
    reply = served.ask(RUNAWAY, parameters={"timeout": "0.5"})
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (503, "query-timeout")
    assert int(reply.headers["Retry-After"]) >= 30
    assert time.monotonic() - start < 20


@pytest.mark.slow
def test_a_runaway_query_is_stopped_on_time_while_others_are_answered(
    served: Served, asker: ThreadPoolExecutor
) -> None:
    start = time.monotonic()
    runaway = asker.submit(served.ask, RUNAWAY, parameters={"timeout": "2"})
    served.wait_until_busy(1)
    count = 0
    while not runaway.done():
        # A query that was answered before would not need a worker.
        assert served.ask(f"ASK {{}} # {count}").status == 200
        count += 1
    assert runaway.result().status == 503
    assert time.monotonic() - start < 20
    assert count > 10


def test_a_full_queue_is_told_with_a_time_to_come_back(served: Served, asker: ThreadPoolExecutor) -> None:
    token = "queue-full-test"
    held = [asker.submit(served.ask, RUNAWAY, X_Query_Token=token) for _ in range(10)]
    deadline = time.monotonic() + 10
    while served.get("/health/ready").json()["waiting"] < 8:
        assert time.monotonic() < deadline
    reply = served.ask(RUNAWAY)
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (503, "queue-full")
    assert int(reply.headers["Retry-After"]) > 0
    assert served.get(f"/sparql/{token}", "DELETE").status == 204
    assert {item.result().status for item in held} == {409}
    assert served.ask("ASK {}").status == 200


def test_a_client_that_leaves_frees_its_worker(served: Served) -> None:
    connection = http.client.HTTPConnection(*_address(served))
    connection.request("GET", "/sparql?" + urllib.parse.urlencode({"query": RUNAWAY}))
    served.wait_until_busy(1)
    connection.close()
    assert served.wait_until_busy(0) < 10


@pytest.mark.slow
@linux
def test_nothing_is_left_after_the_server_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text(
        f"<{EX}s> <{EX}p> <{EX}o> .\n" * 1 + "".join(f"<{EX}s{i}> <{EX}p> <{EX}o> .\n" for i in range(5000))
    )
    served = serve_dataset(path)
    threading.Thread(target=_ask_quietly, args=(served,), daemon=True).start()
    served.wait_until_busy(1)
    family = processes_of(served) - {served.process.pid}
    assert len(family) >= 3
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{process}").exists() for process in family):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _ask_quietly(served: Served) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        served.ask(RUNAWAY)


@pytest.mark.slow
@linux
def test_a_server_that_is_asked_to_stop_stops_with_all_its_processes_while_a_query_runs(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text("".join(f"<{EX}s{i}> <{EX}p> <{EX}o> .\n" for i in range(5000)))
    served = serve_dataset(path)
    threading.Thread(target=_ask_quietly, args=(served,), daemon=True).start()
    served.wait_until_busy(1)
    family = processes_of(served)
    start = time.monotonic()
    served.stop()
    assert time.monotonic() - start < 20
    assert served.process.returncode == 0
    assert not [process for process in family if Path(f"/proc/{process}").exists()]


@pytest.mark.parametrize("wanted", [JSON, XML, CSV, TURTLE, None])
def test_sparqlwrapper_gets_what_it_asks_for(served: Served, wanted: str | None) -> None:
    wrapper = SPARQLWrapper(served.url + "/sparql")
    wrapper.setQuery(f"CONSTRUCT WHERE {{ <{EX}s7> ?p ?o }}" if wanted == TURTLE else f"SELECT ?o {{ <{EX}s7> ?p ?o }}")
    if wanted is not None:
        wrapper.setReturnFormat(wanted)
    body = wrapper.query().response.read()
    assert body.count(b"value ") == 4


def test_graphs_are_read_by_the_graph_store_protocol(served: Served) -> None:
    one = served.get("/graphs?graph=" + urllib.parse.quote(EX + "one"), Accept="application/n-triples")
    assert one.body == f'<{EX}a> <{EX}p> "in one"@en-US .\n'.encode()
    assert served.get("/graphs?default", Accept="application/n-triples").body.count(b"\n") == 40_000
    assert served.get("/graphs?default", "HEAD").headers["ETag"]
    assert served.get("/graphs?graph=" + urllib.parse.quote(EX + "none")).status == 404
    assert served.get("/graphs?graph=relative").status == 400
    assert served.get("/graphs").status == 400
    assert served.get("/graphs?default", "PUT", b"").status == 405


def test_neither_query_text_nor_address_is_ever_logged(served: Served) -> None:
    served.ask("SELECT ?secret { ?secret ?p 'whisper' }")
    served.ask("SELECT ?secret { whisper")
    served.ask(RUNAWAY.replace("secret", "whisper"), parameters={"timeout": "0.3"})
    served.get("/whisper?whisper=1")
    log = served.log.read_text()
    assert "Serving at" in log
    assert "whisper" not in log
    assert "secret" not in log
    assert log.count("127.0.0.1") == 1


def test_a_body_in_chunks_is_read(served: Served) -> None:
    connection = http.client.HTTPConnection(*_address(served))
    parts = iter([b"ASK ", b"{}"])
    connection.request(
        "POST", "/sparql", body=parts, headers={"Content-Type": "application/sparql-query"}, encode_chunked=True
    )
    assert json.loads(connection.getresponse().read())["boolean"] is True


def test_half_sent_requests_hold_nobody_up(served: Served) -> None:
    address = _address(served)
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            client = stack.enter_context(socket.create_connection(address))
            client.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
        for _ in range(100):
            stack.enter_context(socket.create_connection(address)).sendall(b"GET /sparql HTTP/1.1\r\nHo")
        start = time.monotonic()
        assert served.ask("ASK {}").status == 200
        assert time.monotonic() - start < 10


def test_the_graphs_own_prefixes_need_no_declaration_and_are_said(served: Served) -> None:
    described = ox.Store()
    described.load(served.get("/sparql", Accept="text/turtle").body, ox.RdfFormat.TURTLE)
    (said,) = described.query(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?namespace { ?service sh:declare ?d ;"
        " <http://www.w3.org/ns/sparql-service-description#endpoint> ?service . "
        '?d sh:prefix "coop" ; sh:namespace ?namespace }'
    )  # type: ignore[misc]
    namespace = said["namespace"].value
    query = "SELECT (STR(coop:x) AS ?x) {}"
    reply = served.ask(query, "text/csv")
    assert reply.body == f"x\r\n{namespace}x\r\n".encode()
    own = served.ask("PREFIX coop: <http://mine/> " + query, "text/csv")
    assert own.body == b"x\r\nhttp://mine/x\r\n"
    assert own.headers["ETag"] != reply.headers["ETag"]
    for _ in range(2):
        assert served.ask(query, "text/csv", If_None_Match=reply.headers["ETag"]).status == 304


def test_csv_for_excel_begins_with_a_byte_order_mark_and_has_a_tag_of_its_own(served: Served) -> None:
    query = f'SELECT ("한국" AS ?name) (<{EX}a> AS ?iri) {{}}'
    plain = served.ask(query, parameters={"format": "csv"})
    marked = served.ask(query, parameters={"format": "excel-csv"})
    assert marked.body == b"\xef\xbb\xbf" + plain.body
    assert marked.headers["Content-Type"] == plain.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert marked.headers["ETag"] != plain.headers["ETag"]


def test_a_media_type_in_the_address_is_read_with_its_plus_as_a_blank(served: Served) -> None:
    path = "/sparql?query=ASK%20{}&format=application/sparql-results+xml"
    assert served.get(path, Accept="*/*").headers["Content-Type"] == "application/sparql-results+xml"


def test_an_unknown_format_beside_an_open_header_counts_as_none(served: Served) -> None:
    reply = served.ask("ASK {}", parameters={"format": "docx"})
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/sparql-results+json")


FOUR_ROWS = "SELECT (1 AS ?x) ?l { VALUES ?l { 1 2 3 4 } }"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=2-6", 2, 7),
        ("bytes=-4", -4, None),
        ("bytes=5-", 5, None),
        ("bytes=0-0", 0, 1),
        ("bytes=7-99999", 7, None),
    ],
)
def test_a_result_is_given_in_parts(served: Served, asked: str, start: int, end: int | None) -> None:
    whole = served.ask(FOUR_ROWS, "text/csv")
    part = served.ask(FOUR_ROWS, "text/csv", Range=asked)
    first = start % len(whole.body)
    assert (part.status, part.body) == (206, whole.body[start:end])
    assert part.headers["Content-Range"] == f"bytes {first}-{first + len(part.body) - 1}/{len(whole.body)}"
    assert int(part.headers["Content-Length"]) == len(part.body)
    assert part.headers["ETag"] == whole.headers["ETag"]
    assert part.headers["Accept-Ranges"] == whole.headers["Accept-Ranges"] == "bytes"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_whoever_asks_for_the_size_and_then_for_parts_has_the_whole(served: Served, name: str) -> None:
    """So polars and DuckDB read an address."""
    query = f"SELECT * {{ ?s <{EX}p0> ?o }} ORDER BY ?s"
    path = "/sparql?" + urllib.parse.urlencode({"query": query, "format": name})
    head = served.get(path, method="HEAD", Accept="*/*")
    size, tag = int(head.headers["Content-Length"]), head.headers["ETag"]
    assert size > 50_000
    step = size // 3 + 1
    parts = [
        served.get(path, Accept="*/*", Range=f"bytes={start}-{start + step - 1}", If_Range=tag, Accept_Encoding="gzip")
        for start in range(0, size, step)
    ]
    assert {part.status for part in parts} == {206}
    assert b"".join(part.body for part in parts) == served.get(path, Accept="*/*").body


def test_a_part_of_a_large_result_is_read_from_its_place(served: Served) -> None:
    whole = served.ask(ALL, "text/csv")
    assert len(whole.body) > 1024**2
    assert served.ask(ALL, "text/csv", Range="bytes=1000000-1000099").body == whole.body[1_000_000:1_000_100]


@pytest.mark.parametrize(
    "headers",
    [
        {"If_Range": '"another"'},
        {"If_Range": "W/{tag}"},
        {"If_Range": "Sat, 28 Nov 2026 08:00:00 GMT"},
        {"Range": "bytes=0-1, 4-5"},
        {"Range": "rows=0-1"},
        {"Range": "bytes=x"},
        {"Range": "bytes=4-2,"},
    ],
)
def test_what_cannot_be_given_as_one_part_of_that_copy_is_given_whole(served: Served, headers: dict[str, str]) -> None:
    whole = served.ask(FOUR_ROWS, "text/csv")
    named = {name: value.format(tag=whole.headers["ETag"]) for name, value in headers.items()}
    reply = served.ask(FOUR_ROWS, "text/csv", **{"Range": "bytes=2-6", **named})
    assert (reply.status, reply.body) == (200, whole.body)


def test_a_part_beyond_the_end_is_told_with_the_size(served: Served) -> None:
    size = len(served.ask(FOUR_ROWS, "text/csv").body)
    reply = served.ask(FOUR_ROWS, "text/csv", Range=f"bytes={size}-")
    assert (reply.status, reply.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_what_is_another_each_time_says_that_it_has_no_parts(served: Served) -> None:
    reply = served.ask("SELECT (RAND() AS ?x) {}", Range="bytes=0-3")
    assert (reply.status, reply.headers["Accept-Ranges"]) == (200, "none")


def test_a_copy_that_is_current_needs_no_part(served: Served) -> None:
    tag = served.ask(FOUR_ROWS, "text/csv").headers["ETag"]
    assert served.ask(FOUR_ROWS, "text/csv", Range="bytes=0-3", If_None_Match=tag).status == 304
    assert served.ask(FOUR_ROWS, "text/csv", Range="bytes=0-3", If_Match='"another"').status == 412


def test_a_whole_result_is_compressed_and_kept_although_it_has_parts(served: Served) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p LIMIT 100"
    first, second = (served.ask(query, "text/csv", Accept_Encoding="gzip") for _ in range(2))
    assert first.headers["Content-Encoding"] == second.headers["Content-Encoding"] == "gzip"
    assert first.headers["Accept-Ranges"] == "bytes"
    assert first.body == second.body
