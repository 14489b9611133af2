"""Base of workspaces: a tree held ready, with what it states, makes and demands, from which changes are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import (
    FileProblem,
    TreeDocuments,
    TreeFile,
    read_document,
)
from coopgraph.rdf.index import Index, remembered_index
from coopgraph.rdf.namespaces import COOP, RDFS
from coopgraph.rdf.quad_index import QuadIndex
from coopgraph.rdf.terms import DefaultGraph, Quad, Triple
from coopgraph.validation.messages import read_rules
from coopgraph.validation.reach import Reach, StandingTriples, Unreachable, reach_of
from coopgraph.validation.resident import ResidentValidator
from coopgraph.validation.run import with_prefixes
from coopgraph.validation.tree_facts import DECLARATIONS, segments_with_own_file

FOR_ALL = DECLARATIONS | {COOP.pathSegment, COOP.hasOwnFile, RDFS.subClassOf}
"""Properties by which a single triple changes how all files are read or checked."""

Parsed = tuple[tuple[Quad, ...], tuple[FileProblem, ...]]


class ChangeEffect(NamedTuple):
    """Effect of changes of files: the validated triples that go and come, and what is made, with its origin.

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

    def changed(self, changes: Mapping[str, bytes | None], effect: ChangeEffect) -> Base:
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
