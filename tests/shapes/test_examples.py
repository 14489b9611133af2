"""The conforming example of a shape conforms to all shapes; the failing one fails that shape, and as a rule no other.

An example of a shape stands on the real vocabulary and concept schemes and on nothing else; an example of a file rule
is one file of a tree that has no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.tree import INPUT_SIZE, Tree, TreeContent, TreeFile, read_document
from coopgraph.model.freshness import FRESH_RECORD, FRESH_SERVICE
from coopgraph.model.iris import BASE
from coopgraph.rdf.namespaces import COOP, SH, XSD
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.validation.engines import fast
from coopgraph.validation.shacl import n_triples, read_report
from tests.conftest import THOROUGH

from .conftest import EXAMPLES, FILE_RULES, NAMES, ROOT, SHAPE

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


def _graphs(vocabulary: TreeContent, documents: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return shapes and data as an engine gets them, both N-Triples, with ``documents`` for the records."""
    files, quads = list(vocabulary.files), dict(vocabulary.quads)
    for number, document in enumerate(documents):
        file = TreeFile("records", f"data/{number}.ttl", Path())
        files.append(file)
        quads[file.path], problems = read_document(document, file)
        assert not problems
    filled = materialize(TreeContent(tuple(files), MappingProxyType(quads), (), MappingProxyType({})))
    declared = [t for t in filled.graphs["vocabulary"] if t.predicate in {SH.declare, SH.prefix, SH.namespace}]
    return n_triples([*filled.graphs["shapes"], *declared]), n_triples([*filled.data_graph(), *_cut_offs()])


def _cut_offs() -> Iterable[Triple]:
    """Yield the days that decide what is overdue, as the check adds them to the data."""
    fresh = {COOP.servicesOverdueBefore: FRESH_SERVICE, COOP.recordsOverdueBefore: FRESH_RECORD}
    for predicate, period in fresh.items():
        yield Triple(NamedNode(BASE), predicate, Literal((TODAY - period).isoformat(), datatype=XSD.date))


def _name(shape: Term) -> str:
    assert isinstance(shape, NamedNode)
    return shape.value.removeprefix(SHAPE)


def _failed(vocabulary: TreeContent, example: Path) -> set[str]:
    report = fast.validate(*_graphs(vocabulary, [example.read_bytes()]))
    return {_name(result.shape) for result in read_report(report)}


Failed = Mapping[str, set[str]]
"""Name of an example's shape → the shapes that it fails."""


def _failed_together(vocabulary: TreeContent, example: str) -> Failed:
    """Return what each example fails, all examples in one graph, each under names of its own.

    A result is of the example that speaks of its focus node. Where several do, all of them get it, and differ from what
    is expected of them.
    """
    documents = {name: _apart(EXAMPLES / name / f"{example}.ttl", number) for number, name in enumerate(SHACL)}
    speakers: dict[Term, set[str]] = {}
    for name, document in documents.items():
        quads, _ = read_document(document, TreeFile("records", f"data/{SHACL.index(name)}.ttl", Path()))
        for quad in quads:
            for term in (quad.subject, quad.object):
                speakers.setdefault(term, set()).add(name)
    failed: dict[str, set[str]] = {name: set() for name in SHACL}
    for result in read_report(fast.validate(*_graphs(vocabulary, documents.values()))):
        # Names of blank nodes are given anew each time that a document is read.
        for name in speakers.get(result.focus, {"NoBlankNode"}):
            failed[name].add(_name(result.shape))
    return failed


@pytest.fixture(scope="session")
def failed_by_conforming(vocabulary: TreeContent) -> Failed:
    return {} if THOROUGH else _failed_together(vocabulary, "conforms")


@pytest.fixture(scope="session")
def failed_by_failing(vocabulary: TreeContent) -> Failed:
    return {} if THOROUGH else _failed_together(vocabulary, "fails")


@pytest.mark.parametrize("name", SHACL)
def test_the_conforming_example_of_a_shape_fails_none(
    vocabulary: TreeContent, failed_by_conforming: Failed, name: str
) -> None:
    if failed_by_conforming.get(name) != set():
        assert _failed(vocabulary, EXAMPLES / name / "conforms.ttl") == set()


@pytest.mark.parametrize("name", SHACL)
def test_the_failing_example_of_a_shape_fails_that_shape(
    vocabulary: TreeContent, failed_by_failing: Failed, name: str
) -> None:
    expected = {name} | ALSO_FAILS.get(name, set())
    if failed_by_failing.get(name) != expected:
        assert _failed(vocabulary, EXAMPLES / name / "fails.ttl") == expected


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A tree without data, to which one file is laid at a time."""
    tree = Tree(ROOT / "ontology", ROOT / "shapes", tmp_path_factory.mktemp("empty"))
    with closing(Workspace.open(tree, input_size=INPUT_SIZE)) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("example", ["conforms", "fails"])
def test_only_the_failing_example_of_a_file_rule_breaks_the_rule(workspace: Workspace, name: str, example: str) -> None:
    document = (EXAMPLES / name / f"{example}.ttl").read_bytes()
    report = workspace.with_file("data/source/example-report.ttl", document).report(today=TODAY)
    found = {finding.rule.removeprefix(SHAPE) for finding in report.findings} - {"UnusedPassage"}
    assert found == ({name} | ALSO_FAILS.get(name, set()) if example == "fails" else set())


def _apart(example: Path, number: int) -> bytes:
    """Return an example with names and years of its own, so that many fit into one graph and fail as they do alone."""
    text = re.sub(r"(?i)example", lambda match: f"{match[0]}{number}", example.read_text(encoding="utf-8"))
    return re.sub(r"\b202[01]\b", lambda match: str(int(match[0]) + 4 * number), text).encode()
