"""The W3C SPARQL 1.1 query, syntax and result-format tests, through HTTP against our own server.

One server holds the graphs of all tests; the protocol's parameters choose those of each.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from coopgraph.model.conformance import REASONS
from tests.conformance.sparql11 import Case, cases, csv_rows, expected, graph_of, graphs, rows_of, same
from tests.running_server import Served, serve_dataset

HOME = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("COOPGRAPH_CONFORMANCE", HOME.parent / "shared" / "conformance")) / "w3c" / "sparql11"
ALL = sorted(cases(SUITE), key=lambda case: (str(case.data), case.id)) if SUITE.is_dir() else []

pytestmark = pytest.mark.skipif(not ALL, reason="the W3C SPARQL tests are not beside this checkout")

CANNOT_PASS = {
    "aggregates/agg-empty-group-count-graph": "graph-pattern",
    "bindings/graph": "graph-pattern",
    "csv-tsv-res/csv03": "numbers",
    "csv-tsv-res/tsv03": "numbers",
    "functions/bnode01": "bnode",
    "negation/graph-minus": "graph-pattern",
    "property-path/zero_or_more_set_end": "zero-length",
    "property-path/zero_or_more_set_start": "zero-length",
    "property-path/zero_or_one_set_end": "zero-length",
    "property-path/zero_or_one_set_start": "zero-length",
    "service/service7": "federated",
}
"""Test (its IRI is ``Case.iri``) → key of why it cannot pass; strict: the day it passes, the run says so."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server with every graph of the suite; the protocol's parameters make a test's data set of them."""
    path = tmp_path_factory.mktemp("sparql11") / "data.nq"
    path.write_bytes(graphs(ALL))
    running = serve_dataset(path)
    yield running
    running.stop()


def ask(served: Served, case: Case, accept: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(
        served.url + "/sparql?" + urllib.parse.urlencode(case.dataset()),
        data=f"BASE <{case.base}>\n{case.query}".encode(),
        headers={"Content-Type": "application/sparql-query", "Accept": accept},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers.get_content_type(), response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()


def known_reason(case: Case) -> str | None:
    return "federated" if case.federated else CANNOT_PASS.get(case.id)


def marked(case: Case) -> object:
    reason = known_reason(case)
    marks = pytest.mark.xfail(reason=REASONS[reason].id, strict=True) if reason else ()
    return pytest.param(case, id=case.id, marks=marks)


ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": "text/csv",
}
RESULTS = {
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}


@pytest.mark.parametrize("case", [marked(case) for case in ALL if case.query and case.result])
def test_the_answer_is_the_expected_one(case: Case, served: Served) -> None:
    assert case.result is not None
    accept = ACCEPT.get(case.result.suffix, "application/sparql-results+json, text/turtle")
    status, media_type, body = ask(served, case, accept)
    assert status == 200, body.decode()
    wanted = expected(case)
    if media_type == "text/csv":
        assert csv_rows(body) == wanted
    elif media_type in RESULTS:
        given = rows_of(body, RESULTS[media_type])
        assert given == wanted if isinstance(wanted, bool) else same(given, wanted)
    else:
        assert same(graph_of(body, "turtle"), wanted)


@pytest.mark.parametrize("case", [marked(case) for case in ALL if not case.result])
def test_the_syntax_is_judged_rightly(case: Case, served: Served) -> None:
    reply = served.get("/sparql/check", "POST", case.query.encode(), Content_Type="application/sparql-query")
    assert reply.status == 200
    assert reply.json()["ok"] is case.kind.startswith("Positive"), reply.body.decode()
