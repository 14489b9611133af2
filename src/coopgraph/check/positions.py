"""Where each triple of a Turtle document stands.

No RDF library keeps places, so rdflib's Turtle parser is watched while it works: it says where each object begins. Its
own terms are not used, for it rewrites numbers; places are matched with pyoxigraph's triples by their order in the
document, separately for each subject and property. Only documents that pyoxigraph has accepted come here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rdflib import Graph, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser

from coopgraph.rdf.terms import NamedNode, Triple

Position = tuple[int, int]
"""Line and column, both from 1, in characters."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Places of triples, each at its object, and of subjects, each where its first block begins."""

    triples: dict[Triple, Position]
    subjects: dict[str, Position]


def find_positions(document: str, triples: Iterable[Triple]) -> Positions:
    """Return the places of ``triples``, which are those of ``document`` in its order, duplicates included.

    A triple that stands twice has the first place. Triples with a blank node as subject, and members of lists, have no
    place of their own. A document that only pyoxigraph can read has no places at all.
    """
    watcher = _Watcher()
    try:
        watcher.loadBuf(document)
    except (BadSyntax, RecursionError, ValueError, AssertionError):
        return Positions({}, {})
    by_pair: defaultdict[tuple[str, str], list[Triple]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, NamedNode):
            by_pair[triple.subject.value, triple.predicate.value].append(triple)
    line_starts = [0, *(match.end() for match in re.finditer("\n", document))]

    def position(offset: int) -> Position:
        line = bisect_right(line_starts, offset)
        return line, offset - line_starts[line - 1] + 1

    found: dict[Triple, Position] = {}
    for pair, held in by_pair.items():
        offsets = watcher.objects.get(pair, [])
        if len(offsets) == len(held):
            for triple, offset in zip(held, offsets, strict=True):
                found.setdefault(triple, position(offset))
    return Positions(found, {iri: position(offset) for iri, offset in watcher.subjects.items()})


class _Sink(RDFSink):
    """Takes texts as they are: rdflib would log a complaint about each value that does not fit its datatype."""

    def newLiteral(self, s: str, dt: URIRef | None = None, lang: str | None = None) -> Any:  # noqa: N802
        return s


class _Watcher(SinkParser):
    """rdflib's parser, noting the offsets where objects and blocks begin; it keeps no graph.

    Offsets, because the parser's own count of lines is off where it looks twice at the same space.
    """

    def __init__(self) -> None:
        super().__init__(_Sink(Graph()), baseURI="urn:document:", turtle=True)
        self.objects: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.subjects: dict[str, int] = {}
        self._noting: list[list[int]] = []
        self._noted: list[int] = []
        self._block = 0

    def statement(self, argstr: str, i: int) -> int:
        self._noting, self._block = [], self.skipSpace(argstr, i)
        return int(super().statement(argstr, i))

    def objectList(self, argstr: str, i: int, res: Any) -> int:  # noqa: N802
        self._noting.append([])
        end = int(super().objectList(argstr, i, res))
        self._noted = self._noting.pop()
        return end

    def object(self, argstr: str, i: int, res: Any) -> int:
        if self._noting:
            self._noting[-1].append(self.skipSpace(argstr, i))
        return int(super().object(argstr, i, res))

    def makeStatement(self, quadruple: Any) -> None:  # noqa: N802
        _, predicate, subject, _ = quadruple
        offset = self._noted.pop(0)
        if isinstance(subject, URIRef):
            # The keyword "a" comes as a pair: kind of symbol, IRI.
            iri = predicate[1] if isinstance(predicate, tuple) else predicate
            self.objects[str(subject), str(iri)].append(offset)
            self.subjects.setdefault(str(subject), self._block)
