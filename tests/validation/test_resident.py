"""The resident SHACL validator: one process for many data sets, started anew where it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from coopgraph.errors import OurFault
from coopgraph.rdf.terms import Triple
from coopgraph.validation.processors import started
from coopgraph.validation.resident import ResidentValidator
from coopgraph.validation.shacl import ValidationResult

from .test_shacl import DATA, SHAPES, triples

NAMES = ("urn:x:Some", "urn:x:Date", "urn:x:Query")
OTHER = "x:a a x:C ; x:p 1 . x:c a x:C ."


@pytest.fixture(scope="module")
def validator() -> Iterator[ResidentValidator]:
    made = ResidentValidator(triples(SHAPES), [])
    yield made
    made.close()


def once(data: str) -> set[ValidationResult]:
    """What a process of its own says."""
    with started("fast", 1) as engine:
        engine.begin(triples(SHAPES), triples(data))
        return set(engine.results())


def test_data_sets_one_after_another_have_the_results_of_a_process_each(validator: ResidentValidator) -> None:
    for data in (DATA, OTHER, DATA, ""):
        assert set(validator.validate(NAMES, triples(data))) == once(data)


def test_only_the_shapes_that_are_named_are_looked_at(validator: ResidentValidator) -> None:
    assert [str(result.shape) for result in validator.validate(["urn:x:Date"], triples(DATA))] == ["<urn:x:Date>"]
    assert validator.validate([], triples(DATA)) == ()


def test_threads_get_the_results_of_their_own_data(validator: ResidentValidator) -> None:
    asked: list[list[Triple]] = [triples(f"x:n{number} a x:C .") for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        answered = list(threads.map(lambda data: validator.validate(["urn:x:Some"], data), asked))
    assert [[str(result.focus) for result in found] for found in answered] == [
        [f"<urn:x:n{number}>"] for number in range(12)
    ]


def test_a_process_that_was_closed_or_killed_is_started_anew() -> None:
    validator = ResidentValidator(triples(SHAPES), [])
    try:
        expected = set(validator.validate(NAMES, triples(DATA)))
        validator.close()
        assert set(validator.validate(NAMES, triples(DATA))) == expected
        assert validator._child is not None
        validator._child.kill()
        validator._child.wait()
        with pytest.raises(OurFault, match="nothing is known about the data"):
            validator.validate(NAMES, triples(DATA))
        assert set(validator.validate(NAMES, triples(DATA))) == expected
    finally:
        validator.close()


def test_shapes_that_cannot_be_prepared_are_told_and_are_no_conformance() -> None:
    nonsense = "x:S a sh:NodeShape ; sh:targetClass x:C ; sh:sparql [ sh:select 'SELECT nonsense' ] ."
    validator = ResidentValidator(triples(nonsense), [])
    try:
        with pytest.raises(OurFault, match="nothing is known about the data"):
            validator.validate(["urn:x:S"], triples(DATA))
    finally:
        validator.close()
