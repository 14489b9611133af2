"""A small tree that conforms, and reports on it with something broken."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coopgraph.dataset.tree import Tree
from coopgraph.validation.report import Finding, Report
from coopgraph.validation.run import Document, check_tree

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "tests" / "fixture" / "data"
DAY = date(2026, 1, 31)

Check = Callable[..., Report]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The invented graph on the real vocabulary and shapes; its data may be changed."""
    shutil.copytree(FIXTURE, tmp_path / "data")
    return Tree(ROOT / "ontology", ROOT / "shapes", tmp_path / "data")


@pytest.fixture
def check(tree: Tree) -> Check:
    """Check the tree, with the named files of data changed first: path in data/ → (words, their replacement)."""

    def checked(
        *changes: tuple[str, str, str], only: tuple[str, ...] = (), documents: tuple[Document, ...] = ()
    ) -> Report:
        for path, words, replacement in changes:
            place = tree.data / path
            text = place.read_text(encoding="utf-8")
            assert words in text
            place.write_text(text.replace(words, replacement, 1), encoding="utf-8")
        places = [tree.data / path for path in only]
        return check_tree(tree, today=DAY, input_size=2**20, only=places, documents=documents)

    return checked


def of_rule(report: Report, name: str) -> list[Finding]:
    """Return the findings of the rule ``name``."""
    return [finding for finding in report.findings if finding.rule.endswith(f"/shape/{name}")]


def line_of(place: Path, words: str) -> int:
    """Return the number of the first line of a file that holds ``words``."""
    lines = place.read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if words in line)
