"""SERVICE between real servers: one that is asked, and one whose operator allows to ask it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.running_server import Served, free_port, serve_dataset

EX = "http://example.org/"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("other") / "other.nt"
    path.write_text("".join(f'<{EX}s{i}> <{EX}size> "{i}"@zh-Hant .\n' for i in range(20_000)), encoding="utf-8")
    running = serve_dataset(path)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, other: Served) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "data.nt"
    path.write_text("".join(f"<{EX}s{i}> <{EX}p> <{EX}o> .\n" for i in range(5)), encoding="utf-8")
    nobody = f"http://127.0.0.1:{free_port()}/sparql"
    allowed = f"{other.url}/sparql {nobody} http://localhost/sparql"
    running = serve_dataset(path, service_allowed=allowed, service_inside="127.0.0.1")
    yield running
    running.stop()


def rows(served: Served, query: str) -> list[dict[str, str]]:
    reply = served.ask(query)
    assert reply.status == 200, reply.body.decode()
    return [
        {name: term["value"] for name, term in row.items()} for row in json.loads(reply.body)["results"]["bindings"]
    ]


@pytest.mark.slow
def test_rows_of_two_servers_are_joined(served: Served, other: Served) -> None:
    query = f"""PREFIX : <{EX}> SELECT ?s ?size {{
      ?s :p :o .
      SERVICE <{other.url}/sparql> {{ ?s :size ?size FILTER(?size IN ("3"@zh-Hant, "4"@zh-Hant, "77"@zh-Hant)) }}
    }} ORDER BY ?size"""
    assert rows(served, query) == [{"s": EX + "s3", "size": "3"}, {"s": EX + "s4", "size": "4"}]
    assert b"zh-Hant" in served.ask(query).body


@pytest.mark.slow
def test_a_silent_call_to_nobody_leaves_the_rest(served: Served) -> None:
    nobody = next(item for item in _asks(served) if "127.0.0.1" in item)
    query = f"SELECT * {{ ?s ?p ?o SERVICE SILENT <{nobody}> {{ ?s ?q ?x }} }}"
    assert len(rows(served, query)) == 5
    loud = served.ask(query.replace("SILENT", ""))
    assert (loud.status, loud.json()["type"].rpartition("/")[2]) == (502, "federation-failed")


def _asks(served: Served) -> list[str]:
    """What the service's own description says that a query may ask, but the one that answers."""
    text = served.get("/sparql", Accept="application/n-triples").body.decode()
    assert "sparql-service-description#BasicFederatedQuery" in text
    listed = text.partition("SERVICE may name ")[2].partition(". FROM")[0].split(", ")
    return [item for item in listed if not _answers(item)]


def _answers(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port or 80))) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "status", "kind"),
    [
        ("SERVICE <http://example.org/sparql> {{ ?s ?q ?x }}", 403, "federation-refused"),
        ("SERVICE <http://localhost/sparql> {{ ?s ?q ?x }}", 403, "federation-refused"),
        ("SERVICE SILENT <http://localhost/sparql> {{ ?s ?q ?x }}", 403, "federation-refused"),
        ("SERVICE ?s {{ ?s ?q ?x }}", 403, "federation-refused"),
        ("SERVICE <{other}> {{ ?s ?q ?x }}", 422, "result-too-large"),
        ("SERVICE <{other}> {{ ?s ?q ?x ", 400, "query-syntax"),
        ("SERVICE <{other}> {{ ?s ?q ?x }} ?s", 400, "query-syntax"),
        ("SERVICE <{other}> {{ [] ?q ?x }} FILTER no:x(1)", 400, "query-syntax"),
        (
            "SERVICE <{other}> {{ SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} ORDER BY ?i ?f ?c }}",
            502,
            "federation-failed",
        ),
    ],
)
def test_each_call_that_gives_no_rows_is_told(served: Served, other: Served, call: str, status: int, kind: str) -> None:
    query = f"SELECT * {{ ?s ?p ?o {call.format(other=other.url + '/sparql')} }}"
    reply = served.ask(query, parameters={"timeout": "2"})
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (status, kind)


def test_an_answer_with_others_rows_is_never_kept(served: Served, other: Served) -> None:
    reply = served.ask(f"SELECT * {{ SERVICE <{other.url}/sparql> {{ <{EX}s1> ?p ?o }} }}")
    assert reply.status == 200
    assert "ETag" not in reply.headers


def test_a_query_with_calls_is_checked_without_asking_anybody(served: Served) -> None:
    query = "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert served.get("/sparql/check", "POST", query.encode(), Content_Type="application/sparql-query").json() == {
        "ok": True
    }


@pytest.mark.parametrize("clause", ["FROM <{0}>", "FROM NAMED <{0}>", "FROM <{0}> FROM NAMED <{0}>"])
def test_a_dataset_clause_never_fetches_and_what_is_not_held_is_empty(served: Served, clause: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/data.ttl"
        query = f"SELECT * {clause.format(address)} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
        assert rows(served, query) == []
        for name in ("default-graph-uri", "named-graph-uri"):
            reply = served.ask("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", parameters={name: address})
            assert reply.json()["results"]["bindings"] == []
        with pytest.raises(TimeoutError):
            listener.accept()
