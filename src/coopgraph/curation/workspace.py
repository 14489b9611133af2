"""Workspace: a tree held ready, to which changes of single files are tried and checked in the time of the change.

A workspace never changes: :meth:`Workspace.with_file` gives another one, which shares all that is large with the first.
Its report on some files is that of a full check: what is made from claims is made anew for all that interacts with the
change, and SHACL validates the nodes concerned on all the data that can decide on them. Where that cannot be told, such
as after a change of the vocabulary, everything is checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from coopgraph.curation.duplicates import DistinguishingFeature, distinguishing_features
from coopgraph.curation.workspace_base import Base, ChangeEffect, Parsed
from coopgraph.curation.workspace_view import WorkspaceView
from coopgraph.dataset.materialize.graphs import MaterializedGraphs, materialize
from coopgraph.dataset.tree import (
    FileProblem,
    Tree,
    TreeContent,
    TreeDocuments,
    load_tree,
    parse_tree,
    read_document,
)
from coopgraph.rdf.index import Index
from coopgraph.rdf.quad_index import QuadIndex
from coopgraph.rdf.terms import NamedNode, Node, Quad, Term, Triple
from coopgraph.validation.reach import Unreachable
from coopgraph.validation.report import Report, Rule, sorted_findings
from coopgraph.validation.run import check_content, cut_offs, demand_rules, report_on
from coopgraph.validation.shacl import ValidationResult
from coopgraph.validation.suggestions import SUGGESTING


class Workspace:
    """A tree with some files changed. Close it, and with it all that come from the same tree, with :meth:`close`."""

    def __init__(self, base: Base, changes: Mapping[str, bytes | None] = MappingProxyType({})) -> None:
        self._base, self._changes = base, changes
        self._effects: dict[frozenset[str], ChangeEffect] = {}

    @classmethod
    def open(cls, tree: Tree, *, input_size: int) -> Workspace:
        """Return the workspace of a tree as it is on disk; a file above ``input_size`` bytes is not read.

        Raises :class:`UnreadableInput` for a missing folder.
        """
        return cls.of(load_tree(tree, input_size=input_size))

    @classmethod
    def of(cls, loaded: TreeDocuments) -> Workspace:
        """Return the workspace of a tree that was loaded, with its index in memory."""
        content = parse_tree(loaded)
        return cls.of_materialized(loaded, content, materialize(content))

    @classmethod
    def of_materialized(cls, loaded: TreeDocuments, content: TreeContent, filled: MaterializedGraphs) -> Workspace:
        """Return the workspace of a tree that was loaded, read and materialized, with its index in memory."""
        data = filled.data_graph()
        problems: defaultdict[str, list[FileProblem]] = defaultdict(list)
        for problem in content.problems:
            problems[problem.path].append(problem)
        parsed = {path: (quads, tuple(problems[path])) for path, quads in content.quads.items()}
        return cls(Base(loaded, QuadIndex.in_memory(data, tree_statements(content)), len(data), parsed))

    def with_file(self, path: str, data: bytes) -> Workspace:
        """Return the workspace in which the file ``path`` (``data/org/paps.ttl``) has the content ``data``."""
        return Workspace(self._base, MappingProxyType({**self._changes, path: data}))

    def without_file(self, path: str) -> Workspace:
        """Return the workspace in which there is no file ``path``."""
        return Workspace(self._base, MappingProxyType({**self._changes, path: None}))

    def prepare(self) -> None:
        """Make ready what the first report would have to wait for: the validator, and how far the shapes look."""
        self._base.prepare()

    def settled(self) -> Workspace:
        """Return this workspace with its changes worked into the index, which is not copied: no other workspace of the
        tree may be used from then on. Where a change concerns all files, the workspace is made anew.
        """
        if not self._changes:
            return self
        view = self._seen_for(())
        if view.changes_all:
            self.close()
            return Workspace.of(self.documents)
        return Workspace(self._base.changed(self._changes, view.effect))

    def close(self) -> None:
        """End the processes that the workspaces of this tree share."""
        self._base.close()

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The canonical prefixes of the tree and their namespaces."""
        return self._base.prefixes

    @property
    def vocabulary(self) -> Index:
        """What the vocabulary states."""
        return self._base.vocabulary

    @property
    def schemes(self) -> Index:
        """What the concept schemes state."""
        return self._base.schemes

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule of the shapes, by IRI."""
        return self._base.rules

    @property
    def own_file(self) -> frozenset[str]:
        """The path segments of the kinds of things that have files of their own."""
        return self._base.own_file

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all files."""
        return frozenset({*self._base.files, *self._changes} - {path for path, d in self._changes.items() if d is None})

    def document(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none."""
        return self._changes[path] if path in self._changes else self._base.loaded.data.get(path)

    def statements(self, path: str) -> tuple[Triple, ...]:
        """Return what a file states; nothing where there is none."""
        return tuple(quad.triple for quad in self._view.quads(path))

    def about(self, subject: Node) -> list[Triple]:
        """Return what the tree says of ``subject``, with what is made of that."""
        return self._view.match(subject, None, None)

    def triples(
        self, subject: Node | None = None, predicate: NamedNode | None = None, value: Term | None = None
    ) -> list[Triple]:
        """Return the triples with these terms that the tree states, or that are made of what it states."""
        return self._view.match(subject, predicate, value)

    def mentioning(self, terms: Iterable[Term]) -> frozenset[str]:
        """Return the paths of the files in which one of ``terms`` is the value of a statement."""
        return frozenset(path for term in terms for path, _ in self._view.mentions(term))

    @cached_property
    def distinguishing_features(self) -> tuple[DistinguishingFeature, ...]:
        """The names, homepages and numbers of all entities."""
        paths = (path for path in self.paths if self._base.file(path).graph == "records")
        return distinguishing_features(triple for path in paths for triple in self.statements(path))

    def excerpt(self, paths: Collection[str]) -> TreeContent:
        """Return the vocabulary, the schemes and the shapes with the files of records ``paths`` alone, parsed."""
        view = self._seen_for(paths)
        files = tuple(
            file for path in sorted(self.paths) if (file := view.file(path)).graph != "records" or path in paths
        )
        quads = {file.path: tuple(view.quads(file.path)) for file in files}
        return TreeContent(files, MappingProxyType(quads), (), MappingProxyType({}))

    @cached_property
    def _view(self) -> WorkspaceView:
        return self._seen_for(())

    def _seen_for(self, wanted: Collection[str]) -> WorkspaceView:
        # Without changes this workspace stays, and what every report finds out would stay with it.
        return WorkspaceView(self._base, self._changes, self._parsed, wanted, self._effects if self._changes else {})

    @cached_property
    def _parsed(self) -> Mapping[str, Parsed]:
        """What the changed files state, and what is wrong with them."""
        return {
            path: ((), ()) if data is None else read_document(data, self._base.file(path))
            for path, data in self._changes.items()
        }

    @property
    def content(self) -> TreeContent:
        """All of the tree with its changes, parsed."""
        return parse_tree(self.documents)

    @property
    def documents(self) -> TreeDocuments:
        """All of the tree with its changes, as bytes."""
        there = sorted(self.paths)
        return TreeDocuments(
            tuple(map(self._base.file, there)),
            MappingProxyType({path: data for path in there if (data := self.document(path)) is not None}),
            tuple(problem for problem in self._base.loaded.problems if problem.path not in self._changes),
        )

    def report(
        self,
        paths: Iterable[str] = (),
        *,
        today: date,
        shown: Mapping[str, str] = MappingProxyType({}),
        house_form: bool = True,
    ) -> Report:
        """Return the report on the files ``paths``, or on those changed: what a full check finds in them.

        ``today`` decides what is overdue; ``shown`` gives files other names for the reader; without ``house_form``
        nothing is said of that. Raises :class:`UnreadableInput` where rules cannot be read, and :class:`OurFault` where
        SHACL could not run.
        """
        there = self.paths
        wanted = (set(paths) or set(self._changes)) & there
        view = self._seen_for(wanted)
        demand_rules(view)
        try:
            return report_on(
                view,
                wanted,
                lambda: self._results(view, wanted, today),
                shown=shown,
                house_form=house_form and len(wanted) < len(there),
                engine=self._base.validator.name,
            )
        except Unreachable:
            return check_content(self.content, today=today, only=wanted, shown=shown, house_form=house_form)

    def report_on_all(self, before: Report, *, today: date) -> Report:
        """Return the report on all files, from that of the tree without the changes, which must be of the same day.

        Raises :class:`Unreachable` where only a full check tells.
        """
        changed = set(self._changes)
        view = self._seen_for(changed)
        reach = self._base.reach
        if reach is None or view.changes_all:
            raise Unreachable("all files are concerned")
        triples = view.removed | view.added
        affected = reach.affected(triples, view.before_or_after) | view.changed_subjects
        made = affected - view.changed_subjects
        names, near = reach.neighbourhood(
            affected, view.match, changed=triples, standing=self._base.standing, large=made
        )
        results = self._base.validator.validate(names, [*near, *cut_offs(today)])
        found = {result.focus: {path for path, _ in view.held(result.focus)} for result in results}
        if any(not paths for node, paths in found.items() if node in affected):
            raise Unreachable("a node that stands in no file")
        named = affected | {triple.object for triple in triples}
        concerned = {
            finding.place.path
            for finding in before.findings
            if finding.place
            and (finding.rule in SUGGESTING or not named.isdisjoint((finding.focus, finding.path, finding.value)))
        }
        concerned |= {path for node in affected & found.keys() for path in found[node]}
        concerned |= {path for node in view.changed_subjects for path, _ in view.held(node)}
        wanted = (changed | concerned) & self.paths
        view = self._seen_for(wanted)
        new = report_on(
            view,
            wanted,
            lambda: self._results(view, wanted, today),
            shown={},
            house_form=False,
            engine=self._base.validator.name,
        )
        kept = (
            finding
            for finding in before.findings
            if (finding.place.path not in changed | wanted if finding.place else finding.focus not in affected)
        )
        return replace(new, findings=sorted_findings([*kept, *new.findings]), files=len(self.paths))

    def quad_changes(self) -> tuple[frozenset[Quad], frozenset[Quad]]:
        """Return the quads of a release's graphs, but for the catalogue, that the changes remove and add.

        Raises :class:`Unreachable` where the changes concern all files.
        """
        view = self._seen_for(())
        if view.changes_all:
            raise Unreachable("all files are concerned")
        return view.quad_changes()

    def _results(self, view: WorkspaceView, wanted: Collection[str], today: date) -> tuple[ValidationResult, ...]:
        """Return the results for every node that a finding in the files ``wanted`` can be about."""
        reach = self._base.reach
        if reach is None or view.changes_all:
            raise Unreachable("all files are concerned")
        nodes, made = view.nodes(wanted)
        names, near = reach.neighbourhood(
            nodes, view.match, changed=view.removed | view.added, standing=self._base.standing, large=made
        )
        results = self._base.validator.validate(names, [*near, *cut_offs(today)])
        return tuple(result for result in results if result.focus in nodes)


def tree_statements(content: TreeContent) -> Iterator[tuple[str, Triple]]:
    """Yield what each file of a tree states, with the file's path."""
    for path, quads in content.quads.items():
        yield from ((path, quad.triple) for quad in quads)


def validated_data(content: TreeContent) -> set[Triple]:
    """Return all that SHACL validates of a tree: what it states, but for the shapes, and what is made from that."""
    return materialize(content).data_graph()
