"""Report on a few files: that of a full check in every format, with and without an index, and whatever befell it."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from coopgraph.cli.check import REPORT_FORMATS
from coopgraph.curation.few_files import report_on_files
from coopgraph.dataset.tree import Tree, locate
from coopgraph.settings import Settings
from coopgraph.validation.report import Report
from coopgraph.validation.run import Document, check_tree

FIXTURE = Path(__file__).parents[1] / "fixture" / "data"
TODAY = date(2026, 11, 28)
LANTERN = "data/org/lantern.ttl"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index is, which the first report makes."""
    return tmp_path_factory.mktemp("var") / "check"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The invented tree, to be changed."""
    shutil.copytree(FIXTURE, tmp_path / "data")
    return locate(Settings(data=str(tmp_path / "data")))


def few(
    tree: Tree, place: Path, *paths: str, documents: Mapping[str, Document] | None = None
) -> tuple[Report, list[str]]:
    """Return the report on files, and whether an index was made for it."""
    made: list[str] = []
    report = report_on_files(
        tree,
        paths,
        documents or {},
        today=TODAY,
        input_size=2**20,
        place=place,
        indexing=lambda: made.append("index"),
    )
    return report, made


def full(tree: Tree, *paths: str) -> Report:
    only = [tree.data.parent / path for path in paths]
    return check_tree(tree, today=TODAY, input_size=2**20, only=only)


def written(report: Report) -> list[str]:
    modules = [importlib.import_module(f"coopgraph.validation.formats.{form}") for form in REPORT_FORMATS]
    return [module.write(report, lang) for module in modules for lang in ("en", "ko")]


def spoil(tree: Tree) -> None:
    place = tree.data / "org" / "lantern.ttl"
    text = place.read_text(encoding="utf-8")
    broken = text.replace("area:jp", "area:nowhere").replace("@en", "@xx", 1)
    assert broken != text
    place.write_text(broken, encoding="utf-8")


@pytest.mark.slow
def test_reports_are_those_of_full_checks_in_every_format(tree: Tree, place: Path) -> None:
    spoil(tree)
    expected = written(full(tree, LANTERN))
    report, _ = few(tree, place, LANTERN)
    assert report.findings
    assert written(report) == expected
    again, made = few(tree, place, LANTERN)
    assert made == []
    assert written(again) == expected


@pytest.mark.slow
def test_an_index_serves_while_files_change(tree: Tree, place: Path) -> None:
    few(tree, place, LANTERN)
    (tree.data / "source" / "bridge-page.ttl").unlink()
    report, made = few(tree, place, LANTERN)
    assert made == []
    assert written(report) == written(full(tree, LANTERN))


@pytest.mark.slow
def test_documents_from_elsewhere_are_laid_over_the_tree(tree: Tree, place: Path) -> None:
    spoil(tree)
    broken = (tree.data / "org" / "lantern.ttl").read_bytes()
    expected = [finding.rule for finding in full(tree, LANTERN).findings]
    shutil.copy(FIXTURE / "org" / "lantern.ttl", tree.data / "org" / "lantern.ttl")
    report, _ = few(tree, place, documents={LANTERN: Document(broken, "mine.ttl")})
    assert [finding.rule for finding in report.findings] == expected
    assert {finding.place.path for finding in report.findings if finding.place} == {"mine.ttl"}


@pytest.mark.slow
def test_damage_of_the_index_is_no_ones_finding(tree: Tree, place: Path) -> None:
    spoil(tree)
    few(tree, place, LANTERN)
    for file in (place / "current" / "store").glob("*.sst"):
        data = bytearray(file.read_bytes())
        for at in range(200, len(data) // 2, 997):
            data[at] ^= 0x55
        file.write_bytes(data)
    report, _ = few(tree, place, LANTERN)
    assert written(report) == written(full(tree, LANTERN))


def test_a_file_that_cannot_be_read_is_reported_without_an_index(tree: Tree, tmp_path: Path) -> None:
    (tree.data / "org" / "large.ttl").write_bytes(b"#" * (2**20 + 1))
    report, made = few(tree, tmp_path / "check", "data/org/large.ttl")
    assert made == []
    assert [finding.rule.rpartition("/")[2] for finding in report.findings] == ["FileTooLarge"]
