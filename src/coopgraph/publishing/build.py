"""Build of a release: from the Turtle tree to a new current release.

1. The lock; leftovers of killed builds and half-done withdrawals are cleared away.
2. The tree's fingerprint. The same as the current release's, and that one whole: done.
3. Reading, filling in, checking. What does not conform is not built.
4. All files into a staging folder, each synced; the manifest last.
5. One rename puts the folder among the releases; one replacement of ``current.json`` makes it the current one.

A kill at any instant leaves the old release current, or the new one, and either of them whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import coopgraph
from coopgraph.dataset.materialize.graphs import MaterializedGraphs, materialize
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import INPUT_SIZE, Tree, TreeContent, TreeDocuments, load_tree, parse_tree
from coopgraph.errors import DoesNotConform
from coopgraph.messages.message import Message
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest
from coopgraph.model.release_folder import REPORT_JSON, SIGNATURE
from coopgraph.publishing.exports.frame_schema import frame_schemas
from coopgraph.publishing.files import REPORT_TURTLE, Contents, ReleaseContents, published_context
from coopgraph.publishing.install import built_from, install_release, verified_current
from coopgraph.publishing.lock import publishing, writing
from coopgraph.publishing.releases import finish_withdrawals
from coopgraph.publishing.signature import signed
from coopgraph.publishing.staging import demand_folder
from coopgraph.rdf.read import load_file
from coopgraph.rdf.terms import NamedNode
from coopgraph.validation.formats import json as report_json
from coopgraph.validation.formats import text as report_text
from coopgraph.validation.formats import turtle as report_turtle
from coopgraph.validation.report import Report
from coopgraph.validation.run import check_filled

STEPS = ("Reading the tree", "Checking", "Writing the release")
"""The steps that a build tells its caller of, in order."""

_VOCABULARY = NamedNode(graph_iri("vocabulary"))
PROGRAM = ("dataset", "model", "publishing", "rdf", "validation")
"""Folders of this package whose code decides what a release is."""

_SOURCES = (".json", ".py", ".ttl")


class CheckedTree(NamedTuple):
    """A tree that conforms: what it states, the graphs that follow, and the report on it."""

    content: TreeContent
    filled: MaterializedGraphs
    report: Report

    def contents(self, tree: Tree, input_size: int) -> ReleaseContents:
        """Return the contents of its release. Raises :class:`UnreadableInput` for contexts that cannot be read."""
        quads = tuple(self.filled.quads())
        documents = {path: load_file(place, limit=input_size) for path, place in documents_of(tree)}
        documents |= frame_schemas(documents, published_context(documents), self.filled.graphs["shapes"])
        prefixes = canonical_prefixes(quad for quad in quads if quad.graph_name == _VOCABULARY)
        return ReleaseContents(quads, prefixes, documents | reports(self.report), self.report.count("warning"))


def build(
    tree: Tree,
    var: Path,
    *,
    message: str,
    now: datetime,
    input_size: int = INPUT_SIZE,
    progress: Callable[[str], None] = lambda step: None,
    signing_key: Path | None = None,
) -> Manifest | None:
    """Make the release of ``tree`` and make it the current one; None where that is what is current already.

    ``now`` (UTC) dates the release and says what is overdue. A tree whose content another release of the same day
    already has makes that one current again. A file of more than ``input_size`` bytes does not conform. With a
    ``signing_key`` the checksums are signed; a release that is not is then made anew.

    Raises :class:`DoesNotConform` with the report as text, :class:`Busy` where another build is running,
    :class:`OurFault` where the disk is full or ``var`` cannot be written to, :class:`WrongUsage` where the key cannot
    be used. The current release is then unchanged.
    """

    def contents(loaded: TreeDocuments) -> ReleaseContents:
        checked = checked_tree(loaded, now, progress).contents(tree, input_size)
        progress(STEPS[2])
        return checked

    return build_of(
        tree,
        var,
        lambda: load_tree(tree, input_size=input_size),
        contents,
        message=message,
        now=now,
        signing_key=signing_key,
    )


def build_of(
    tree: Tree,
    var: Path,
    load: Callable[[], TreeDocuments],
    contents: Callable[[TreeDocuments], Contents],
    *,
    message: str,
    now: datetime,
    signing_key: Path | None = None,
) -> Manifest | None:
    """Make the release with the ``contents`` of the tree as ``load`` gives it; see :func:`build`."""
    if signing_key is not None:
        signed(b"", signing_key)  # asked first, as a build takes long
    with publishing(var):
        with writing():
            finish_withdrawals(var)
            demand_folder(var)
        loaded = load()
        source = _fingerprint(tree, loaded)
        current = verified_current(var) if source and built_from(var) == source else None
        if current and (signing_key is None or SIGNATURE in current.files):
            return None
        made = contents(loaded)
        with writing():
            return install_release(made, var, message=message, now=now, built_from=source, signing_key=signing_key)


def checked_tree(
    loaded: TreeDocuments, now: datetime, progress: Callable[[str], None] = lambda step: None
) -> CheckedTree:
    """Read and check a tree. Raises :class:`DoesNotConform` with the report as text."""
    progress(STEPS[0])
    content = parse_tree(loaded)
    filled = materialize(content)
    progress(STEPS[1])
    report = check_filled(content, filled, today=now.date())
    demand_conformance(report)
    return CheckedTree(content, filled, report)


def demand_conformance(report: Report) -> None:
    """Raise :class:`DoesNotConform` with the report as text where there are violations."""
    if not report.conforms:
        raise DoesNotConform(
            Message(
                "The data does not conform, so nothing was built.\n\n{report}",
                report=partial(report_text.write, report),
            ),
            Message("`coopgraph check --lang TAG` says the same in other languages."),
        )


def reports(report: Report) -> dict[str, bytes]:
    """Return the files of a release that hold the report, by path."""
    return {
        REPORT_TURTLE: report_turtle.write(report, "en").encode(),
        REPORT_JSON: report_json.write(report, "en").encode(),
    }


def documents_of(tree: Tree) -> Iterator[tuple[str, Path]]:
    """Yield the contexts and frames of the tree: path in the release, place on disk."""
    for folder in ("context", "frame"):
        for place in sorted((tree.ontology / folder).glob("*.jsonld")):
            yield f"{folder}/{place.name}", place


def _fingerprint(tree: Tree, loaded: TreeDocuments) -> str | None:
    """Return the SHA-256 over every file of the tree and the program parts that read them; None if one is unreadable.

    The program counts, since another version may make another release of the same tree.
    """
    if loaded.problems:
        return None
    package = Path(coopgraph.__file__).parent
    found = (place for folder in PROGRAM for place in sorted((package / folder).rglob("*.*")))
    program = (place for place in found if place.suffix in _SOURCES)
    digest = hashlib.sha256(coopgraph.__version__.encode())
    try:
        named = dict(loaded.data)
        named |= {path: place.read_bytes() for path, place in documents_of(tree)}
        named |= {place.relative_to(package).as_posix(): place.read_bytes() for place in program}
    except OSError:
        return None
    for path, data in named.items():
        digest.update(f"{path} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()
