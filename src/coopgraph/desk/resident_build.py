"""Resident build: makes each release of a tree from what the one before was made from, by the files that changed.

What stays is kept in memory: the workspace, the report, the sections of the graph and what they are made into. The
release is that of a whole build, byte by byte; one is made where a change concerns the whole tree, such as one of the
vocabulary, or of the day, which decides what is overdue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from coopgraph.curation.present_workspace import MOST_CHANGED_FILES
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree, TreeDocuments
from coopgraph.dataset.tree_reader import TreeReader
from coopgraph.model.release import Manifest
from coopgraph.publishing.build import build_of, checked_tree, demand_conformance, documents_of, reports
from coopgraph.publishing.files import Contents
from coopgraph.publishing.section_exports import SectionExports
from coopgraph.publishing.sections import Sections
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.read import load_file
from coopgraph.rdf.terms import BlankNode
from coopgraph.validation.reach import Unreachable
from coopgraph.validation.report import Report


@dataclass(frozen=True, slots=True)
class _SectionedContents:
    """See :class:`coopgraph.publishing.files.Contents`."""

    sections: Sections
    exports: SectionExports
    documents: Mapping[str, bytes]
    warnings: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A tree that was checked on ``day``, and what its release is made of."""

    day: date
    loaded: TreeDocuments
    workspace: Workspace
    report: Report
    contents: _SectionedContents


class ResidentBuild:
    """Builds releases of ``tree`` in ``var``; files above ``input_size`` bytes do not conform.

    With a ``signing_key`` the checksums are signed. Close it at the end.
    """

    def __init__(self, tree: Tree, var: Path, *, input_size: int, signing_key: Path | None = None) -> None:
        self._tree, self._var, self._input_size, self._signing_key = tree, var, input_size, signing_key
        self._reader = TreeReader(tree, input_size=input_size)
        self._known: _Known | None = None

    def prepare(self, now: datetime) -> None:
        """Make ready what the next build begins from, if it is not. Raises :class:`DoesNotConform`."""
        if self._known is None or self._known.day != now.date():
            contents = self._contents(self._reader.read(), now)
            for section in contents.sections:
                contents.exports.of(section)

    def build(self, *, message: str, now: datetime) -> Manifest | None:
        """Do what :func:`coopgraph.publishing.build.build` does."""
        return build_of(
            self._tree,
            self._var,
            self._reader.read,
            lambda loaded: self._contents(loaded, now),
            message=message,
            now=now,
            signing_key=self._signing_key,
        )

    def close(self) -> None:
        """End the processes of the resident build; it starts anew with the next publication."""
        known, self._known = self._known, None
        if known is not None:
            known.workspace.close()

    def _contents(self, loaded: TreeDocuments, now: datetime) -> Contents:
        try:
            known = self._changed(loaded, now)
        except Unreachable:
            known = None
        if known is None:
            self.close()
            known = self._whole(loaded, now)
        self._known = known
        return known.contents

    def _whole(self, loaded: TreeDocuments, now: datetime) -> _Known:
        checked = checked_tree(loaded, now)
        made = checked.contents(self._tree, self._input_size)
        contents = _SectionedContents(made.sections, made.exports, made.documents, made.warnings)
        workspace = Workspace.of_materialized(loaded, checked.content, checked.filled)
        workspace.prepare()
        return _Known(now.date(), loaded, workspace, checked.report, contents)

    def _changed(self, loaded: TreeDocuments, now: datetime) -> _Known | None:
        """Return what follows from what is known by the files that changed; None where that is no way."""
        known = self._known
        if known is None or known.day != now.date() or loaded.problems or not self._has_documents(known.contents):
            return None
        before = known.loaded.data
        changed = {path: data for path, data in loaded.data.items() if before.get(path) != data}
        gone = before.keys() - loaded.data.keys()
        of_records = all(path.startswith("data/") for path in (*changed, *gone))
        if not of_records or len(changed) + len(gone) > MOST_CHANGED_FILES:
            return None
        workspace = known.workspace
        for path, data in changed.items():
            workspace = workspace.with_file(path, data)
        for path in gone:
            workspace = workspace.without_file(path)
        removed, added = workspace.quad_changes()
        if any(isinstance(term, BlankNode) for quad in removed | added for term in (quad.subject, quad.object)):
            return None  # canonical names of nameless nodes follow from all of them
        report = workspace.report_on_all(known.report, today=known.day)
        demand_conformance(report)
        known.contents.exports.renew()
        contents = replace(
            known.contents,
            sections=known.contents.sections.changed(
                *(canonical_nquads(quads).splitlines(keepends=True) for quads in (removed, added))
            ),
            documents={**known.contents.documents, **reports(report)},
            warnings=report.count("warning"),
        )
        return _Known(known.day, loaded, workspace.settled(), report, contents)

    def _has_documents(self, contents: _SectionedContents) -> bool:
        found = {path: load_file(place, limit=self._input_size) for path, place in documents_of(self._tree)}
        return found == {path: held for path, held in contents.documents.items() if path.endswith(".jsonld")}
