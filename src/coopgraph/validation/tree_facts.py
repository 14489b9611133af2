"""What a report has to know of a tree besides the results of SHACL: its files, statements, names and rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import FileProblem, TreeContent, TreeFile
from coopgraph.rdf.namespaces import COOP, RDF, RDFS, SH, SKOS
from coopgraph.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from coopgraph.validation.messages import read_rules
from coopgraph.validation.report import Rule

DECLARATIONS = frozenset({SH.declare, SH.prefix, SH.namespace})
"""Properties that declare prefixes."""

LABELS = frozenset({SKOS.prefLabel, RDFS.label})
"""Properties that name a thing for people."""

_OF_KINDS = frozenset({COOP.pathSegment, COOP.hasOwnFile})


class TreeFacts(Protocol):
    """A tree as a report sees it. Paths come sorted, and the statements of a file in the order written."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule of the shapes, by IRI."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The canonical prefixes of the tree and their namespaces."""

    @property
    def own_file(self) -> frozenset[str]:
        """The path segments of the kinds of things that have files of their own."""

    @property
    def problems(self) -> Sequence[FileProblem]:
        """What is wrong with files that could not be (wholly) read."""

    @property
    def size(self) -> int:
        """The number of triples that are validated."""

    def file(self, path: str) -> TreeFile:
        """Return the file of a path."""

    def document(self, path: str) -> bytes:
        """Return the bytes of a file."""

    def quads(self, path: str) -> Sequence[Quad]:
        """Return what a file states; nothing where there is none."""

    def held(self, subject: Term) -> Iterable[tuple[str, Triple]]:
        """Return what files state of ``subject``, with their paths."""

    def mentions(self, term: Term) -> Iterable[tuple[str, Triple]]:
        """Return the statements with ``term`` as property or value."""

    def made(self, subject: Term) -> Iterable[Triple]:
        """Return what was made of ``subject`` and stands in no file."""

    def origin(self, made: Triple) -> Triple:
        """Return the statement that a made triple rests on."""

    def described(self, subject: Term) -> int:
        """Return the number of files of records that say what ``subject`` is."""

    def labels(self, thing: NamedNode) -> Iterable[Literal]:
        """Return the names of a thing."""


class WholeTree:
    """The facts of a tree that was read and materialized as a whole."""

    def __init__(self, content: TreeContent, filled: MaterializedGraphs) -> None:
        self.content, self.filled = content, filled
        self.data = filled.data_graph()
        self.size = len(self.data)
        self._files = {file.path: file for file in content.files}
        self.problems = content.problems
        self.rules = read_rules(filled.graphs["shapes"])
        declarations: list[Quad] = []
        of_kinds: list[Triple] = []
        self._described: defaultdict[object, set[str]] = defaultdict(set)
        for file in content.files:
            for quad in content.quads[file.path]:
                predicate = quad.predicate
                if predicate in DECLARATIONS:
                    declarations.append(quad)
                elif predicate in _OF_KINDS:
                    of_kinds.append(quad.triple)
                elif predicate == RDF.type and file.graph == "records":
                    self._described[quad.subject].add(file.path)
        self.prefixes = canonical_prefixes(declarations)
        self.own_file = segments_with_own_file(of_kinds)

    @cached_property
    def _held(self) -> Mapping[object, list[tuple[str, Triple]]]:
        held: defaultdict[object, list[tuple[str, Triple]]] = defaultdict(list)
        for file in self.content.files:
            for quad in self.content.quads[file.path]:
                held[quad.subject].append((file.path, quad.triple))
        return held

    @cached_property
    def _made(self) -> Mapping[object, list[Triple]]:
        made: defaultdict[object, list[Triple]] = defaultdict(list)
        for triple in self.filled.origin:
            made[triple.subject].append(triple)
        return made

    @cached_property
    def _labels(self) -> Mapping[object, list[Literal]]:
        labels: defaultdict[object, list[Literal]] = defaultdict(list)
        for triple in self.data:
            if triple.predicate in LABELS and isinstance(triple.object, Literal):
                labels[triple.subject].append(triple.object)
        return labels

    def file(self, path: str) -> TreeFile:
        """Return the file of a path."""
        return self._files[path]

    def document(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.content.documents[path]

    def quads(self, path: str) -> Sequence[Quad]:
        """Return what a file states; nothing where there is none."""
        return self.content.quads.get(path, ())

    def held(self, subject: Term) -> Iterable[tuple[str, Triple]]:
        """Return what files state of ``subject``, with their paths."""
        return self._held.get(subject, ())

    def mentions(self, term: Term) -> Iterable[tuple[str, Triple]]:
        """Yield the statements with ``term`` as property or value."""
        for file in self.content.files:
            for quad in self.content.quads[file.path]:
                if term in (quad.predicate, quad.object):
                    yield file.path, quad.triple

    def made(self, subject: Term) -> Iterable[Triple]:
        """Return what was made of ``subject`` and stands in no file."""
        return self._made.get(subject, ())

    def origin(self, made: Triple) -> Triple:
        """Return the statement that a made triple rests on."""
        return self.filled.origin[made]

    def described(self, subject: Term) -> int:
        """Return the number of files of records that say what ``subject`` is."""
        return len(self._described.get(subject, ()))

    def labels(self, thing: NamedNode) -> Iterable[Literal]:
        """Return the names of a thing."""
        return self._labels.get(thing, ())


def segments_with_own_file(triples: Iterable[Triple]) -> frozenset[str]:
    """Return the path segments of the kinds that have files of their own, by what the vocabulary says of kinds."""
    kinds: defaultdict[object, dict[object, object]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate in _OF_KINDS:
            kinds[triple.subject][triple.predicate] = triple.object
    return frozenset(
        segment.value
        for held in kinds.values()
        if held.get(COOP.hasOwnFile) == Literal(True) and isinstance(segment := held.get(COOP.pathSegment), Literal)
    )
