"""Engines as child processes: what they give, and that one which fails never counts as conforming."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest
from pyoxigraph import RdfFormat, parse

from coopgraph.errors import OurFault
from coopgraph.rdf.terms import Triple
from coopgraph.validation import shacl
from coopgraph.validation.processors import started
from coopgraph.validation.shacl import ShaclProcessor, read_report

SH = "http://www.w3.org/ns/shacl#"


def triples(turtle: str) -> list[Triple]:
    prefixes = f"@prefix sh: <{SH}> . @prefix x: <urn:x:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    return [quad.triple for quad in parse(prefixes + turtle, format=RdfFormat.TURTLE)]


SHAPES = """
x:Some a sh:PropertyShape ; sh:targetClass x:C ; sh:path x:p ; sh:minCount 1 .
x:Date a sh:PropertyShape ; sh:targetSubjectsOf x:d ; sh:path x:d ; sh:datatype xsd:date ; sh:severity sh:Warning .
x:Query a sh:NodeShape ; sh:targetClass x:C ; sh:sparql x:Query-q .
x:Query-q a sh:SPARQLConstraint ; sh:select "SELECT $this ?value WHERE { $this <urn:x:q> ?value FILTER(?value > 1) }" .
"""
DATA = """x:a a x:C ; x:d "2018-02-30"^^xsd:date ; x:q 2 , 1 . x:b a x:C ; x:p "93.00"^^xsd:decimal ."""


@pytest.mark.slow
@pytest.mark.parametrize("engine", sorted(shacl.ENGINES))
@pytest.mark.parametrize("children", [1, 2])
def test_an_engine_gives_focus_path_value_shape_and_severity(engine: str, children: int) -> None:
    with started(engine, children) as child:
        child.begin(triples(SHAPES), triples(DATA))
        found = child.results()
    assert {
        (str(r.focus)[7:-1], str(r.path or "")[7:-1], str(r.value or ""), str(r.shape)[7:-1], r.severity.value[27:])
        for r in found
    } == {
        ("a", "p", "", "Some", "Violation"),
        ("a", "d", '"2018-02-30"^^<http://www.w3.org/2001/XMLSchema#date>', "Date", "Warning"),
        ("a", "", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>', "Query", "Violation"),
    }
    assert len(found) == 3


QUERY = "x:S a sh:NodeShape ; sh:targetClass x:C ; sh:sparql [ sh:select 'SELECT nonsense' ] ."
NO_PATH = "x:S a sh:NodeShape ; sh:targetClass x:C ; sh:property [ sh:minCount 1 ] ."
PATTERN = "x:S a sh:PropertyShape ; sh:targetClass x:C ; sh:path x:p ; sh:pattern '(' ."


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "shapes"),
    [("fast", QUERY), ("fast", NO_PATH), ("pyshacl", QUERY), ("pyshacl", NO_PATH), ("pyshacl", PATTERN)],
)
def test_shapes_that_cannot_be_run_are_our_fault_and_never_conform(engine: str, shapes: str) -> None:
    with started(engine, 1) as child:
        child.begin(triples(shapes), triples("x:a a x:C ; x:p 'x' ."))
        with pytest.raises(OurFault, match="nothing is known about the data"):
            child.results()


def test_an_engine_past_its_deadline_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shacl.ENGINES, "pyshacl", 1.0)
    endless = "x:S a sh:PropertyShape ; sh:targetClass x:C ; sh:path x:p ; sh:pattern '^(a+)+$' ."
    with started("pyshacl", 1) as child:
        child.begin(triples(endless), triples(f"x:a a x:C ; x:p '{'a' * 60}!' ."))
        with pytest.raises(OurFault, match="longer than 1 seconds"):
            child.results()


def test_an_engine_killed_from_outside_is_our_fault() -> None:
    with closing(ShaclProcessor("pyshacl", 1)) as child:
        os.kill(child.processes[0], signal.SIGKILL)
        child.begin(triples(SHAPES), triples(DATA))
        with pytest.raises(OurFault):
            child.results()


def test_leaving_the_block_ends_the_children() -> None:
    with closing(ShaclProcessor("pyshacl", 2)) as child:
        processes = child.processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_child_whose_parent_was_killed_ends_by_itself() -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time; from coopgraph.validation.shacl import ShaclProcessor; "
            "print(ShaclProcessor('pyshacl', 1).processes[0], flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _runs(orphan):
        time.sleep(0.1)
    assert not _runs(orphan)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # An orphan that nobody has asked after stays in the table as a zombie.
    return subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout[:1] != "Z"


RESULT = (
    f"_:r <{SH}focusNode> <urn:a> .\n_:r <{SH}sourceShape> <urn:s> .\n"
    f"_:r <{SH}sourceConstraintComponent> <urn:c> .\n_:r <{SH}resultSeverity> <{SH}Info> .\n"
)
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
BOOLEAN = "<http://www.w3.org/2001/XMLSchema#boolean>"
REPORT = f'_:x {TYPE} <{SH}ValidationReport> .\n_:x <{SH}conforms> "%s"^^{BOOLEAN} .\n'


@pytest.mark.parametrize(
    "report",
    [
        "",
        "not N-Triples",
        REPORT % "false",
        REPORT % "true" + f"_:x <{SH}result> _:r .\n" + RESULT,
        REPORT % "false" + f"_:x <{SH}result> _:r .\n",
        f"_:x {TYPE} <{SH}ValidationReport> .\n",
    ],
    ids=["empty", "broken", "no result", "contradiction", "result without parts", "no verdict"],
)
def test_a_report_that_makes_no_sense_is_our_fault(report: str) -> None:
    with pytest.raises(OurFault):
        read_report(report.encode())


def test_a_report_without_results_conforms() -> None:
    assert read_report((REPORT % "true").encode()) == ()


def test_details_of_a_result_are_no_results() -> None:
    nested = f"_:r <{SH}detail> _:d .\n" + RESULT.replace("_:r", "_:d")
    found = read_report((REPORT % "false" + f"_:x <{SH}result> _:r .\n" + RESULT + nested).encode())
    assert len(found) == 1
