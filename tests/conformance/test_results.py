"""The published results of the W3C's tests are those that these tests have."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from coopgraph.model.conformance import REASONS, SUITE_NAMES, conformance
from tests.conformance import protocol_suite, results, test_shacl, test_sparql11


@pytest.mark.skipif(not (test_sparql11.ALL and test_shacl.ALL), reason="the W3C's tests are not beside this checkout")
def test_the_published_results_are_those_of_the_tests() -> None:
    assert results.FILE.read_text(encoding="utf-8") == results.text(), "run python -m tests.conformance.results"


def test_every_suite_has_a_name_and_every_failure_a_reason() -> None:
    assert [suite.key for suite in conformance()] == list(SUITE_NAMES)
    for suite in conformance():
        assert {*suite.failed.values(), *suite.inapplicable.values()} <= REASONS.keys()
        assert suite.passed


def test_each_protocol_test_is_one_that_is_here() -> None:
    place = Path(__file__).with_name("test_protocol.py")
    known = {node.name for node in ast.parse(place.read_bytes()).body if isinstance(node, ast.FunctionDef)}
    named = (protocol_suite.PROTOCOL, protocol_suite.GRAPH_STORE, protocol_suite.SERVICE_DESCRIPTION)
    assert {test for suite in named for test in suite.values()} <= known
