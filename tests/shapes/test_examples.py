"""The conforming example of a shape conforms to all shapes; the failing one fails that shape, and as a rule no other.

An example of a shape stands on the real vocabulary and concept schemes and on nothing else; an example of a file rule
is one file of a tree that has no other.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from coopgraph.check.engines import fast
from coopgraph.check.run import FRESH_RECORD, FRESH_SERVICE, check_tree
from coopgraph.check.shacl import n_triples, read_report
from coopgraph.dataset.fill import fill
from coopgraph.dataset.tree import INPUT_SIZE, Tree, TreeContent, TreeFile, read_document
from coopgraph.model.iris import BASE
from coopgraph.rdf.terms import COOP, SH, XSD, Literal, NamedNode, Triple

from .conftest import EXAMPLES, FILE_RULES, HELD, NAMES, ROOT, SHAPE

TODAY = date(2026, 1, 1)
SHACL = [name for name in NAMES if name not in FILE_RULES]
FILES = sorted(name for name in FILE_RULES if (EXAMPLES / name).is_dir())

ALSO_FAILS = {
    "HasComments": {"NotFormatted"},
    "NoPerson": {"KnownClass"},
    "PathMatchesIri": {"ForeignStatement", "RecordInEntityFile"},
    "UnknownPrefix": {"NotFormatted"},
}
"""Shape → others that its failing example cannot help failing too."""


def graphs(vocabulary: TreeContent, *files: Path) -> tuple[bytes, bytes]:
    """Return shapes and data, as N-Triples, as an engine gets them for the examples ``files``."""
    quads = dict(vocabulary.quads)
    examples = tuple(TreeFile("records", f"data/{file.parent.name}/{file.name}", file) for file in files)
    for example in examples:
        quads[example.path], problems = read_document(example.place.read_bytes(), example)
        assert not problems
    filled = fill(TreeContent((*vocabulary.files, *examples), MappingProxyType(quads), ()))
    declared = [t for t in filled.graphs["vocabulary"] if t.predicate in {SH.declare, SH.prefix, SH.namespace}]
    data = {t for name, triples in filled.graphs.items() if name != "shapes" for t in triples}
    return n_triples([*filled.graphs["shapes"], *declared]), n_triples([*data, *_cut_offs()])


def _cut_offs() -> list[Triple]:
    """Return the days that decide what is overdue, as the check adds them to the data."""
    return [
        Triple(NamedNode(BASE), predicate, Literal((TODAY - period).isoformat(), datatype=XSD.date))
        for predicate, period in (
            (COOP.servicesOverdueBefore, FRESH_SERVICE),
            (COOP.recordsOverdueBefore, FRESH_RECORD),
        )
    ]


def _failed(vocabulary: TreeContent, file: Path) -> set[str]:
    report = read_report(fast.validate(*graphs(vocabulary, file)))
    return {str(result.shape)[1:-1].removeprefix(SHAPE) for result in report}


@pytest.mark.parametrize("name", SHACL)
def test_the_conforming_example_of_a_shape_fails_none(vocabulary: TreeContent, name: str) -> None:
    assert _failed(vocabulary, EXAMPLES / name / "conforms.ttl") == set()


@pytest.mark.parametrize("name", SHACL)
def test_the_failing_example_of_a_shape_fails_that_shape(vocabulary: TreeContent, name: str) -> None:
    assert _failed(vocabulary, EXAMPLES / name / "fails.ttl") == {name} | ALSO_FAILS.get(name, set())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("example", ["conforms", "fails"])
def test_only_the_failing_example_of_a_file_rule_breaks_the_rule(tmp_path: Path, name: str, example: str) -> None:
    place = tmp_path / "data" / "source" / "example-report.ttl"
    place.parent.mkdir(parents=True)
    place.write_bytes((EXAMPLES / name / f"{example}.ttl").read_bytes())
    tree = Tree(ROOT / "ontology", ROOT / "shapes", tmp_path / "data")
    report = check_tree(tree, today=TODAY, input_size=INPUT_SIZE, only=[place])
    found = {finding.rule.removeprefix(SHAPE) for finding in report.findings} - {"UnusedPassage"}
    assert found == ({name} | ALSO_FAILS.get(name, set()) if example == "fails" else set())
