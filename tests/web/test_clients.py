"""Clients that people use, each as its documentation says, against a real server."""

from __future__ import annotations

import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)

from coopgraph.query.snippets import snippets
from tests.chromium import chromium
from tests.running_server import Served, serve_dataset

EX = "http://example.org/"
ROWS = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?o"
TRIPLES = "CONSTRUCT WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("clients") / "data.nq"
    lines = [f'<{EX}s{i}> <{EX}p> "도움 {i}"@ko .' for i in range(3)]
    path.write_text("\n".join([*lines, f"<{EX}s> <{EX}p> <{EX}o> <{EX}g> ."]) + "\n", encoding="utf-8")
    running = serve_dataset(path)
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_service_as_a_graph(served: Served, form: str, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(served.url + "/sparql", returnFormat=form, method=method))
    assert len(graph) == 3
    assert set(graph.objects(rdflib.URIRef(EX + "s1"))) == {rdflib.Literal("도움 1", lang="ko")}
    assert [str(row[0]) for row in graph.query(ROWS)] == [f"{EX}s{i}" for i in range(3)]  # type: ignore[index]
    assert graph.query("ASK {}").askAnswer is True


def test_rdflib_reads_a_named_graph_and_what_an_address_gives(served: Served) -> None:
    store = SPARQLStore(served.url + "/sparql")
    assert len(list(rdflib.Graph(store, rdflib.URIRef(EX + "g")).triples((None, None, None)))) == 1
    for path in ("/graphs?default", "/sparql?" + urllib.parse.urlencode({"query": TRIPLES})):
        assert len(rdflib.Graph().parse(served.url + path)) == 3


@pytest.mark.parametrize("way", [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)], ids="-".join)
@pytest.mark.parametrize(
    ("query", "forms"),
    [
        (ROWS, [JSON, XML, CSV, TSV]),
        ("ASK {}", [JSON, XML]),
        (TRIPLES, [N3, TURTLE, RDFXML, JSONLD, XML, JSON]),
        (f"DESCRIBE <{EX}s1>", [TURTLE, JSONLD, XML]),
    ],
    ids=["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"],
)
def test_sparqlwrapper_converts_every_format(
    served: Served, way: tuple[str, str], query: str, forms: list[str]
) -> None:
    for form in forms:
        wrapper = SPARQLWrapper(served.url + "/sparql", returnFormat=form)
        wrapper.setQuery(query)
        wrapper.setMethod(way[0])
        wrapper.setRequestMethod(way[1])
        assert wrapper.query().convert()


@pytest.mark.parametrize(("form", "read"), [("csv", "read_csv"), ("parquet", "read_parquet")])
def test_pandas_reads_an_address(served: Served, form: str, read: str) -> None:
    pandas = pytest.importorskip("pandas")
    frame = getattr(pandas, read)(f"{served.url}/sparql?" + urllib.parse.urlencode({"query": ROWS, "format": form}))
    assert list(frame["o"]) == ["도움 0", "도움 1", "도움 2"]


@pytest.mark.interop
def test_r_runs_the_snippet_and_takes_the_code_of_namibia_for_a_text(served: Served, tmp_path: Path) -> None:
    r = shutil.which("Rscript")
    if r is None or subprocess.run([r, "-e", "library(httr)"], capture_output=True, check=False).returncode:
        pytest.skip("neither R nor its package httr is installed here")
    query = 'SELECT ?code ?none { VALUES ?code { "NA" "한국" } } ORDER BY ?code'
    (snippet,) = (item for item in snippets(query, served.url + "/sparql", triples=False) if item.language == "R")
    (tmp_path / "snippet.R").write_text(snippet.text + "cat(table$code, is.na(table$code), sep = '|')\n")
    done = subprocess.run([r, tmp_path / "snippet.R"], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == "NA|한국|FALSE|FALSE"


@pytest.mark.slow
def test_a_page_of_another_origin_asks_reads_the_headers_and_cancels(served: Served) -> None:
    script = """async root => {
      const named = {'X-Query-Token': 'a-token-of-mine', 'If-None-Match': '"x"', 'Accept': 'text/csv'};
      const whole = await fetch(root + '/sparql?query=ASK%7B%7D');
      const posted = await fetch(root + '/sparql', {method: 'POST', body: 'SELECT (1 AS ?x) {}',
        headers: {...named, 'Content-Type': 'application/sparql-query'}});
      const refused = await fetch(root + '/sparql?query=ASK%7B');
      const cancelled = await fetch(root + '/sparql/a-token-of-mine', {method: 'DELETE'});
      return [whole.headers.get('ETag'), whole.headers.get('Repr-Digest'), whole.headers.get('X-Coopgraph-Release'),
        await posted.text(), refused.status, (await refused.json()).line, cancelled.status];
    }"""
    with chromium() as browser:
        tag, digest, release, rows, *rest = browser.new_page().evaluate(script, served.url)
    assert (tag[0], digest[:9], release[:8]) == ('"', "sha-256=:", "dataset-")
    assert rows == "x\r\n1\r\n"
    assert rest == [400, 1, 404]
