"""The measured queries: fourteen kinds, ever new texts, and answers in the generated data."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.questions import QueryKind, query_kinds
from coopgraph.dataset.generator import generate

TRIPLES = 20_000


@pytest.fixture(scope="module")
def store() -> ox.Store:
    filled = ox.Store()
    filled.bulk_load("".join(generate(TRIPLES)).encode(), ox.RdfFormat.N_TRIPLES)
    return filled


def test_there_are_fourteen_kinds_each_with_a_sentence() -> None:
    found = query_kinds()
    assert len({kind.name for kind in found}) == 14
    assert all(kind.sentence.endswith(".") for kind in found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", query_kinds(), ids=lambda kind: kind.name)
@given(st.sets(st.integers(0, 10**9), min_size=2, max_size=20))
def test_no_two_numbers_give_the_same_text(kind: QueryKind, numbers: set[int]) -> None:
    assert len({kind.asked(number, TRIPLES) for number in numbers}) == len(numbers)
    assert kind.asked(min(numbers), TRIPLES) == kind.asked(min(numbers), TRIPLES)


@pytest.mark.parametrize("kind", query_kinds(), ids=lambda kind: kind.name)
def test_every_kind_finds_something_in_the_data(kind: QueryKind, store: ox.Store) -> None:
    def found(number: int) -> bool:
        results = store.query(kind.asked(number, TRIPLES))
        return bool(results) if isinstance(results, ox.QueryBoolean) else next(iter(results), None) is not None

    assert any(found(number) for number in range(40))
