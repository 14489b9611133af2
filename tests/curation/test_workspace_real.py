"""The report of a workspace on changed files of the real graph is that of a full check, byte for byte in every format.

A full check takes long, so a dozen changes of different kinds, each of another file, are made at once and checked once,
on a part of the graph where nobody asks for more.
``TEST_REAL_SEED`` chooses other files and places.
"""

from __future__ import annotations

import importlib
import os
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from coopgraph.cli.check import REPORT_FORMATS
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree, TreeContent, TreeDocuments, load_tree, parse_tree
from coopgraph.validation.report import Finding, Report
from coopgraph.validation.run import check_content
from tests.conftest import THOROUGH

pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).resolve().parents[2]
REAL = Tree(ROOT / "ontology", ROOT / "shapes", ROOT / "data")
DAY = date(2026, 11, 28)

Edit = Callable[[str, random.Random], str | None]
"""The text of a file → what a mistaken curator makes of it; None where this mistake cannot be made in it."""


def _replaced(pattern: str, new: str) -> Edit:
    """Replace one match of ``pattern``."""

    def edit(text: str, dice: random.Random) -> str | None:
        found = [*re.finditer(pattern, text, re.MULTILINE)]
        if not found:
            return None
        match = dice.choice(found)
        return text[: match.start()] + match.expand(new) + text[match.end() :]

    return edit


EDITS: dict[str, Edit] = {
    "a value edited": _replaced(r'(coop:quote|rdf:object) "[^"\n]*"', r'\1 "something else"'),
    "a statement removed": _replaced(r"^    (?:coop|dcterms|skos):\w+ [^\n;,]* ;\n", ""),
    "a type removed": _replaced(r"^(\S+) a coop:\w+ ;", r'\1 skos:note "untyped"@en ;'),
    "a slug renamed": _replaced(r'dcterms:identifier "([^"\n]+)"', r'dcterms:identifier "\1-renamed"'),
    "evidence dropped": _replaced(r"^    coop:hasEvidence [^\n;,]* ;\n", ""),
    "evidence of nobody": _replaced(r"coop:hasEvidence (cite:[\w.-]+)", r"coop:hasEvidence \1x"),
    "a broken language tag": _replaced(r'"@(en|ko|ja)\b', '"@xx'),
    "another language": _replaced(r'"@ko\b', '"@en'),
    "a day that was never": _replaced(r'"\d{4}-\d\d-\d\d"\^\^xsd:date', '"2021-02-30"^^xsd:date'),
    "a day to come": _replaced(r'"\d{4}-\d\d-\d\d"\^\^xsd:date', '"2031-01-01"^^xsd:date'),
    "an IRI that leads nowhere": _replaced(r"\barea:[a-z]{2}\b", "area:nowhere"),
    "another figure": _replaced(r"(sdmx-measure:obsValue) \d+", r"\1 7"),
    "another property": _replaced(r"\bcoop:hasEvidence\b", "coop:hasEvidnce"),
    "a number as text": _replaced(r"(sdmx-measure:obsValue) (\d+)", r'\1 "\2"'),
}


@pytest.mark.slow
def test_changes_of_real_files_are_reported_as_by_a_full_check() -> None:
    loaded = load_tree(REAL) if THOROUGH else _part(load_tree(REAL))
    changes = _changes(loaded, int(os.environ.get("TEST_REAL_SEED", 1)))
    gone = _unchanged_elsewhere(loaded, changes)
    workspace = Workspace.of(loaded)
    try:
        changed = workspace
        for path, data in changes.items():
            changed = changed.with_file(path, data)
        changed = changed.without_file(gone)
        together = changed.report(today=DAY)
        alone = [*changes] if THOROUGH else random.Random(1).sample(sorted(changes), 4)
        single = {path: changed.report([path], today=DAY) for path in alone}
    finally:
        workspace.close()
    expected = check_content(_content(loaded, changes, gone), today=DAY, only=[*changes], shown={})
    assert len({finding.rule for finding in expected.findings}) > 5
    assert _written(together) == _written(expected)
    for path, report in single.items():
        assert report.triples == expected.triples
        assert [*map(repr, report.findings)] == [repr(item) for item in expected.findings if _is_in(item, path)]


def _part(loaded: TreeDocuments) -> TreeDocuments:
    """Return the tree with every eighth of its files of records, and those that these speak of."""
    records = [file.path for file in loaded.files if file.graph == "records"]
    chosen = records[::8]
    named = {slug for path in chosen for slug in re.findall(r"\w:([\w-]+)", loaded.data[path].decode())}
    kept = {*chosen, *(path for path in records if Path(path).stem in named)}
    files = tuple(file for file in loaded.files if file.graph != "records" or file.path in kept)
    return replace(loaded, files=files, data={file.path: loaded.data[file.path] for file in files})


def _changes(loaded: TreeDocuments, seed: int) -> dict[str, bytes]:
    """Return one change of each kind, each in a file of its own."""
    dice = random.Random(seed)
    paths = [file.path for file in loaded.files if file.graph == "records"]
    dice.shuffle(paths)
    changes: dict[str, bytes] = {}
    for edit in EDITS.values():
        for path in paths:
            made = edit(loaded.data[path].decode(), dice) if path not in changes else None
            if made is not None:
                changes[path] = made.encode()
                break
    assert len(changes) == len(EDITS)
    return changes


def _unchanged_elsewhere(loaded: TreeDocuments, changes: dict[str, bytes]) -> str:
    """Return the path of a source that one of the changed files quotes, to be removed."""
    for path, data in changes.items():
        for slug in re.findall(r"cite:([a-z0-9-]+)\.", data.decode()):
            source = f"data/source/{slug}.ttl"
            if source in loaded.data and source not in changes and not path.startswith("data/source/"):
                return source
    raise AssertionError("no changed file quotes a source")


def _content(loaded: TreeDocuments, changes: dict[str, bytes], gone: str) -> TreeContent:
    files = tuple(file for file in loaded.files if file.path != gone)
    data = {path: document for path, document in {**loaded.data, **changes}.items() if path != gone}
    return parse_tree(TreeDocuments(files, data, loaded.problems))


def _written(report: Report) -> list[str]:
    return [
        importlib.import_module(f"coopgraph.validation.formats.{form}").write(report, lang)
        for form in REPORT_FORMATS
        for lang in ("en", "ko")
    ]


def _is_in(finding: Finding, path: str) -> bool:
    return finding.place is None or finding.place.path == path
