"""Exports of one section of a dump: its part of each file of a release, packed, and what is counted and read in it.

A section always gives the same, so what was made once is kept for the next release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import chain

from coopgraph.model.iris import GRAPHS, NOT_IN_DEFAULT_GRAPH, graph_iri
from coopgraph.publishing.catalog import Statistics, count
from coopgraph.publishing.exports import claims, jsonld
from coopgraph.publishing.gzip_pieces import Piece, piece
from coopgraph.publishing.latest import Latest
from coopgraph.publishing.quality import MEASURED_BY, measurements
from coopgraph.publishing.search_index import INDEXED_BY, indexed_things, search_index
from coopgraph.publishing.sections import Sections
from coopgraph.publishing.tables import Tables, TableSection, table_section
from coopgraph.rdf import formats, nquads
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.jsonld_stream import SEPARATOR
from coopgraph.rdf.terms import NamedNode, Quad, Triple
from coopgraph.rdf.write import write_rdf

DEFAULT_GRAPH = frozenset(NamedNode(graph_iri(name)) for name in GRAPHS if name not in NOT_IN_DEFAULT_GRAPH)


@dataclass(frozen=True, slots=True)
class ExportedSection:
    """What one section gives: ``json_ld`` begins with a separator, ``nodes`` are the same without it and unpacked;
    ``indexed`` are the triples that the search index is made from, ``measured`` the quads that quality is measured by.
    """

    dump: Piece
    turtle: Piece
    nodes: bytes
    json_ld: Piece
    claims: Piece
    counts: Statistics
    indexed: tuple[Triple, ...]
    measured: tuple[Quad, ...]
    tables: TableSection


class SectionExports:
    """What sections give with these ``prefixes`` and this JSON-LD ``context``, each made once.

    What all of them give together (``tables``, ``measurements``, ``search_index``) is kept for as long as it is the
    same. ``dump`` is the one that was last written, with its hash.
    """

    def __init__(self, prefixes: Mapping[str, str], context: bytes) -> None:
        self.prefixes = prefixes
        self.tables = Tables(Context(context))
        self.measurements = Latest(_measurements)
        self.search_index = Latest(_search_index)
        self.dump: tuple[str, Sections] | None = None
        self._context = Context(context)
        self._made: dict[bytes, ExportedSection] = {}
        self._before: dict[bytes, ExportedSection] = {}
        some = NamedNode("urn:x:x")
        self.turtle_header = self._turtle([Triple(some, some, some)])[0]

    def of(self, section: bytes) -> ExportedSection:
        """Return what ``section`` gives."""
        made = self._made.get(section)
        if made is None:
            made = self._made[section] = self._before.get(section) or self._export(section)
        return made

    def renew(self) -> None:
        """Forget what was not asked for since the last call."""
        self._before, self._made = self._made, {}

    def _export(self, section: bytes) -> ExportedSection:
        quads = tuple(nquads.stream(section))
        triples = tuple(dict.fromkeys(quad.triple for quad in quads if quad.graph_name in DEFAULT_GRAPH))
        nodes = jsonld.nodes(triples, self._context)
        reified = BytesIO()
        write_rdf(claims.reifiers(triples), formats.N_TRIPLES, reified, {})
        return ExportedSection(
            piece(section),
            piece(self._turtle(triples)[1]),
            nodes,
            piece(SEPARATOR + nodes if nodes else b""),
            piece(reified.getvalue()),
            count(quads, DEFAULT_GRAPH),
            tuple(triple for triple in triples if triple.predicate in INDEXED_BY),
            tuple(quad for quad in quads if quad.predicate in MEASURED_BY),
            table_section(quads),
        )

    def _turtle(self, triples: Iterable[Triple]) -> tuple[bytes, bytes]:
        """Return Turtle as its prefixes, one a line, and what follows them."""
        stream = BytesIO()
        write_rdf(triples, formats.TURTLE, stream, self.prefixes)
        lines = stream.getvalue().split(b"\n", len(self.prefixes))
        return b"".join(line + b"\n" for line in lines[:-1]), lines[-1]


def _measurements(measured: Iterable[Iterable[Quad]]) -> tuple[Triple, ...]:
    return measurements(chain.from_iterable(measured))


def _search_index(indexed: Iterable[Iterable[Triple]]) -> bytes:
    return search_index(indexed_things(chain.from_iterable(indexed)))
