"""Workspace: a tree held ready, to which changes of single files are tried and checked in the time of the change.

A workspace never changes: :meth:`Workspace.with_file` gives another one, which shares all that is large with the first.
Its report on some files is that of a full check: what is made from claims is made anew for all that interacts with the
change, and SHACL validates the nodes concerned on all the data that can decide on them. Where that cannot be told, such
as after a change of the vocabulary, everything is checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

from coopgraph.curation.duplicates import DistinguishingFeature, distinguishing_features
from coopgraph.dataset.materialize.graphs import FILLED, MaterializedGraphs, materialize, materialize_curated
from coopgraph.dataset.materialize.interaction import interacting
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import (
    FileProblem,
    Tree,
    TreeContent,
    TreeDocuments,
    TreeFile,
    load_tree,
    parse_tree,
    read_document,
)
from coopgraph.rdf.index import Index, remembered_index
from coopgraph.rdf.namespaces import COOP, RDF, RDFS
from coopgraph.rdf.quad_index import QuadIndex
from coopgraph.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Node, Quad, Term, Triple
from coopgraph.rdf.triple_table import TripleTable
from coopgraph.validation.messages import read_rules
from coopgraph.validation.reach import Reach, StandingTriples, Unreachable, reach_of
from coopgraph.validation.report import Report, Rule, sorted_findings
from coopgraph.validation.resident import ResidentValidator
from coopgraph.validation.run import check_content, cut_offs, demand_rules, report_on, with_prefixes
from coopgraph.validation.shacl import ValidationResult
from coopgraph.validation.suggestions import SUGGESTING
from coopgraph.validation.tree_facts import DECLARATIONS, LABELS, segments_with_own_file

FOR_ALL = DECLARATIONS | {COOP.pathSegment, COOP.hasOwnFile, RDFS.subClassOf}
"""Properties by which a single triple changes how all files are read or checked."""

Parsed = tuple[tuple[Quad, ...], tuple[FileProblem, ...]]


class _Effect(NamedTuple):
    """What changes of files do: the validated triples that go and come, and what is made, with its origin.

    ``before`` and ``after`` are the graphs of a release as far as the changes can concern them.
    """

    removed: frozenset[Triple]
    added: frozenset[Triple]
    origin: Mapping[Triple, Triple]
    before: MaterializedGraphs
    after: MaterializedGraphs


class Base:
    """What the workspaces of one tree share: its documents, what they state and make, its rules, a SHACL validator.

    ``index`` holds the data that SHACL validates, ``size`` triples, and what each file states.
    """

    def __init__(self, loaded: TreeDocuments, index: QuadIndex, size: int, parsed: Mapping[str, Parsed]) -> None:
        self.loaded, self.index, self.size = loaded, index, size
        self.files = {file.path: file for file in loaded.files}
        self._parsed = dict(parsed)
        self.problems = tuple(
            problem for file in loaded.files if file.graph == "shapes" for problem in self.parsed(file.path)[1]
        )
        shapes = tuple(sorted(set(self._curated("shapes")), key=str))
        self.rules = read_rules(shapes)
        vocabulary = tuple(self._curated("vocabulary"))
        self.vocabulary = remembered_index(vocabulary)
        self.schemes = remembered_index(tuple(self._curated("schemes")))
        for_all = [triple for predicate in FOR_ALL for _, triple in index.stated(None, predicate)]
        self.prefixes = canonical_prefixes(
            Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
            for triple in for_all
            if triple.predicate in DECLARATIONS
        )
        self.own_file = segments_with_own_file(for_all)
        self._validation = with_prefixes(shapes, vocabulary)
        self.classes = tuple(triple for triple in for_all if triple.predicate == RDFS.subClassOf)
        self.standing = StandingTriples()

    @cached_property
    def reach(self) -> Reach | None:
        """How far the shapes look; None where some may look at everything."""
        return _reach(tuple(self._validation), self.vocabulary)

    @cached_property
    def validator(self) -> ResidentValidator:
        """The SHACL validator, started when it is first asked for."""
        return ResidentValidator(self._validation, self.classes)

    def prepare(self) -> None:
        """Start the validator, and find out how far the shapes look."""
        for made in ("validator", "reach"):
            getattr(self, made)

    def file(self, path: str) -> TreeFile:
        """Return the file of a path; one that the tree has not is that of a file of records."""
        return self.files.get(path) or TreeFile("records", path, Path(path))

    def parsed(self, path: str) -> Parsed:
        """Return what a file of the tree states and what is wrong with it; each file is parsed once."""
        if path not in self._parsed:
            data = self.loaded.data.get(path)
            lost = tuple(problem for problem in self.loaded.problems if problem.path == path)
            self._parsed[path] = ((), lost) if data is None else read_document(data, self.files[path])
        return self._parsed[path]

    def changed(self, changes: Mapping[str, bytes | None], effect: _Effect) -> Base:
        """Return the base of the tree with ``changes``, which alone may be used from then on: the index is the same.

        None of them may concern all files.
        """
        validator = self.validator
        found = copy(self)
        found.validator = validator
        gone = {path for path, data in changes.items() if data is None}
        files = {path: self.file(path) for path in {*self.files, *changes} - gone}
        data = {**self.loaded.data, **{path: data for path, data in changes.items() if data is not None}}
        found.files = dict(sorted(files.items()))
        found.loaded = TreeDocuments(
            tuple(found.files.values()),
            MappingProxyType({path: document for path, document in data.items() if path not in gone}),
            tuple(problem for problem in self.loaded.problems if problem.path not in changes),
        )
        found._parsed = {path: parsed for path, parsed in self._parsed.items() if path not in changes}
        found.size = self.size + len(effect.added) - len(effect.removed)
        found.standing.forget({triple.predicate for triple in effect.removed | effect.added})
        found.index.change(
            effect.removed,
            effect.added,
            ((path, (quad.triple for quad in found.parsed(path)[0]) if path in files else ()) for path in changes),
        )
        return found

    def close(self) -> None:
        """End the child process of the resident validator, where one was started."""
        if "validator" in self.__dict__:
            self.validator.close()

    def _curated(self, graph: str) -> Iterator[Triple]:
        for file in self.loaded.files:
            if file.graph == graph:
                yield from (quad.triple for quad in self.parsed(file.path)[0])


@lru_cache(maxsize=2)
def _reach(shapes: tuple[Triple, ...], vocabulary: Index) -> Reach | None:
    try:
        return reach_of(shapes, vocabulary)
    except Unreachable:
        return None


class Workspace:
    """A tree with some files changed. Close it, and with it all that come from the same tree, with :meth:`close`."""

    def __init__(self, base: Base, changes: Mapping[str, bytes | None] = MappingProxyType({})) -> None:
        self._base, self._changes = base, changes
        self._effects: dict[frozenset[str], _Effect] = {}

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
    def _view(self) -> _View:
        return self._seen_for(())

    def _seen_for(self, wanted: Collection[str]) -> _View:
        # Without changes this workspace stays, and what every report finds out would stay with it.
        return _View(self._base, self._changes, self._parsed, wanted, self._effects if self._changes else {})

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

    def _results(self, view: _View, wanted: Collection[str], today: date) -> tuple[ValidationResult, ...]:
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


class _View:
    """The facts of a tree with changes (see :class:`~coopgraph.validation.tree_facts.TreeFacts`), as far as they
    concern some files."""

    def __init__(
        self,
        base: Base,
        changes: Mapping[str, bytes | None],
        parsed: Mapping[str, Parsed],
        wanted: Collection[str],
        effects: dict[frozenset[str], _Effect],
    ) -> None:
        """Take what workspace and changes are; ``effects`` are kept by the files that they concern."""
        self._base, self._effects = base, effects
        self._index = base.index
        self.rules, self.prefixes, self.own_file = base.rules, base.prefixes, base.own_file
        self._changes, self._parsed = changes, parsed
        self.problems = (*base.problems, *(problem for path in sorted(wanted) for problem in self._read(path)[1]))
        self._wanted = wanted
        self._tables: dict[str, TripleTable] = {}

    def file(self, path: str) -> TreeFile:
        """Return the file of a path; one that the tree has not is that of a file of records."""
        return self._base.file(path)

    def document(self, path: str) -> bytes:
        """Return the bytes of a file."""
        changed = self._changes.get(path)
        return self._base.loaded.data[path] if changed is None else changed

    def quads(self, path: str) -> Sequence[Quad]:
        """Return what a file states; nothing where there is none."""
        return self._read(path)[0]

    def held(self, subject: Term) -> Iterator[tuple[str, Triple]]:
        """Yield what files state of ``subject``, with their paths."""
        if not isinstance(subject, Literal):
            for path in sorted(self._paths(subject)):
                yield from ((path, triple) for triple in self._table(path).match(subject, None, None))

    def mentions(self, term: Term) -> Iterator[tuple[str, Triple]]:
        """Yield the statements with ``term`` as property or value."""
        paths = self._paths(None, None, term)
        if isinstance(term, NamedNode):
            paths |= self._paths(None, term)
        yield from self._stated(paths, lambda triple: term in (triple.predicate, triple.object))

    def made(self, subject: Term) -> Iterable[Triple]:
        """Return what was made of ``subject``, as far as it concerns the files, and stands in no file."""
        return self._made.get(subject, ())

    def origin(self, made: Triple) -> Triple:
        """Return the statement that a made triple rests on."""
        return self._origin[made]

    def described(self, subject: Term) -> int:
        """Return the number of files of records that say what ``subject`` is."""
        if isinstance(subject, Literal):
            return 0
        return sum(self.file(path).graph == "records" for path in self._paths(subject, RDF.type))

    def labels(self, thing: NamedNode) -> Iterator[Literal]:
        """Yield the names of a thing."""
        for predicate in LABELS:
            for triple in self.match(thing, predicate, None):
                if isinstance(triple.object, Literal):
                    yield triple.object

    @property
    def size(self) -> int:
        """The number of triples that are validated."""
        return self._base.size + len(self.added) - len(self.removed)

    @cached_property
    def changes_all(self) -> bool:
        """Whether a change concerns all files: one of vocabulary, schemes or shapes, or of what these should hold."""
        changed = chain(*self._old.values(), *self._new.values())
        return any(self.file(path).graph != "records" for path in self._changes) or any(
            triple.predicate in FOR_ALL for triple in changed
        )

    def nodes(self, paths: Iterable[str]) -> tuple[set[Node], set[Node]]:
        """Return the nodes that a finding in the files ``paths`` can be about, and those of them that are only made."""
        stated = [quad.triple for path in paths for quad in self._read(path)[0]]
        subjects = {_node(triple.subject) for triple in stated}
        made = {_node(made.subject) for made, origin in self._origin.items() if origin.subject in subjects} - subjects
        mentioned = {term for triple in stated for term in (triple.predicate, triple.object)} - subjects - made
        # A node that is described somewhere is shown there.
        found = {term for term in mentioned if isinstance(term, NamedNode | BlankNode) and not self._describes(term)}
        return subjects | made | found, made

    def _describes(self, node: Node) -> bool:
        if node in self._removed_of:
            return bool(self.match(node, None, None))
        return self._index.describes(node) or any(True for _ in self._added_table.match(node, None, None))

    @cached_property
    def _removed_of(self) -> set[Node]:
        return {_node(triple.subject) for triple in self.removed}

    def match(self, subject: Term | None, predicate: NamedNode | None, value: Term | None) -> list[Triple]:
        """Return the validated triples with these terms, after the changes."""
        found = self.before_or_after(subject, predicate, value)
        return [triple for triple in found if triple not in self.removed] if self.removed else found

    def before_or_after(self, subject: Term | None, predicate: NamedNode | None, value: Term | None) -> list[Triple]:
        """Return the validated triples with these terms, before or after the changes."""
        if isinstance(subject, Literal):
            return []
        return [*self._index.triples(subject, predicate, value), *self._added_table.match(subject, predicate, value)]

    # What the changes do. The files concerned count as changed even where they are the same: then what is made of
    # them is known with its origin.

    @cached_property
    def _concerned(self) -> frozenset[str]:
        return frozenset((*self._changes, *self._wanted))

    @cached_property
    def _old(self) -> Mapping[str, frozenset[Triple]]:
        return {path: frozenset(self._index.stated_by(path)) for path in self._concerned}

    @cached_property
    def _new(self) -> Mapping[str, tuple[Triple, ...]]:
        return {path: tuple(quad.triple for quad in self._read(path)[0]) for path in self._concerned}

    @property
    def effect(self) -> _Effect:
        """What the changes remove from the validated triples and add, and what is made, with its origin."""
        found = self._effects.get(self._concerned)
        if found is None:
            found = self._effects[self._concerned] = self._found_effect()
        return found

    def _found_effect(self) -> _Effect:
        old, new = ({t for stated in held.values() for t in stated} for held in (self._old, self._new))
        tables = tuple(self._new_tables.values())

        def known(subject: Term | None, predicate: NamedNode | None, value: Term | None) -> list[Triple]:
            if isinstance(subject, Literal):
                return []
            stated = (triple for table in tables for triple in table.match(subject, predicate, value))
            return [*self._index.triples(subject, predicate, value), *stated]

        changed = {_node(triple.subject) for triple in old | new}
        together = interacting(changed, known, self._base.vocabulary)
        before: dict[str, list[Triple]] = {name: [] for name in FILLED}
        after: dict[str, list[Triple]] = {name: [] for name in FILLED}
        for path, stated in self._new.items():
            after[self.file(path).graph].extend(stated)
        for node in together:
            for path, triple in self._index.stated(node):
                before[self.file(path).graph].append(triple)
                if path not in self._concerned:
                    after[self.file(path).graph].append(triple)
        filled, unfilled = self._materialized(after), self._materialized(before)
        was = old | unfilled.data_graph()
        validated = filled.data_graph()
        now = new | validated
        removed = frozenset(
            triple for triple in was - now if self._is_indexed(triple) and not self._is_stated_elsewhere(triple)
        )
        added = frozenset(triple for triple in now - was if not self._is_indexed(triple))
        origin = {
            made: source
            for made, source in filled.origin.items()
            if (made in added or made not in validated or (made not in removed and self._is_indexed(made)))
            and not self._is_stated_elsewhere(made)
        }
        return _Effect(removed, added, origin, unfilled, filled)

    def quad_changes(self) -> tuple[frozenset[Quad], frozenset[Quad]]:
        """Return the quads of a release's graphs that the changes remove and add."""
        before, after = frozenset(self.effect.before.quads()), frozenset(self.effect.after.quads())
        removed = frozenset(quad for quad in before - after if not self._is_stated_elsewhere(quad.triple))
        return removed, after - before

    @property
    def changed_subjects(self) -> set[Node]:
        """The subjects of all statements that only one of the old and the new files has."""
        return {
            _node(triple.subject)
            for path in self._changes
            for triple in self._old[path].symmetric_difference(self._new[path])
        }

    def _materialized(self, curated: Mapping[str, list[Triple]]) -> MaterializedGraphs:
        return materialize_curated(curated, self._base.vocabulary, self._base.schemes)

    def _is_stated_elsewhere(self, triple: Triple) -> bool:
        return any(path not in self._concerned for path, _ in self._index.stated(*_parts(triple)))

    @property
    def removed(self) -> frozenset[Triple]:
        return self.effect.removed

    @property
    def added(self) -> frozenset[Triple]:
        return self.effect.added

    @property
    def _origin(self) -> Mapping[Triple, Triple]:
        return self.effect.origin

    @cached_property
    def _added_table(self) -> TripleTable:
        return TripleTable(self.added)

    @cached_property
    def _new_tables(self) -> Mapping[str, TripleTable]:
        return {path: TripleTable(held) for path, held in self._new.items()}

    def _table(self, path: str) -> TripleTable:
        """Return what a file states, by its terms: as many findings may be about a file as it has statements."""
        if path not in self._tables:
            self._tables[path] = self._new_tables.get(path) or TripleTable(quad.triple for quad in self._read(path)[0])
        return self._tables[path]

    @cached_property
    def _made(self) -> Mapping[Term, list[Triple]]:
        found: defaultdict[Term, list[Triple]] = defaultdict(list)
        for made in self._origin:
            found[_node(made.subject)].append(made)
        return found

    def _is_indexed(self, triple: Triple) -> bool:
        return self._index.holds(triple)

    def _read(self, path: str) -> Parsed:
        if path in self._parsed:
            return self._parsed[path]
        return self._base.parsed(path) if path in self._base.files else ((), ())

    def _paths(
        self, subject: Node | None = None, predicate: NamedNode | None = None, value: Term | None = None
    ) -> set[str]:
        """Return the paths of the files that state a triple with these terms."""
        found = {path for path, _ in self._index.stated(subject, predicate, value) if path not in self._concerned}
        for path, held in self._new_tables.items():
            if any(True for _ in held.match(subject, predicate, value)):
                found.add(path)
        return found

    def _stated(self, paths: Iterable[str], fits: Callable[[Triple], bool]) -> Iterator[tuple[str, Triple]]:
        for path in sorted(paths):
            for quad in self._read(path)[0]:
                if fits(quad.triple):
                    yield path, quad.triple


def _parts(triple: Triple) -> tuple[Node, NamedNode, Term]:
    return _node(triple.subject), triple.predicate, cast(Term, triple.object)


def _node(term: object) -> Node:
    # What was read is RDF 1.1, so no triple stands inside a triple.
    return cast(Node, term)
