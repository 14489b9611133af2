from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.errors import QueryTimeout
from coopgraph.messages.message import Message
from coopgraph.rdf.result_window import triples_in, window_of_rows, window_of_triples
from coopgraph.rdf.terms import Literal, NamedNode, Triple


def result(number: int) -> bytes:
    bindings = [{"x": {"type": "literal", "value": str(row)}} for row in range(number)]
    return json.dumps({"head": {"vars": ["x", "y"]}, "results": {"bindings": bindings}}).encode()


def pieces(document: bytes, size: int) -> Iterator[bytes]:
    return (document[start : start + size] for start in range(0, len(document), size))


@settings(max_examples=50)
@given(st.integers(0, 40), st.integers(0, 50), st.integers(1, 50), st.integers(1, 99))
def test_a_window_holds_the_rows_that_a_slice_of_all_rows_holds(number: int, first: int, size: int, cut: int) -> None:
    window = window_of_rows(pieces(result(number), cut), first, size, 10**6)
    assert window.columns == ("x", "y")
    assert [(row[0].value, row[1]) for row in window.rows] == [(str(n), None) for n in range(number)][first:][:size]  # type: ignore[union-attr]
    assert (window.count, window.counted) == (number, True)


def test_counting_ends_where_the_limit_does_and_a_long_result_is_not_read_to_its_end() -> None:
    whole = result(5000)
    rest = pieces(whole, 1000)
    window = window_of_rows(rest, 0, 3, 4000)
    assert (len(window.rows), window.counted) == (3, False)
    assert 3 <= window.count < 5000
    assert next(rest, None) is not None


def test_a_truth_has_no_rows() -> None:
    window = window_of_rows([b'{"head":{},"boolean":true}'], 0, 3, 4000)
    assert (window.truth, window.rows) == (True, ())


def test_triples_come_back_as_triples() -> None:
    window = window_of_triples([b'<urn:a> <urn:b> "c"@ko .\n<urn:a> <urn:b> <urn:d> .\n'], 1, 5, 4000)
    assert triples_in(window) == (Triple(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:d")),)
    assert Literal("c", language="ko") not in window.rows[0]


def test_what_stops_the_result_is_said_as_it_was() -> None:
    def chunks() -> Iterator[bytes]:
        yield result(9)[:60]
        raise QueryTimeout(Message("late"))

    with pytest.raises(QueryTimeout, match="late"):
        window_of_rows(chunks(), 0, 5, 100)
