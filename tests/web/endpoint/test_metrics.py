"""What a real server counts and logs, and what it never does."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from coopgraph.web.endpoint.metrics import GATHERING
from tests.running_server import Served, serve

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "monitoring.md"
RUNAWAY = "SELECT (COUNT(*) AS ?secretword) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("log") / "log"
    running = serve("--no-build", log=log, settings={"var": published, "query_timeout": 1, "workers": 1})
    yield running
    running.stop()


def samples(served: Served) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    reply = served.get("/metrics")
    assert reply.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = text_string_to_metric_families(reply.body.decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(served: Served, name: str, **labels: str) -> float:
    return samples(served).get((name, frozenset(labels.items())), 0.0)


def outcome(served: Served, name: str) -> float:
    return sum(
        amount
        for (sample, labels), amount in samples(served).items()
        if sample == "coopgraph_query_seconds_count" and ("outcome", name) in labels
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ASK {}", "answered"),
        (RUNAWAY, "query-timeout"),
        ("SELECT", "query-syntax"),
        ("INSERT DATA {}", "query-refused"),
    ],
)
def test_each_query_is_counted_by_what_became_of_it(served: Served, query: str, name: str) -> None:
    before = outcome(served, name)
    served.ask(query, parameters={"nocache": str(before)})
    assert outcome(served, name) == before + 1


@pytest.mark.slow
def test_a_killed_worker_is_counted(served: Served) -> None:
    release = served.get("/health/ready").json()["release"]
    before = value(served, "coopgraph_workers_killed_total", release=release)
    assert served.ask(RUNAWAY).status == 503
    assert value(served, "coopgraph_workers_killed_total", release=release) == before + 1


def test_workers_queue_and_releases_are_told(served: Served) -> None:
    assert value(served, "coopgraph_workers") == 1
    assert value(served, "coopgraph_workers_busy") == 0
    assert value(served, "coopgraph_queue_length") == 0
    assert value(served, "coopgraph_ready") == 1
    assert value(served, "coopgraph_quads") == served.get("/health/ready").json()["quads"]
    assert value(served, "coopgraph_releases", state="present") == 1
    assert value(served, "coopgraph_last_build_seconds") == 1769817600


def test_requests_are_counted_by_route_not_by_address(served: Served) -> None:
    for slug in ("lantern", "open-window"):
        served.get(f"/doc/org/{slug}.ttl")
    assert value(served, "coopgraph_request_seconds_count", method="GET", route="/doc/<path:name>", status="200") >= 2
    served.get("/nowhere/at/all")
    assert value(served, "coopgraph_request_seconds_count", method="GET", route="none", status="404") >= 1
    served.get("/sparql", "PROPFIND")
    assert value(served, "coopgraph_request_seconds_count", method="other", route="none", status="405") >= 1


@pytest.mark.slow
def test_neither_log_nor_numbers_ever_hold_a_query_an_address_or_what_was_read(served: Served) -> None:
    told = {"X_Forwarded_For": "203.0.113.77", "Forwarded": "for=203.0.113.77", "User_Agent": "agentword"}
    told |= {"Referer": "http://refererword.example/"}
    for query in (
        RUNAWAY,
        "SELECT ?secretword {",
        "SELECT * { SERVICE <http://secretword/> {} }",
        "ASK { <urn:secretword> ?p ?o }",
    ):
        served.ask(query, **told)
        served.get("/sparql", "POST", query.encode(), Content_Type="application/sparql-query", **told)
        served.get(
            "/cite",
            "POST",
            urllib.parse.urlencode({"query": query}).encode(),
            Content_Type="application/x-www-form-urlencoded",
            **told,
        )
    for path in (
        "/doc/org/lantern",
        "/doc/org/secretword",
        "/secretword",
        "/?secretword=1",
        "/at/secretword/sparql",
        "/cite/secretword",
        "/problem/secretword",
        "/timemap/secretword",
        "/help?area=secretword",
    ):
        served.get(path, **told)
    served.get("/doc/org/lantern", Accept_Datetime="secretword")
    served.get("/sparql/secretword-token", "DELETE", **told)
    written = "\n".join(logged(served)) + served.get("/metrics").body.decode()
    for word in ("secretword", "SELECT", "203.0.113", "agentword", "refererword", "lantern"):
        assert word not in written
    assert len(re.findall(r"\d{1,3}(?:\.\d{1,3}){3}", written)) == 1, "only the address that is listened on"


def logged(served: Served) -> list[str]:
    """Return the lines of the log, once those of the last requests have been written."""
    time.sleep(4 * GATHERING)
    return served.log.read_text().splitlines()


def test_every_line_of_the_log_is_json_and_every_request_has_one(served: Served) -> None:
    before = len(logged(served))
    served.get("/releases")
    lines = [json.loads(line) for line in logged(served)]
    assert len(lines) == before + 1
    assert {key: lines[-1][key] for key in ("method", "route", "status", "level")} == {
        "method": "GET",
        "route": "/releases",
        "status": 200,
        "level": "info",
    }
    assert 0 < lines[-1]["seconds"] < 10
    served.get("/sparql?query=ASK%20%7B%7D%20")
    last = json.loads(logged(served)[-1])
    assert last["release"] == served.get("/health/ready").json()["release"]


def test_answers_from_memory_are_counted(served: Served) -> None:
    served.ask("ASK { ?kept ?p ?o }")
    before = value(served, "coopgraph_cache_hits_total")
    served.ask("ASK { ?kept ?p ?o }")
    assert value(served, "coopgraph_cache_hits_total") == before + 1
    assert value(served, "coopgraph_cache_bytes") > 0


def test_every_number_is_in_the_documentation_and_the_other_way_round(served: Served) -> None:
    served.ask("ASK {}")
    told = set(re.findall(r"`(coopgraph_\w+?)(?:_total)?`", DOCUMENTATION.read_text(encoding="utf-8")))
    text = served.get("/metrics").body.decode()
    assert {
        family.name for family in text_string_to_metric_families(text) if family.name.startswith("coopgraph")
    } == told - {"coopgraph_info"} | {"coopgraph"}


def test_the_quality_of_the_data_is_told_as_the_release_has_it(served: Served) -> None:
    def asked(pattern: str) -> int:
        query = urllib.parse.quote(f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")
        (row,) = json.loads(served.get(f"/sparql?query={query}&format=json").body)["results"]["bindings"]
        return int(row["n"]["value"])

    of = "https://w3id.org/coopgraph/def/"
    organizations = asked(f"?x a <{of}Organization>")
    assert value(served, "coopgraph_data_things", **{"class": "Organization"}) == organizations > 0
    verified = asked(f"?x <{of}hasVerification>/<http://www.w3.org/2004/02/skos/core#prefLabel> ?label")
    told = sum(amount for (name, _), amount in samples(served).items() if name == "coopgraph_data_statements")
    assert 0 < told <= verified
    without = value(served, "coopgraph_data_areas_without_telephone")
    assert 0 <= without <= asked(f"?service a <{of}Service> ; <{of}servesArea> ?x")
    assert value(served, "coopgraph_data_overdue") >= 0


def test_the_answer_to_a_query_names_what_is_left_of_a_clients_share_and_a_page_does_not(served: Served) -> None:
    answer = served.get("/sparql?query=ASK%7B%3Fs%20%3Fp%20%22share%22%7D&format=json")
    share = re.fullmatch(r'"queries";q=(\d+);qu="concurrent-requests"', answer.headers["RateLimit-Policy"])
    assert share
    assert answer.headers["RateLimit"] == f'"queries";r={share[1]}'
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
    assert "RateLimit" not in served.get("/robots.txt").headers
