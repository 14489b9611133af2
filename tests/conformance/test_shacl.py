"""Both SHACL engines on the W3C SHACL Core and SHACL-SPARQL tests, each against the result that the suite expects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from coopgraph.model.conformance import REASONS
from coopgraph.validation.engines import fast, pyshacl
from coopgraph.validation.shacl import ENGINES
from tests.conformance.shacl_suite import Case, cases, report_signature

HOME = Path(__file__).parents[2]
SUITE = Path(os.environ.get("COOPGRAPH_CONFORMANCE", HOME.parent / "shared" / "conformance")) / "w3c" / "shacl"
ALL = list(cases(SUITE)) if SUITE.is_dir() else []

pytestmark = pytest.mark.skipif(not ALL, reason="the W3C SHACL tests are not beside this checkout")

CANNOT_PASS = {
    ("fast", "core/property/uniqueLang-002"): "true-is-one",
    ("pyshacl", "core/property/uniqueLang-002"): "true-is-one",
    ("pyshacl", "sparql/node/prefixes-001"): "imports",
    ("pyshacl", "sparql/pre-binding/shapesGraph-001"): "shapes-graph",
}
"""Engine and test → key of why it fails; a test that begins to pass is an error."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ProcessPoolExecutor]:
    """A process for engines that change settings of the whole process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def marked(engine: str, case: Case) -> object:
    reason = CANNOT_PASS.get((engine, case.name))
    marks = pytest.mark.xfail(reason=REASONS[reason].id, strict=True) if reason else ()
    return pytest.param(engine, case, id=f"{engine}-{case.name}", marks=marks)


@pytest.mark.parametrize(("engine", "case"), [marked(engine, case) for engine in sorted(ENGINES) for case in ALL])
def test_an_engine_gives_the_results_that_the_suite_expects(
    elsewhere: ProcessPoolExecutor, engine: str, case: Case
) -> None:
    validate = {"fast": fast.validate, "pyshacl": pyshacl.validate}[engine]
    asked = elsewhere.submit(validate, case.shapes, case.data)
    if case.expected is None:
        with pytest.raises(Exception, match=r"(?i)sparql|select|bound|bind|clause"):
            asked.result()
    else:
        assert report_signature(asked.result()) == case.expected


def test_the_suite_is_there_in_full() -> None:
    assert len(ALL) == 121
