"""The Python client, against real servers; a small socket server where a server must lie."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import rdflib

from coopgraph import errors
from coopgraph.client import Client, IncompleteResult
from coopgraph.model import release_folder
from tests.running_server import Served, free_port, serve, serve_dataset

EX = "http://example.org/"
TURTLE = f"""@prefix ex: <{EX}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a ex:name "홍길동"@ko , "王小明"@zh-Hans ; ex:number 007, 2.50 ; ex:day "2026-01-31"^^xsd:date ; ex:sure true .
"""
MANY = "".join(f"<{EX}s{i}> <{EX}p> <{EX}o> .\n" for i in range(3000))
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("client") / "data.ttl"
    path.write_text(TURTLE + MANY, encoding="utf-8")
    running = serve_dataset(path, workers=1, query_timeout=1, waiting_per_worker=1, result_size=1024**2)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.url)


@pytest.mark.slow
def test_rows_are_typed_and_keep_language_and_spelling(client: Client) -> None:
    rows = list(client.query(f"SELECT ?p ?o {{ <{EX}a> ?p ?o }} ORDER BY ?p ?o"))
    found = {(str(row.p).removeprefix(EX), row["o"]) for row in rows}
    assert ("name", rdflib.Literal("王小明", lang="zh-Hans")) in found
    assert {getattr(row.o, "language", None) for row in rows if row.p.endswith("name")} == {"ko", "zh-Hans"}
    assert {row.o for row in rows if row.p.endswith("day")} == {rdflib.Literal(date(2026, 1, 31))}
    assert all(isinstance(row[0], rdflib.URIRef) for row in rows)


@pytest.mark.slow
def test_an_unbound_variable_is_none(client: Client) -> None:
    (row,) = client.query("SELECT ?x ?y { BIND(1 AS ?y) }")
    assert (row.x, row["y"]) == (None, rdflib.Literal(1))


def test_rows_come_before_the_result_was_read_to_its_end(client: Client) -> None:
    with client.query("SELECT ?s ?p ?o { ?s ?p ?o }") as rows:
        assert rows.variables == ("s", "p", "o")
        assert next(iter(rows)).p is not None


def test_all_rows_come(client: Client) -> None:
    assert len(list(client.query(f"SELECT ?s {{ ?s <{EX}p> ?o }}"))) == 3000


def test_a_long_query_is_sent_as_well(client: Client) -> None:
    assert len(list(client.query("SELECT (1 AS ?x) {} #" + "가" * 10_000))) == 1


def test_ask_gives_truth_and_graph_gives_triples(client: Client) -> None:
    assert client.ask(f"ASK {{ <{EX}a> ?p ?o }}") is True
    assert client.ask("ASK { <urn:x> ?p ?o }") is False
    graph = client.graph(f"DESCRIBE <{EX}a>")
    assert (rdflib.URIRef(EX + "a"), rdflib.URIRef(EX + "name"), rdflib.Literal("홍길동", lang="ko")) in graph
    assert len(graph) == 6
    assert len(client.graph("CONSTRUCT WHERE { ?s ?p ?o }")) == 3006


def test_a_dataframe_has_typed_columns(client: Client) -> None:
    pandas = pytest.importorskip("pandas")
    query = """SELECT ?i ?d ?t ?b ?n { VALUES (?i ?d ?t ?b ?n) {
      (1 2.5 "a"@en true UNDEF) (9007199254740993 0.1 "b" false UNDEF) (UNDEF UNDEF UNDEF UNDEF UNDEF) } }"""
    frame = client.query(query).to_dataframe()
    assert (list(frame.columns), len(frame)) == (["i", "d", "t", "b", "n"], 3)
    assert [str(frame[name].dtype) for name in "idb"] == ["Int64", "Float64", "boolean"]
    assert pandas.api.types.is_string_dtype(frame["t"])
    assert frame["i"][1] == 9007199254740993
    assert frame["n"].isna().all()
    assert client.query("SELECT ?a ?b { FILTER(false) }").to_dataframe().shape == (0, 2)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * { SERVICE <http://example.org/> {} }", errors.FederationRefused),
        ("INSERT DATA {}", errors.QueryRefused),
        ("CONSTRUCT WHERE { ?s ?p ?o }", errors.NotAcceptable),
        ("ASK {}", errors.WrongUsage),
        ("#" * 1_100_000, errors.QueryTooLong),
    ],
)
def test_what_the_service_refuses_is_an_exception_of_its_kind(
    client: Client, query: str, kind: type[errors.CoopgraphError]
) -> None:
    with pytest.raises(kind):
        client.query(query)


def test_a_malformed_query_says_where(client: Client) -> None:
    with pytest.raises(errors.QuerySyntax, match="never closed") as caught:
        client.query("SELECT *\n{ ")
    assert (caught.value.line, caught.value.column) == (2, 1)


def test_limits_say_how_much_there_is(client: Client, served: Served) -> None:
    with pytest.raises(errors.QueryTimeout) as caught:
        client.query(RUNAWAY)
    assert caught.value.limit == 1
    with pytest.raises(errors.QueryTimeout) as caught:
        Client(served.url, timeout=0.3).query(RUNAWAY)
    assert caught.value.limit == 0.3
    with pytest.raises(errors.ResultTooLarge) as large:
        client.query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000")
    assert large.value.limit == 1024**2


@pytest.mark.slow
def test_a_full_queue_says_when_to_come_back(client: Client) -> None:
    told: list[errors.QueryProblem] = []

    def hold() -> None:
        with pytest.raises(errors.QueryProblem) as caught:
            client.query(RUNAWAY)
        told.append(caught.value)

    held = [threading.Thread(target=hold) for _ in range(8)]
    for thread in held:
        thread.start()
    for thread in held:
        thread.join()
    assert {type(problem) for problem in told} == {errors.QueryTimeout, errors.QueueFull}
    assert all(problem.retry_after > 0 for problem in told if isinstance(problem, errors.QueueFull))


def test_a_service_that_is_not_there_is_told() -> None:
    with pytest.raises(errors.StoreDown):
        Client(f"http://127.0.0.1:{free_port()}").query("ASK {}")


@pytest.mark.slow
def test_one_release_is_asked_and_named(published: Path, tmp_path: Path) -> None:
    release = release_folder.current(published)
    assert release
    running = serve("--no-build", log=tmp_path / "log", settings={"var": published, "workers": 1})
    try:
        rows = Client(running.url + "/sparql", release=release).query("SELECT ?s { ?s ?p ?o } LIMIT 1")
        assert (rows.release, len(list(rows))) == (release, 1)
        with pytest.raises(errors.NotFound):
            Client(running.url, release="2020-01-01-00000000").query("SELECT ?s { ?s ?p ?o }")
    finally:
        running.stop()


ROWS = ",".join(f'{{"s":{{"type":"uri","value":"urn:{name}"}}}}' for name in "ab")
BODY = f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[{ROWS}]}}}}'.encode()
LINES = b"<urn:a> <urn:b> <urn:c> .\n" * 2
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="


@contextmanager
def saying(headers: bytes, body: bytes) -> Iterator[str]:
    """A server that answers anything with this and closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + headers + b"\r\n" + body)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


CUTS = [
    pytest.param(b"Content-Length: %d\r\n" % len(BODY), BODY[:-40], id="shorter than its length"),
    pytest.param(b"", BODY[:-40], id="no length, text breaks off"),
    pytest.param(b"Content-Length: %d\r\n" % (len(BODY) + 1), BODY, id="whole text, shorter than its length"),
    pytest.param(
        b"Content-Length: %d\r\nRepr-Digest: sha-256=:%s:\r\n" % (len(BODY), SHA256.encode()),
        BODY,
        id="another checksum",
    ),
    pytest.param(b"Content-Length: %d\r\nX-Coopgraph-Rows: 3\r\n" % len(BODY), BODY, id="fewer rows"),
    pytest.param(b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(BODY) + BODY + b"\r\n", id="no last chunk"),
    pytest.param(b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(BODY) + BODY[:50], id="half a chunk"),
]


@pytest.mark.parametrize(("headers", "body"), CUTS)
def test_a_part_is_never_taken_for_the_whole(headers: bytes, body: bytes) -> None:
    with saying(headers, body) as url, pytest.raises(IncompleteResult, match="not complete"):
        list(Client(url).query("SELECT"))
    with saying(headers, body) as url, pytest.raises((IncompleteResult, errors.WrongUsage)):
        Client(url).ask("ASK")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: %d\r\n" % len(LINES), LINES[: len(LINES) // 2]),
        (b"", LINES),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(LINES) + LINES + b"\r\n"),
    ],
)
def test_a_graph_that_may_be_a_part_is_refused(headers: bytes, body: bytes) -> None:
    with saying(headers, body) as url, pytest.raises(IncompleteResult):
        Client(url).graph("CONSTRUCT")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Content-Length: 5\r\nRepr-Digest: sha-256=:!:\r\n", b"[1,2]"),
        (b"Content-Length: 8000\r\n", b"[" * 8000),
        (b"Content-Length: 5\r\n", b"[1,2]"),
        (b"Content-Length: 2\r\n", b"\xff\xfe"),
        (b"Content-Length: %d\r\nX-Coopgraph-Rows: many\r\n" % len(BODY), BODY),
    ],
)
def test_what_no_service_sends_is_refused_in_words(headers: bytes, body: bytes) -> None:
    with saying(headers, body) as url, pytest.raises(IncompleteResult):
        list(Client(url).query("SELECT"))
    with saying(headers, body) as url, pytest.raises((IncompleteResult, errors.WrongUsage)):
        Client(url).ask("ASK")
    with saying(headers, body) as url, pytest.raises(IncompleteResult):
        Client(url).graph("CONSTRUCT")


def test_what_is_whole_passes() -> None:
    for headers, body in (
        (b"Content-Length: %d\r\nX-Coopgraph-Rows: 2\r\n" % len(BODY), BODY),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n"),
        (b"", BODY),
    ):
        with saying(headers, body) as url:
            assert [str(row.s) for row in Client(url).query("SELECT")] == ["urn:a", "urn:b"]


def test_the_graphs_own_prefixes_need_no_declaration(client: Client) -> None:
    (row,) = client.query("SELECT (skos:prefLabel AS ?label) {}")
    assert str(row.label) == "http://www.w3.org/2004/02/skos/core#prefLabel"
    long = " ".join(f"# {number}\n" for number in range(1000))
    assert client.ask(f"{long} ASK {{ FILTER(STRENDS(STR(coop:x), '/def/x')) }}")
