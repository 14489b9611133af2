from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from coopgraph.errors import FederationRefused, NotFound, QuerySyntax, QueryTimeout, ResultTooLarge
from coopgraph.query.buffered_result import collect
from coopgraph.query.negotiation import ANYTHING
from coopgraph.query.prepared import construct, select
from coopgraph.query.service import Limits, QueryService
from coopgraph.rdf.formats import JSON
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.store.registry.opening import EngineConfiguration, open_files
from coopgraph.store.registry.release_stores import DatasetStore

EX = "http://example.org/"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def query_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryService]:
    path = tmp_path_factory.mktemp("door") / "data.ttl"
    triples = "".join(f'ex:s{i} ex:number {i} ; ex:label "Nr. {i}"@ko .\n' for i in range(200))
    path.write_text(f"@prefix ex: <{EX}> .\n{triples}", encoding="utf-8")
    store_registry = DatasetStore(
        "the-one", open_files([path], EngineConfiguration(workers=1, waiting=2, memory=256 * 1024**2))
    )
    yield QueryService(store_registry, Limits(time=2, length=10_000, size=1024**2), presets={"ex": EX})
    store_registry.close()


def test_rows_have_typed_terms_and_leave_unbound_variables_out(query_service: QueryService) -> None:
    query = f"SELECT ?n ?l ?none {{ ?this <{EX}number> ?n ; <{EX}label> ?l }}"
    assert select(query_service, query, this=NamedNode(EX + "s7")) == (
        {"n": Literal("7", datatype=XSD.integer), "l": Literal("Nr. 7", language="ko")},
    )


def test_construct_gives_n_triples(query_service: QueryService) -> None:
    body = construct(
        query_service, f"CONSTRUCT {{ ?this <{EX}is> ?n }} {{ ?this <{EX}number> ?n }}", this=NamedNode(EX + "s7")
    )
    assert body == f'<{EX}s7> <{EX}is> "7"^^<{XSD.integer.value}> .\n'.encode()


def test_a_malformed_query_is_told_in_plain_words(query_service: QueryService) -> None:
    with pytest.raises(QuerySyntax, match="never closed") as error:
        query_service.answer(SparqlQuery("SELECT * {"), ANYTHING)
    assert (error.value.line, error.value.column) == (1, 10)
    with pytest.raises(QuerySyntax, match="never closed"):
        query_service.check("SELECT * {")


def test_federation_is_refused_before_anything_runs(query_service: QueryService) -> None:
    with pytest.raises(FederationRefused):
        query_service.answer(SparqlQuery("SELECT * { SERVICE <http://127.0.0.1/> {} }"), ANYTHING)


def test_a_result_beyond_the_limit_breaks_off_with_an_error(query_service: QueryService) -> None:
    answer = query_service.answer(SparqlQuery(ENDLESS), ANYTHING)
    received: list[int] = []
    with pytest.raises(ResultTooLarge):
        received.extend(map(len, answer.chunks))
    assert sum(received) <= 1024**2
    answer.close()


@pytest.mark.slow
def test_a_client_may_ask_for_less_time_but_not_for_more(query_service: QueryService) -> None:
    counting = SparqlQuery(ENDLESS.replace("*", "(COUNT(*) AS ?n)"))
    with pytest.raises(QueryTimeout, match=r"0\.2 seconds"):
        query_service.answer(counting, ANYTHING, timeout=0.2)
    with pytest.raises(QueryTimeout, match="2 seconds"):
        query_service.answer(counting, ANYTHING, timeout=500)


def test_a_door_to_another_release_finds_nothing(query_service: QueryService) -> None:
    assert query_service.release_name() == "the-one"
    with pytest.raises(NotFound):
        query_service.at("2020-01-01-00000000").answer(SparqlQuery("ASK {}"), ANYTHING)


@pytest.mark.parametrize("held_back", [1, 1000, 10_000_000])
def test_a_whole_result_is_the_same_in_memory_and_on_disk(query_service: QueryService, held_back: int) -> None:
    sparql_query = SparqlQuery("SELECT * { ?s ?p ?o } ORDER BY ?s ?p")
    expected = b"".join(query_service.answer(sparql_query, ANYTHING).chunks)
    whole = collect(query_service.answer(sparql_query, ANYTHING), held_back)
    content = whole.content if isinstance(whole.content, bytes) else whole.content.read()
    assert content == expected
    assert whole.size == len(expected)
    assert isinstance(whole.content, bytes) == (held_back > len(expected))


def test_a_result_that_fails_is_never_whole_and_frees_its_worker(query_service: QueryService) -> None:
    with pytest.raises(ResultTooLarge):
        collect(query_service.answer(SparqlQuery(ENDLESS), ANYTHING), 1000)
    assert select(query_service, "SELECT (1 AS ?one) {}")


def asked(query_service: QueryService, query: str) -> list[str]:
    """The values that a stranger's query finds for ?n."""
    body = b"".join(query_service.answer(SparqlQuery(query), Choice(JSON, JSON, None)).chunks)
    return [row["n"]["value"] for row in json.loads(body)["results"]["bindings"]]


NUMBER_7 = 'SELECT ?n { ?s ex:label "Nr. 7"@ko ; ex:number ?n }'


@pytest.mark.parametrize(
    "query",
    [
        NUMBER_7,
        f"# PREFIX ex: <http://other/>\n{NUMBER_7}",
        f"PREFIX other: <{EX}> {NUMBER_7.replace('ex:number', 'other:number')}",
        f"{NUMBER_7} ORDER BY ?n LIMIT 5",
        NUMBER_7.replace("}", "FILTER(LANG(?l) != ex:label) ?s ex:label ?l }"),
    ],
)
def test_a_preset_prefix_needs_no_declaration(query_service: QueryService, query: str) -> None:
    assert asked(query_service, query) == ["7"]
    query_service.check(query)


def test_a_prefix_that_the_query_declares_is_its_own(query_service: QueryService) -> None:
    assert asked(query_service, "PREFIX ex: <http://other/> " + NUMBER_7) == []
    assert asked(query_service, "PREFIX ex: <http://other/> " + NUMBER_7 + " ORDER BY ?n LIMIT 5") == []


@pytest.mark.parametrize(
    ("query", "place", "words"),
    [
        ("ASK {\n ?s ex:p }", (2, 10), "Reading stopped at “}”"),
        ("ASK {\n ?s ex:p nobodys:o }", (2, 10), "prefix “nobodys:” is used but not declared"),
        ("SELECT * { ?s ex:p ?o", (1, 10), "never closed"),
    ],
)
def test_a_preset_prefix_moves_no_place(
    query_service: QueryService, query: str, place: tuple[int, int], words: str
) -> None:
    for ask in (lambda: query_service.answer(SparqlQuery(query), ANYTHING), lambda: query_service.check(query)):
        with pytest.raises(QuerySyntax, match=words) as error:
            ask()
        assert (error.value.line, error.value.column) == place
