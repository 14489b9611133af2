from __future__ import annotations

from urllib.parse import urlencode

import pytest

from coopgraph.errors import QueryRefused, WrongUsage
from coopgraph.query import protocol_request
from coopgraph.sparql.query import SparqlQuery


def address(**fields: str | list[str]) -> bytes:
    return urlencode(fields, doseq=True).encode()


def test_a_query_with_its_dataset_is_read_from_an_address() -> None:
    asked = protocol_request.from_address(
        address(query="ASK {}", **{"default-graph-uri": ["http://a/", "http://b/"], "named-graph-uri": "http://c/"})
    )
    assert asked is not None
    assert asked.sparql_query == SparqlQuery("ASK {}", ("http://a/", "http://b/"), ("http://c/",))


def test_no_query_is_no_question() -> None:
    assert protocol_request.from_address(address(default="x")) is None


def test_an_empty_query_is_a_question() -> None:
    assert protocol_request.from_address(b"query=") == protocol_request.ProtocolRequest(SparqlQuery(""), "", None)


def test_plus_and_percent_are_decoded_as_a_form_writes_them() -> None:
    assert protocol_request.from_form(b"query=ASK+%7B%7D%20%23%EA%B0%80", b"").sparql_query.query == "ASK {} #가"


def test_a_direct_query_takes_its_dataset_from_the_address() -> None:
    asked = protocol_request.from_query("ASK {} #가".encode(), address(**{"default-graph-uri": "http://a/"}))
    assert asked.sparql_query == SparqlQuery("ASK {} #가", ("http://a/",), None)


@pytest.mark.parametrize("encoded", ["query=ASK {} #가".encode(), b"query=ASK+{}%20#%EA%B0%80"])
def test_letters_beyond_ascii_may_stand_in_a_form_as_they_are(encoded: bytes) -> None:
    # As curl -d and a person in the line of a browser send them.
    asked = protocol_request.from_address(encoded)
    assert asked == protocol_request.from_form(encoded, b"")
    assert asked is not None
    assert asked.sparql_query.query == "ASK {} #가"


@pytest.mark.parametrize("encoded", [b"query=%FF", b"query=ASK%80", "query=é".encode("latin-1")])
def test_what_is_not_utf_8_is_refused_not_replaced(encoded: bytes) -> None:
    with pytest.raises(WrongUsage, match="UTF-8"):
        protocol_request.from_address(encoded)


def test_a_body_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(WrongUsage, match="UTF-8"):
        protocol_request.from_query(b"ASK {} # \xff", b"")


@pytest.mark.parametrize(
    "fields",
    [
        {"query": ["ASK {}", "ASK {}"]},
        {"query": "ASK {}", "default-graph-uri": "relative"},
        {"query": "ASK {}", "timeout": "soon"},
        {"query": "ASK {}", "timeout": "-1"},
        {"query": "ASK {}", "timeout": "nan"},
        {"query": "ASK {}", "timeout": "inf"},
    ],
)
def test_what_cannot_mean_anything_is_refused(fields: dict[str, str | list[str]]) -> None:
    with pytest.raises(WrongUsage):
        protocol_request.from_address(address(**fields))


def test_an_update_is_told_where_changes_are_made() -> None:
    with pytest.raises(QueryRefused) as refused:
        protocol_request.from_form(address(update="CLEAR ALL"), b"")
    assert "entity files" in str(refused.value.hint)


def test_several_formats_as_some_clients_send_them_are_no_error() -> None:
    asked = protocol_request.from_address(
        address(query="ASK {}", format=["tsv", "text/tab-separated-values"], output="tsv")
    )
    assert asked is not None
    assert asked.format == "tsv"


@pytest.mark.parametrize(
    "beside",
    [
        {"default-graph-uri": ["http://a/", "http://b/"]},
        {"named-graph-uri": "http://a/"},
        {"timeout": "5"},
        {"format": "csv"},
    ],
)
def test_what_stands_in_the_address_beside_a_form_counts_as_in_the_form(beside: dict[str, str | list[str]]) -> None:
    whole = protocol_request.from_form(address(query="ASK {}", **beside), b"")
    assert protocol_request.from_form(address(query="ASK {}"), address(**beside)) == whole
    assert protocol_request.from_form(address(**beside), address(query="ASK {}")) == whole
    assert protocol_request.from_form(address(query="ASK {}", **beside), address(**beside)) == whole
    assert whole != protocol_request.from_form(address(query="ASK {}"), b"")


@pytest.mark.parametrize(
    ("form", "beside", "name"),
    [
        ({}, {"query": "ASK {}"}, "query"),
        ({}, {"query": "ASK { ?s ?p ?o }"}, "query"),
        ({"default-graph-uri": "http://a/"}, {"default-graph-uri": "http://b/"}, "default-graph-uri"),
        ({"named-graph-uri": "http://a/"}, {"named-graph-uri": ["http://a/", "http://b/"]}, "named-graph-uri"),
        ({"timeout": "5"}, {"timeout": "6"}, "timeout"),
        ({"format": "csv"}, {"format": "json"}, "format"),
    ],
)
def test_a_form_and_its_address_that_contradict_each_other_are_refused(
    form: dict[str, str], beside: dict[str, str | list[str]], name: str
) -> None:
    with pytest.raises(WrongUsage, match=f"“{name}” in the form and another in the address"):
        protocol_request.from_form(address(query="ASK {}", **form), address(**beside))


@pytest.mark.parametrize("name", ["using-graph-uri", "using-named-graph-uri"])
def test_the_dataset_of_an_update_is_not_ignored_in_a_query(name: str) -> None:
    fields = address(query="ASK {}", **{name: "http://a/"})
    for read in (
        lambda: protocol_request.from_address(fields),
        lambda: protocol_request.from_form(fields, b""),
        lambda: protocol_request.from_form(b"query=ASK+%7B%7D", address(**{name: "http://a/"})),
        lambda: protocol_request.from_query(b"ASK {}", address(**{name: "http://a/"})),
    ):
        with pytest.raises(WrongUsage, match="SPARQL Update"):
            read()


@pytest.mark.parametrize("query", ["ASK {}", "ASK { ?s ?p '\ufeff' }", "# 홍길동\nASK {}"])
@pytest.mark.parametrize("more", [{}, {"format": "json"}])
def test_one_byte_order_mark_before_a_query_is_no_part_of_it(query: str, more: dict[str, str]) -> None:
    fields = address(query="\ufeff" + query, **more)
    asked = protocol_request.from_address(fields)
    assert asked is not None
    assert asked.sparql_query.query == query
    assert protocol_request.from_form(fields, b"").sparql_query.query == query
    assert protocol_request.from_query(f"\ufeff{query}".encode(), b"").sparql_query.query == query
    assert protocol_request.from_query(f"\ufeff\ufeff{query}".encode(), b"").sparql_query.query == "\ufeff" + query
