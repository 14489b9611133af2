"""One contract for every store: what is asked, what comes back, and how it fails, whatever the engine."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import coopgraph.query
from coopgraph.errors import NotAcceptable, QueryCancelled, QueryProblem, QuerySyntax, QueryTimeout, ResultTooLarge
from coopgraph.model.iris import graph_iri
from coopgraph.rdf import formats
from coopgraph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from coopgraph.rdf.jsonld import CONTEXT_IRI
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import CancellationToken, Choice, Store
from tests.conformance.store.engines import Release

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EXAMPLES = sorted((Path(coopgraph.query.__file__).parent / "examples").glob("*.rq"))
CONTEXT = Path(__file__).parents[3] / "ontology" / "context" / "v1.jsonld"
CHOICE = Choice(formats.JSON, formats.JSON, formats.N_TRIPLES)
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c != ?f && ?f != ?i) }"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
ORGANIZATION = "http://www.w3.org/ns/org#Organization"
_BETWEEN = {"json": rb'"bindings":\[\{|\}\},\{|\}\}\]\}\}', "xml": rb"<results>|<result>|</results>"}
NUMBERS = {
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double", "nonNegativeInteger")
}


def body(store: Store, query: str, choice: Choice = CHOICE, *, timeout: float = 60, **sparql_query: Any) -> bytes:
    return b"".join(store.answer(SparqlQuery(query, **sparql_query), choice, timeout=timeout).chunks)


def rows(store: Store, query: str, **sparql_query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body(store, query, **sparql_query))["results"]["bindings"]
    return found


def number(store: Store, query: str, **sparql_query: Any) -> int:
    (row,) = rows(store, query, **sparql_query)
    (cell,) = row.values()
    return int(cell["value"])


def value(cell: dict[str, str]) -> tuple[str, ...]:
    """What a term means: engines write the same number or truth value in more than one way."""
    datatype = cell.get("datatype", "")
    if cell["type"] == "bnode":
        return ("blank node",)
    if datatype in NUMBERS:
        return ("number", str(Decimal(cell["value"]).normalize()))
    if datatype.endswith("#boolean"):
        return ("boolean", {"1": "true", "0": "false"}.get(cell["value"], cell["value"]))
    # GROUP_CONCAT joins its texts in any order.
    text = "; ".join(sorted(cell["value"].split("; ")))
    return (cell["type"], text, cell.get("xml:lang", ""), datatype)


Values = Counter[tuple[tuple[str, tuple[str, ...]], ...]]
"""What rows mean, as a multiset."""


def values(found: list[dict[str, Any]]) -> Values:
    return Counter(tuple(sorted((name, value(cell)) for name, cell in row.items())) for row in found)


@cache
def embedded_values(embedded: Store, query: str) -> Values:
    """What the rows of the embedded store mean; it is asked each query once, for all engines."""
    return values(rows(embedded, query))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_question_has_the_rows_of_the_embedded_store(store: Store, embedded: Store, example: Path) -> None:
    query = example.read_text(encoding="utf-8")
    assert values(rows(store, query)) == embedded_values(embedded, query)


def test_the_default_graph_has_each_statement_of_the_release_once(store: Store, release: Release) -> None:
    assert number(store, COUNT) == release.manifest.triples
    assert (
        number(store, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }") == release.manifest.triples
    )


def test_the_named_graphs_are_those_of_the_release_with_its_counts(store: Store, release: Release) -> None:
    found = rows(store, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert {row["g"]["value"]: int(row["n"]["value"]) for row in found} == release.manifest.graphs


def test_a_graph_that_is_not_the_releases_is_empty(store: Store) -> None:
    assert number(store, "SELECT (COUNT(*) AS ?n) { GRAPH <urn:x-coopgraph:served> { ?s ?p ?o } }") == 0


def test_a_request_may_name_its_default_graph(store: Store, release: Release) -> None:
    records = graph_iri("records")
    assert number(store, COUNT, default_graphs=(records,)) == release.manifest.graphs[records]
    assert rows(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", default_graphs=(records,)) == []


def test_a_request_may_name_its_named_graphs(store: Store, release: Release) -> None:
    named = (graph_iri("mappings"), graph_iri("derived"))
    found = rows(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", named_graphs=named)
    assert {row["g"]["value"] for row in found} == set(named)
    assert number(store, COUNT, named_graphs=named) == 0


def test_a_graph_that_nobody_has_is_empty_and_is_not_fetched(store: Store) -> None:
    assert number(store, COUNT, default_graphs=("http://127.0.0.1:9/absent",)) == 0


def test_the_datasets_of_request_and_text_do_not_add_up(store: Store, release: Release) -> None:
    mappings = graph_iri("mappings")
    query = f"SELECT (COUNT(*) AS ?n) FROM <{graph_iri('records')}> WHERE {{ ?s ?p ?o }}"
    assert number(store, query, default_graphs=(mappings,)) == release.manifest.graphs[mappings]


def test_several_default_graphs_are_one_set(store: Store, release: Release) -> None:
    wanted = (graph_iri("asserted"), graph_iri("records"))
    expected = {
        line.rpartition(" <")[0] for line in release.lines() if line.endswith(tuple(f"<{g}> ." for g in wanted))
    }
    assert number(store, COUNT, default_graphs=wanted) == len(expected)


def test_ask_says_yes_and_no(store: Store) -> None:
    assert json.loads(body(store, f"ASK {{ ?s a <{ORGANIZATION}> }}"))["boolean"] is True
    assert json.loads(body(store, "ASK { ?s a <http://example.org/Nothing> }"))["boolean"] is False


def test_construct_gives_the_triples_of_the_embedded_store(store: Store, embedded: Store) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <https://w3id.org/coopgraph/graph/mappings> { ?s ?p ?o } }"
    assert sorted(body(store, query).splitlines()) == sorted(body(embedded, query).splitlines())


def test_describe_gives_all_that_is_said_of_a_thing(store: Store, embedded: Store) -> None:
    organization = "SELECT ?thing WHERE { ?thing a <http://www.w3.org/ns/org#Organization> } ORDER BY ?thing LIMIT 1"
    thing = rows(embedded, organization)[0]["thing"]["value"]
    said = set(body(embedded, f"CONSTRUCT {{ <{thing}> ?p ?o }} WHERE {{ <{thing}> ?p ?o }}").splitlines())
    assert said
    assert said <= set(body(store, f"DESCRIBE <{thing}>").splitlines())


@pytest.mark.parametrize("wanted", [item for item in RESULT_FORMATS if item.results], ids=lambda item: item.name)
def test_rows_come_in_every_format_with_the_same_bytes(store: Store, embedded: Store, wanted: Format) -> None:
    query = (
        "SELECT ?g ?name { GRAPH ?g { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } } ORDER BY ?name ?g"
    )
    choice = Choice(wanted, None, None)
    assert sorted(_lines(body(store, query, choice), wanted)) == sorted(_lines(body(embedded, query, choice), wanted))


def _lines(result: bytes, wanted: Format) -> list[bytes]:
    # Engines order texts of several languages differently, so rows are compared as a set.
    return re.split(_BETWEEN.get(wanted.name, rb"\n"), result)


@pytest.mark.parametrize("wanted", GRAPH_FORMATS, ids=lambda item: item.name)
def test_graphs_come_in_every_format(store: Store, embedded: Store, wanted: Format) -> None:
    query = f"CONSTRUCT WHERE {{ ?s a <{ORGANIZATION}> ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }}"
    written = _with_context(body(store, query, Choice(None, None, wanted)), wanted)
    assert set(ox.parse(written, wanted.rdf)) == set(ox.parse(body(embedded, query), ox.RdfFormat.N_TRIPLES))


def _with_context(written: bytes, wanted: Format) -> bytes:
    """JSON-LD with the published context in it, which a parser here does not fetch."""
    if wanted != formats.JSON_LD:
        return written
    document = json.loads(written)
    if isinstance(document, dict) and document.get("@context") == CONTEXT_IRI:
        document["@context"] = json.loads(CONTEXT.read_bytes())["@context"]
    return json.dumps(document).encode()


def test_a_result_of_a_form_that_the_client_does_not_take_is_refused(store: Store) -> None:
    with pytest.raises(NotAcceptable):
        body(store, COUNT, Choice(None, None, formats.TURTLE))


def test_language_tags_come_in_their_usual_case(store: Store) -> None:
    found = rows(store, "SELECT ?o WHERE { ?s ?p ?o FILTER LANGMATCHES(LANG(?o), 'zh-Hant') } LIMIT 50")
    assert {row["o"]["xml:lang"] for row in found} <= {"zh-Hant", "zh-Hant-HK", "zh-Hant-TW"}
    assert found


def test_lang_sees_tags_as_they_are_written(store: Store, embedded: Store) -> None:
    query = 'SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o FILTER(LANG(?o) = "zh-Hans") }'
    assert number(store, query) == number(embedded, query) > 0


def test_lang_gives_tags_as_they_are_written(store: Store) -> None:
    found = rows(store, "SELECT DISTINCT (LANG(?o) AS ?tag) WHERE { ?s ?p ?o FILTER ISLITERAL(?o) }")
    assert {"zh-Hans", "zh-Hant"} <= {row["tag"]["value"] for row in found}


def test_decimals_keep_their_value(store: Store, embedded: Store) -> None:
    query = (
        "SELECT ?s ?v WHERE { ?s <http://purl.org/linked-data/sdmx/2009/measure#obsValue> ?v "
        "FILTER(DATATYPE(?v) = <http://www.w3.org/2001/XMLSchema#decimal>) }"
    )
    found = values(rows(store, query))
    assert found
    assert found == values(rows(embedded, query))


def test_sums_of_decimals_are_exact(store: Store) -> None:
    (row,) = rows(store, "SELECT (0.1 + 0.2 AS ?sum) WHERE { }")
    assert Decimal(row["sum"]["value"]) == Decimal("0.3")


def test_a_year_is_no_number_and_a_date_compares_with_dates(store: Store, embedded: Store) -> None:
    query = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o
        FILTER(DATATYPE(?o) = xsd:date && ?o < "2021-01-01"^^xsd:date && YEAR(?o) > 1990) }"""
    assert number(store, query) == number(embedded, query) > 0


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\tc", 'q"\\', "<&>'", "성폭력 피해자", "\U0001f600", "a  b "],
    ids=["lines", "quotes", "marks", "한", "astral", "spaces"],
)
def test_a_text_comes_back_as_it_was_sent(store: Store, text: str) -> None:
    (row,) = rows(store, f"SELECT ({ox.Literal(text)} AS ?text) WHERE {{ }}")
    assert row["text"]["value"] == text


def test_blank_nodes_stay_what_they_are_connected_to(store: Store, embedded: Store) -> None:
    pattern = "?s ?p ?b . ?b ?q ?o FILTER ISBLANK(?b)"
    query = f"SELECT ?s ?p ?q ?o WHERE {{ GRAPH <{graph_iri('shapes')}> {{ {pattern} }} }}"
    found = values(rows(store, query))
    assert found
    assert found == values(rows(embedded, query))


def test_a_large_result_streams_in_small_chunks_and_is_complete(store: Store, release: Release) -> None:
    answer = store.answer(SparqlQuery(EVERYTHING), Choice(formats.TSV, None, None), timeout=120)
    count, largest = 0, 0
    for chunk in answer.chunks:
        count += chunk.count(b"\n")
        largest = max(largest, len(chunk))
    assert count == release.manifest.triples + 1
    assert largest <= 64 * 1024


def test_a_result_of_250000_rows_is_complete_or_visibly_failed(store: Store, engine: str) -> None:
    query = "SELECT ?s ?t WHERE { ?s ?p ?o . ?t a <http://www.w3.org/2004/02/skos/core#ConceptScheme> } LIMIT 250000"
    choice = Choice(formats.CSV, None, None)
    if engine == "Virtuoso":
        with pytest.raises(ResultTooLarge, match="at most 200000 rows"):
            body(store, query, choice, timeout=120)
    else:
        assert len(list(csv.reader(io.StringIO(body(store, query, choice, timeout=120).decode())))) == 250_001


@pytest.mark.parametrize("query", ["SELECT * WHERE { ?s ?p }", "SELECT", "ASK { <a> <b> }", "garbage"])
def test_a_malformed_query_is_a_syntax_error(store: Store, query: str) -> None:
    with pytest.raises(QuerySyntax):
        body(store, query)
    with pytest.raises(QuerySyntax):
        store.check(query, timeout=10)


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a:a> <a:a> <a:a> }", "DROP ALL", "define sql:log-enable 2 SELECT * { ?s ?p ?o }"]
)
def test_what_is_no_query_never_reaches_the_data(store: Store, release: Release, update: str) -> None:
    with pytest.raises(QuerySyntax):
        body(store, update)
    assert number(store, COUNT) == release.manifest.triples


def test_a_function_of_one_servers_own_is_not_run(store: Store) -> None:
    query = 'PREFIX bif: <bif:> SELECT (bif:http_get("http://127.0.0.1:9/") AS ?x) WHERE { }'
    with pytest.raises(QueryProblem):
        body(store, query)


def test_a_well_formed_query_checks(store: Store) -> None:
    store.check(EVERYTHING, timeout=10)


def test_an_answer_may_be_left_half_read(store: Store) -> None:
    answer = store.answer(SparqlQuery(EVERYTHING), CHOICE, timeout=60)
    next(answer.chunks)
    answer.close()
    assert number(store, COUNT) > 0


def test_questions_at_once_do_not_mix(store: Store) -> None:
    def ask(name: str) -> bool:
        found = rows(store, f'SELECT ?x WHERE {{ VALUES ?x {{ "{name}" }} ?s a <{ORGANIZATION}> }}')
        return {row["x"]["value"] for row in found} == {name}

    with ThreadPoolExecutor(5) as threads:
        assert all(threads.map(ask, [f"asker {number}" for number in range(20)]))


def test_a_query_past_its_time_is_stopped_and_the_next_is_answered(store: Store) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        body(store, RUNAWAY, timeout=1)
    assert time.monotonic() - start < 20
    assert json.loads(body(store, "ASK { ?s ?p ?o }"))["boolean"] is True


def test_a_query_is_cancelled_by_its_token(store: Store) -> None:
    def cancel() -> None:
        while not store.cancel("a-token-of-ours"):
            time.sleep(0.05)

    canceller = threading.Thread(target=cancel, daemon=True)
    canceller.start()
    with pytest.raises(QueryCancelled):
        b"".join(store.answer(SparqlQuery(RUNAWAY), CHOICE, timeout=60, token="a-token-of-ours").chunks)
    canceller.join()
    assert store.cancel("a-token-of-ours") is False


def test_a_query_whose_client_left_gives_its_place_back(store: Store) -> None:
    cancellation = CancellationToken()
    timer = threading.Timer(0.5, cancellation.announce)
    timer.start()
    with pytest.raises(QueryCancelled):
        b"".join(store.answer(SparqlQuery(RUNAWAY), CHOICE, timeout=60, cancellation=cancellation).chunks)
    deadline = time.monotonic() + 20
    while store.health().busy:
        assert time.monotonic() < deadline
        time.sleep(0.05)
