"""Parquet as clients meet it: a real server, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.running_server import Served, serve_dataset

EX = "http://example.org/"
PARQUET = "application/vnd.apache.parquet"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("parquet") / "data.nq"
    lines = [f'<{EX}s{i}> <{EX}p> "{i}"^^<http://www.w3.org/2001/XMLSchema#integer> .' for i in range(30_000)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    running = serve_dataset(path, query_timeout=20, result_size=8 * 1024**2)
    yield running
    running.stop()


@pytest.mark.slow
def test_rows_come_typed_whole_and_with_their_checksum(served: Served) -> None:
    reply = served.ask("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?o", PARQUET)
    assert (reply.status, reply.headers["Content-Type"]) == (200, PARQUET)
    digest = base64.b64encode(hashlib.sha256(reply.body).digest()).decode()
    assert reply.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    table = pq.read_table(io.BytesIO(reply.body))
    assert table.schema.field("o").type == pa.int64()
    assert table["o"].to_pylist() == list(range(30_000))
    assert table["s"][7].as_py() == EX + "s7"


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (f"{PARQUET}, text/csv;q=0.9", PARQUET),
        (f"{PARQUET};q=0.1, text/csv", "text/csv; charset=utf-8"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
    ],
)
def test_it_is_given_to_those_who_prefer_it(served: Served, accept: str, given: str) -> None:
    assert served.ask("SELECT ?s { ?s ?p ?o } LIMIT 1", accept).headers["Content-Type"] == given


def test_it_is_given_by_name_too(served: Served) -> None:
    reply = served.ask("SELECT ?s { ?s ?p ?o } LIMIT 1", parameters={"format": "parquet"})
    assert reply.headers["Content-Type"] == PARQUET


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("ASK {}", 406, "not-acceptable"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", 406, "not-acceptable"),
        ("SELECT * {", 400, "query-syntax"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 200000", 422, "result-too-large"),
    ],
)
def test_what_cannot_come_as_parquet_gets_its_problem(served: Served, query: str, status: int, problem: str) -> None:
    reply = served.ask(query, PARQUET)
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (status, problem)


def test_it_is_in_the_description_of_the_service(served: Served) -> None:
    described = served.get("/sparql", Accept="application/n-triples").body.decode()
    assert "media-types/application/vnd.apache.parquet" in described
