"""The curators' guide shows what is so: its examples are in the graph, its rules and commands exist."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from coopgraph import settings
from coopgraph.cli.main import COMMANDS
from coopgraph.curation.drafts import node
from coopgraph.curation.sheets.organizations import ORGANIZATIONS
from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import Tree, locate, read_tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, DCTERMS, RDF, SH
from coopgraph.rdf.read import read_rdf

GUIDE = (Path(__file__).parents[3] / "docs" / "curating.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return locate(settings.load_settings({}, {})[0])


@pytest.mark.slow
def test_every_statement_of_the_examples_is_in_the_graph(tree: Tree) -> None:
    prefixes = tree_prefixes(tree, limit=1 << 20)
    heading = "".join(f"@prefix {name}: <{space}> .\n" for name, space in prefixes.items())
    shown = {quad.triple for block in blocks("turtle") for quad in read_rdf((heading + block).encode(), TURTLE)}
    held = {quad.triple for quads in read_tree(tree).quads.values() for quad in quads}
    assert len(shown) > 20
    assert shown <= held


@pytest.mark.slow
def test_every_body_that_was_decided_on_is_there_and_linked_as_the_guide_says(tree: Tree) -> None:
    graph = Index(quad.triple for quads in read_tree(tree).quads.values() for quad in quads)
    linked = {
        frozenset((subject, value))
        for claim in graph.instances(COOP.Claim)
        for subject in graph.objects(claim, RDF.subject)
        for value in graph.objects(claim, RDF.object)
    }
    table = GUIDE.partition("## One body or two")[2].partition("\n## ")[0]
    decided = [row.split("|")[2] for row in table.splitlines() if row.startswith("|") and "`" in row]
    assert len(decided) > 10
    for text in decided:
        bodies = [node("org", slug) for slug in re.findall(r"`([a-z0-9-]+)`", text)]
        assert bodies
        assert all(graph.objects(body, DCTERMS.identifier) for body in bodies), text
        related = re.search(r"^ `[a-z0-9-]+` (?:runs|contains) [^;]+", text)
        if related:
            first, *others = [node("org", slug) for slug in re.findall(r"`([a-z0-9-]+)`", related[0])]
            assert all(frozenset((first, other)) in linked for other in others), text


@pytest.mark.slow
def test_every_rule_that_is_explained_exists(tree: Tree) -> None:
    table = GUIDE.partition("| the check says |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}
    rules = {
        quad.subject.value.rpartition("/")[2]
        for path, quads in read_tree(tree).quads.items()
        if path.startswith("shapes/")
        for quad in quads
        if quad.predicate == SH.severity
    }
    assert len(named) > 8
    assert named <= rules


def test_every_command_that_is_shown_exists() -> None:
    shown = re.findall(r"^\$ coopgraph (\w+)", GUIDE, re.MULTILINE)
    assert shown
    assert set(shown) <= set(COMMANDS)


def test_every_column_is_explained_with_whether_it_is_needed() -> None:
    table = GUIDE.partition("| column | needed | holds |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()[2:]]
    needed = {row[1].strip("`"): row[2] for row in rows}
    assert set(needed) == {*ORGANIZATIONS.all_required, *ORGANIZATIONS.all_optional}
    assert {name for name, word in needed.items() if word == "yes"} == set(ORGANIZATIONS.all_required)


def test_the_example_sheet_has_columns_of_the_template() -> None:
    (example,) = blocks("csv")
    heading, row = csv.reader(example.splitlines())
    assert set(heading) <= set(ORGANIZATIONS.heading.strip().split(","))
    assert len(heading) == len(row)
