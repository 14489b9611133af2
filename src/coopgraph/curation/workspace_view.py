"""View of a workspace: the facts of a tree with changes of single files, as a report on some of its files sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import cast

from coopgraph.curation.workspace_base import FOR_ALL, Base, ChangeEffect, Parsed
from coopgraph.dataset.materialize.graphs import FILLED, MaterializedGraphs, materialize_curated
from coopgraph.dataset.materialize.interaction import interacting
from coopgraph.dataset.tree import (
    TreeFile,
)
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Quad, Term, Triple
from coopgraph.rdf.triple_table import TripleTable
from coopgraph.validation.tree_facts import LABELS


class WorkspaceView:
    """The facts of a tree with changes (see :class:`~coopgraph.validation.tree_facts.TreeFacts`), as far as they
    concern some files."""

    def __init__(
        self,
        base: Base,
        changes: Mapping[str, bytes | None],
        parsed: Mapping[str, Parsed],
        wanted: Collection[str],
        effects: dict[frozenset[str], ChangeEffect],
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
    def effect(self) -> ChangeEffect:
        """What the changes remove from the validated triples and add, and what is made, with its origin."""
        found = self._effects.get(self._concerned)
        if found is None:
            found = self._effects[self._concerned] = self._found_effect()
        return found

    def _found_effect(self) -> ChangeEffect:
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
        return ChangeEffect(removed, added, origin, unfilled, filled)

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
        """The validated triples that the changes remove."""
        return self.effect.removed

    @property
    def added(self) -> frozenset[Triple]:
        """The validated triples that the changes add."""
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
