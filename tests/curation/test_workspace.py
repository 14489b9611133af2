"""The report of a workspace on changed files is that of a full check, on changes as they come from a generator.

``TEST_CHANGES`` sets how many changes are tried; 500 take some ten minutes of processor time.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from coopgraph.curation.workspace import Workspace, tree_statements, validated_data
from coopgraph.curation.workspace_base import Base
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import Tree, TreeContent, load_tree, parse_tree, read_tree
from coopgraph.rdf.namespaces import COOP, XSD
from coopgraph.rdf.quad_index import QuadIndex
from coopgraph.rdf.terms import Literal, NamedNode, Term, Triple
from coopgraph.rdf.turtle import house_form
from coopgraph.validation.engines import fast
from coopgraph.validation.formats import json as report_json
from coopgraph.validation.report import Report
from coopgraph.validation.run import cut_offs, demand_rules, report_on, with_prefixes
from coopgraph.validation.shacl import n_triples, read_report
from coopgraph.validation.tree_facts import WholeTree

pytestmark = pytest.mark.timeout(7200 if "TEST_CHANGES" in os.environ else 120)

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "tests" / "fixture" / "data")
REAL = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "data")
DAY = date(2026, 11, 28)
LANTERN = "data/org/lantern.ttl"

Change = tuple[str, bytes | None]
"""Path of a file, and its new content; None removes it."""


class Reference:
    """Full checks of a tree with changes: everything is read into graphs, materialized and validated."""

    def __init__(self, tree: Tree) -> None:
        self.content = read_tree(tree)
        self.prefixes = tree_prefixes(tree, limit=2**20)
        filled = materialize(self.content)
        shapes = with_prefixes(filled.graphs["shapes"], filled.graphs["vocabulary"])
        self._validate = fast.prepared_validation(n_triples(shapes), n_triples(filled.graphs["vocabulary"]))

    def changed(self, *changes: Change) -> TreeContent:
        """Return the content with some files changed."""
        documents = {path: data for path, data in changes if data is not None}
        gone = {path for path, data in changes if data is None}
        content = self.content.with_documents(documents)
        return TreeContent(
            tuple(file for file in content.files if file.path not in gone),
            MappingProxyType({path: quads for path, quads in content.quads.items() if path not in gone}),
            tuple(problem for problem in content.problems if problem.path not in gone),
            MappingProxyType({path: data for path, data in content.documents.items() if path not in gone}),
        )

    def report(self, content: TreeContent, paths: set[str]) -> Report:
        """Return what a full check says of some files."""
        filled = materialize(content)
        facts = WholeTree(content, filled)
        demand_rules(facts)
        data = n_triples([*facts.data, *cut_offs(DAY)])
        wanted = paths & {file.path for file in content.files}
        return report_on(
            facts,
            wanted,
            lambda: read_report(self._validate(data, None)),
            shown={},
            house_form=True,
            engine="fast",
        )


def said(report: Report) -> str:
    """Return all that a report says, as text."""
    return report_json.write(report, "en") + "\n".join(map(repr, report.findings))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(FIXTURE)


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    opened = Workspace.open(FIXTURE, input_size=2**20)
    yield opened
    opened.close()


def _changes(content: TreeContent, prefixes: dict[str, str], seed: int) -> Change:
    """Return the change number ``seed``: something edited, removed or added in one file of records."""
    dice = random.Random(seed)
    files = [file for file in content.files if file.graph == "records"]
    everything = [quad.triple for file in files for quad in content.quads[file.path]]
    path = dice.choice(files).path
    triples = [quad.triple for quad in content.quads[path]]
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        triples = dice.choice(_EDITS)(triples, everything, dice)
    kind = dice.random()
    if kind < 0.08 or not triples:
        return path, None
    if kind < 0.16:
        path = path.replace(".ttl", "-again.ttl")
    return path, house_form(triples, prefixes)


Edit = Callable[[list[Triple], list[Triple], random.Random], list[Triple]]


def _without_a_statement(triples: list[Triple], _: list[Triple], dice: random.Random) -> list[Triple]:
    gone = dice.choice(triples)
    return [triple for triple in triples if triple != gone] or triples


def _without_a_subject(triples: list[Triple], _: list[Triple], dice: random.Random) -> list[Triple]:
    gone = dice.choice(triples).subject
    return [triple for triple in triples if triple.subject != gone] or triples


def _with_another_value(triples: list[Triple], everything: list[Triple], dice: random.Random) -> list[Triple]:
    old = dice.choice(triples)
    others = [triple.object for triple in everything if triple.predicate == old.predicate]
    value = dice.choice([*others, *_ODD])
    return [Triple(t.subject, t.predicate, value) if t == old else t for t in triples]


def _with_a_statement_more(triples: list[Triple], everything: list[Triple], dice: random.Random) -> list[Triple]:
    subject = dice.choice((dice.choice(triples), dice.choice(everything))).subject
    model = dice.choice(everything)
    value = dice.choice((model.object, dice.choice(everything).object, dice.choice(_ODD)))
    return [*triples, Triple(subject, model.predicate, value)]


def _with_a_rival(triples: list[Triple], everything: list[Triple], dice: random.Random) -> list[Triple]:
    """Add another claim or record like one that is there, with one value of it changed."""
    model = dice.choice(triples).subject
    if not isinstance(model, NamedNode):
        return triples
    twin = NamedNode(f"{model.value.rstrip('0123456789')}{dice.randrange(2, 9)}")
    copied = [Triple(twin, t.predicate, t.object) for t in triples if t.subject == model]
    return [*triples, *_with_another_value(copied, everything, dice)]


def _with_another_rank(triples: list[Triple], _: list[Triple], dice: random.Random) -> list[Triple]:
    subject = dice.choice(triples).subject
    rank = NamedNode(f"https://w3id.org/coopgraph/id/concept/rank/{dice.choice(('preferred', 'deprecated', 'normal'))}")
    kept = [t for t in triples if not (t.subject == subject and t.predicate == COOP.hasRank)]
    return [*kept, Triple(subject, COOP.hasRank, rank)]


def _renamed(triples: list[Triple], _: list[Triple], dice: random.Random) -> list[Triple]:
    """Give a subject another name, but not everywhere where it is named."""
    old = dice.choice(triples).subject
    if not isinstance(old, NamedNode):
        return triples
    new = NamedNode(old.value + "x")
    return [Triple(new if t.subject == old else t.subject, t.predicate, t.object) for t in triples]


_EDITS: tuple[Edit, ...] = (
    _without_a_statement,
    _without_a_subject,
    _with_another_value,
    _with_another_value,
    _with_a_statement_more,
    _with_a_rival,
    _with_another_rank,
    _renamed,
)
_ODD: tuple[Term, ...] = (
    Literal("1.0", datatype=XSD.decimal),
    Literal("01", datatype=XSD.integer),
    Literal("2021-02-30", datatype=XSD.date),
    Literal("2021", datatype=XSD.gYear),
    Literal("Wort", language="xx"),
    Literal(" "),
    NamedNode("https://w3id.org/coopgraph/id/org/nobody"),
    NamedNode("https://w3id.org/coopgraph/id/concept/unit/percent"),
    COOP.Organization,
    COOP.Observation,
)


def _number(name: str, usual: int) -> range:
    return range(int(os.environ.get(name, usual)))


def _tried(workspace: Workspace, changes: Iterable[Change]) -> Workspace:
    for path, data in changes:
        workspace = workspace.with_file(path, data) if data is not None else workspace.without_file(path)
    return workspace


@pytest.mark.slow
def test_reports_on_changed_files_are_those_of_full_checks(reference: Reference, workspace: Workspace) -> None:
    with_findings = 0
    for seed in _number("TEST_CHANGES", 8):
        changes = [_changes(reference.content, dict(reference.prefixes), seed)]
        if seed % 4 == 3:
            changes.append(_changes(reference.content, dict(reference.prefixes), 100_000 + seed))
        changes = list(dict(changes).items())  # of two changes of one file the second counts
        expected = reference.report(reference.changed(*changes), {path for path, _ in changes})
        assert said(_tried(workspace, changes).report(today=DAY)) == said(expected), f"change {seed}"
        with_findings += bool(expected.findings)
    assert with_findings > 2


@pytest.mark.slow
def test_reports_on_other_files_than_those_changed_are_those_of_full_checks(
    reference: Reference, workspace: Workspace
) -> None:
    records = [file.path for file in reference.content.files if file.graph == "records"]
    for seed in _number("TEST_OTHERS", 3):
        change = _changes(reference.content, dict(reference.prefixes), 200_000 + seed)
        others = set(random.Random(seed).sample(records, 3)) - {change[0]}
        expected = reference.report(reference.changed(change), others)
        assert said(_tried(workspace, [change]).report(others, today=DAY)) == said(expected), f"change {seed}"


@pytest.mark.slow
def test_changes_worked_into_the_index_leave_that_of_the_changed_tree(reference: Reference) -> None:
    content = reference.content
    index = QuadIndex.in_memory(validated_data(content), tree_statements(content))
    with closing(Workspace(Base(load_tree(FIXTURE), index, len(set(index.triples())), {}))) as workspace:
        settled = workspace
        for seed in _number("TEST_SETTLED", 5):
            change = _changes(content, dict(reference.prefixes), 300_000 + seed)
            settled = _tried(settled, [change]).settled()
            expected = parse_tree(settled.documents)
            assert settled.document(change[0]) == change[1]
            assert set(index.triples()) == validated_data(expected), f"change {seed}"
            assert set(index.stated()) == set(tree_statements(expected)), f"change {seed}"
        assert said(settled.report([LANTERN], today=DAY)) == said(reference.report(settled.content, {LANTERN}))


@pytest.mark.slow
def test_what_is_called_a_figure_and_counts_nothing_belongs_to_a_data_set(
    reference: Reference, workspace: Workspace
) -> None:
    text = reference.content.documents[LANTERN].decode()
    change = (LANTERN, text.replace(" a coop:Claim ;", " a coop:Claim , coop:Observation ;", 1).encode())
    assert change[1] != text.encode()
    expected = reference.report(reference.changed(change), {LANTERN})
    assert said(_tried(workspace, [change]).report(today=DAY)) == said(expected)
