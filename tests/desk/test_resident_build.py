"""A release made from the one before by the files that changed is that of a whole build, byte by byte.

``TEST_CHANGES`` sets how many generated changes are tried after those by hand.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import Tree, read_tree
from coopgraph.desk import resident_build
from coopgraph.desk.resident_build import ResidentBuild
from coopgraph.errors import DoesNotConform
from coopgraph.model.release import Manifest
from coopgraph.model.release_folder import REPORT_JSON
from coopgraph.publishing.build import build
from tests.conftest import FIXTURE
from tests.curation.test_workspace import _changes as generated_change
from tests.desk.conftest import NOW, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200 if "TEST_CHANGES" in os.environ else 240)]

LANTERN = "org/lantern.ttl"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    data = tmp_path_factory.mktemp("tree") / "data"
    shutil.copytree(FIXTURE, data)
    return Tree(ROOT / "ontology", ROOT / "shapes", data)


@pytest.fixture(scope="module")
def resident(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResidentBuild]:
    made = ResidentBuild(tree, tmp_path_factory.mktemp("resident"), input_size=2**24)
    made.prepare(NOW)
    yield made
    made.close()


RETIRED = b"""@prefix coop: <https://w3id.org/coopgraph/def/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix o: <https://w3id.org/coopgraph/id/org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

o:new-harbor a coop:RetiredEntity ;
    dcterms:identifier "new-harbor" ;
    owl:deprecated true ;
    skos:editorialNote "Asked not to be listed."@en ;
.
"""

Change = tuple[str, bytes | None]
"""Path of a file, and its new content; None removes it."""


def _steps(tree: Tree) -> Iterator[tuple[Change, ...]]:
    """Yield changes of the invented graph, those of one release together; the last break rules."""
    lantern, window, event = (
        (tree.data / path).read_bytes() for path in (LANTERN, "org/open-window.ttl", "event/harbor-case.ttl")
    )

    def edited(data: bytes, *edits: tuple[bytes, bytes]) -> bytes:
        for old, new in edits:
            assert old in data
            data = data.replace(old, new, 1)
        return data

    yield ((LANTERN, lantern),)
    figures = (b"obsValue 1420", b"obsValue 1421"), (b'"2016-04"^^xsd:gYearMonth', b'"2016-05"^^xsd:gYearMonth')
    note = b"Translated for this graph."
    yield (LANTERN, edited(lantern, *figures)), ("event/harbor-case.ttl", edited(event, (note, note + b" Again.")))
    others = edited(window, (b'"Open Window"', b'"New Harbor"'), ("열린창".encode(), "새 항구".encode()))
    renamed = edited(lantern, *figures, (b'"Lantern Support Center"', b'"Lantern House"'))
    yield (LANTERN, renamed), ("org/new-harbor.ttl", others.replace(b"open-window", b"new-harbor"))
    yield (("org/new-harbor.ttl", RETIRED),)
    yield (LANTERN, edited(lantern, (b"rank:preferred", b"rank:deprecated"))), ("org/new-harbor.ttl", None)
    yield ((LANTERN, edited(lantern, (b"coop:hasEvidence", b"coop:hasEvidenc"))),)
    if "TEST_CHANGES" in os.environ:
        content, prefixes = read_tree(tree), dict(tree_prefixes(tree, limit=2**20))
        for seed in range(int(os.environ["TEST_CHANGES"])):
            path, data = generated_change(content, prefixes, 400_000 + seed)
            yield ((path.removeprefix("data/"), data),)


def _made(made: Callable[[], Manifest | None]) -> Manifest | str | None:
    """Return a release without the time of its making, or the words of the report that keeps it from being made."""
    try:
        release = made()
    except DoesNotConform as error:
        return str(error)
    return release and replace(release, created="")


def test_releases_of_changed_files_are_those_of_whole_builds(
    resident: ResidentBuild, tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = refused = 0
    for number, step in enumerate(_steps(tree)):
        before = _put(tree, step)
        with monkeypatch.context() as patched:
            patched.setattr(resident_build, "checked_tree", None)  # nothing is built whole there
            made = _made(lambda: resident.build(message="", now=NOW))
        assert made == _made(lambda: build(tree, tmp_path, message="", now=NOW)), f"step {number}"
        released += isinstance(made, Manifest)
        refused += isinstance(made, str)
        if isinstance(made, str):
            _put(tree, before)
    assert released > 4
    assert refused > 0


def _put(tree: Tree, changes: Iterable[Change]) -> list[Change]:
    """Write or remove files of the tree; return what takes that back."""
    before: list[Change] = []
    for path, data in changes:
        place = tree.data / path
        before.append((path, place.read_bytes() if place.is_file() else None))
        if data is None:
            place.unlink(missing_ok=True)
        else:
            place.write_bytes(data)
    return before


def test_on_another_day_the_release_is_built_whole(resident: ResidentBuild, tree: Tree, tmp_path: Path) -> None:
    place = tree.data / LANTERN
    place.write_bytes(place.read_bytes().replace(b"obsValue 1420", b"obsValue 1422"))
    later = NOW + timedelta(days=400)  # by when much is overdue
    made, whole = resident.build(message="", now=later), build(tree, tmp_path, message="", now=later)
    assert made is not None
    assert whole is not None
    assert made.files[REPORT_JSON] == whole.files[REPORT_JSON]
    assert made.warnings == whole.warnings
