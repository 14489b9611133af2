"""Files of a release, from its graph: dump, Turtle, JSON-LD, claims in RDF 1.2, search, description, differences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.activity import ACTIVITIES, activities_json
from coopgraph.model.conformance import conformance
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import ReleaseFile
from coopgraph.model.release_folder import (
    ADDED,
    CONFORMANCE,
    CONTEXT,
    DUMP,
    REMOVED,
    REPORT_JSON,
    SIGNATURE,
    SUMS,
)
from coopgraph.model.search_index import SEARCH_INDEX
from coopgraph.publishing.activities import ActivityLog, concerned_subjects
from coopgraph.publishing.catalog import Statistics, catalog
from coopgraph.publishing.changes import difference
from coopgraph.publishing.exports import earl, frame_schema
from coopgraph.publishing.gzip_pieces import Piece, piece
from coopgraph.publishing.section_exports import ExportedSection, SectionExports
from coopgraph.publishing.sections import Sections
from coopgraph.publishing.signature import signed
from coopgraph.publishing.staging import Staging
from coopgraph.rdf import formats
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.dcat import checksums
from coopgraph.rdf.jsonld_stream import GRAPH_END, GRAPH_START
from coopgraph.rdf.terms import NamedNode, Quad, Triple
from coopgraph.rdf.turtle import house_form

GZIP = "application/gzip"
SQLITE = "application/vnd.sqlite3"
TURTLE_FILE = "coopgraph.ttl.gz"
JSON_LD_FILE = "coopgraph.jsonld.gz"
TABLES_FOLDER = "export"
CLAIMS = "claims-rdf12.nt.gz"
DESCRIPTION = "void.ttl"
REPORT_TURTLE = "report.ttl"

EXPORTS = frozenset({TURTLE_FILE, JSON_LD_FILE, CLAIMS, SEARCH_INDEX})
"""Files that could be made again from the dump, beside the tables."""

CHANGES = frozenset({ADDED, REMOVED, ACTIVITIES})
"""Files that tell what a release changed."""

NOT_CONTENT = CHANGES | {REPORT_TURTLE, REPORT_JSON, SEARCH_INDEX, SUMS, SIGNATURE}
"""Files that do not count towards a release's content.

They depend on the day, on the release before, or, as the search index does, on the library's version that wrote them.
"""

_CATALOG = NamedNode(graph_iri("catalog"))
_MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonld": formats.JSON_LD.media_type,
    ".ttl": formats.TURTLE.media_type,
}


class Contents(Protocol):
    """What a release is made of."""

    @property
    def sections(self) -> Sections:
        """The canonical lines of all graphs but the catalogue."""

    @property
    def exports(self) -> SectionExports:
        """What sections are made into."""

    @property
    def documents(self) -> Mapping[str, bytes]:
        """Whole small files by path: contexts, frames, report."""

    @property
    def warnings(self) -> int:
        """How many warnings the check found."""


@dataclass(frozen=True)
class ReleaseContents:
    """The contents of a release as its graph: ``quads`` are those of all graphs but the catalogue, ``prefixes`` the
    canonical ones. The rest is as in :class:`Contents`.
    """

    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    documents: Mapping[str, bytes]
    warnings: int

    @cached_property
    def sections(self) -> Sections:
        """The canonical lines of the graph."""
        return Sections.of(canonical_nquads(self.quads).splitlines(keepends=True))

    @cached_property
    def exports(self) -> SectionExports:
        """What sections give. Raises :class:`UnreadableInput` where there is no JSON-LD context."""
        return SectionExports(self.prefixes, published_context(self.documents))


@dataclass(frozen=True, slots=True)
class Written:
    """What was counted while writing: ``counts`` without the catalogue, ``graphs`` and ``triples`` as in a manifest."""

    counts: Statistics
    graphs: Mapping[str, int]
    triples: int
    canonical_hash: str
    added: int
    removed: int


def exports(files: Iterable[str]) -> frozenset[str]:
    """Return those of a release's files that could be made again from its dump."""
    return frozenset(path for path in files if path in EXPORTS or path.startswith(f"{TABLES_FOLDER}/"))


def published_context(documents: Mapping[str, bytes]) -> bytes:
    """Return the JSON-LD context among documents. Raises :class:`UnreadableInput` where there is none."""
    if CONTEXT not in documents:
        raise UnreadableInput(
            Message("The ontology has no {file}, so no JSON-LD can be written.", file=CONTEXT),
            Message("Restore that file."),
        )
    return documents[CONTEXT]


def write_files(
    staging: Staging, contents: Contents, previous: Sections | None, signing_key: Path | None = None
) -> Written:
    """Write every file of a release but its manifest. ``previous`` is the dump to tell the difference from.

    With a ``signing_key`` the list of their checksums is signed.
    """
    made_of = contents.exports
    for path, document in contents.documents.items():
        with staging.write(path, _media_type(path)) as stream:
            stream.write(document)
    with staging.write(CONFORMANCE, formats.TURTLE.media_type) as stream:
        stream.write(house_form(earl.earl(conformance()), earl.EARL_PREFIXES))
    made = [made_of.of(section) for section in contents.sections]
    counts = Statistics()
    for section in made:
        counts.add(section.counts)
    about = catalog(counts, made_of.prefixes, made_of.measurements([section.measured for section in made]))
    in_catalog = canonical_nquads(Quad(item.subject, item.predicate, item.object, _CATALOG) for item in about)
    # The catalogue has no blank nodes, so merging the sorted lines gives what RDFC-1.0 gives for the whole.
    dump = contents.sections.changed((), in_catalog.splitlines(keepends=True))
    triples = _write_packed(staging, [made_of.of(section) for section in dump], made_of)
    for name, table in made_of.tables.of(section.tables for section in made):
        with staging.write(f"{TABLES_FOLDER}/{name}.csv", formats.CSV.media_type) as stream:
            stream.write(table)
    with staging.write(SEARCH_INDEX, SQLITE) as stream:
        stream.write(made_of.search_index([section.indexed for section in made]))
    _write_description(staging, about, made_of.prefixes)
    graphs = {name.value: number for name, number in counts.graphs.items()}
    graphs[_CATALOG.value] = in_catalog.count(b"\n")
    added, removed = _write_changes(staging, previous, dump)
    _write_sums(staging, signing_key)
    digest = _digest(dump)
    made_of.dump = digest, dump
    return Written(counts, dict(sorted(graphs.items())), triples, digest, added, removed)


def _media_type(path: str) -> str:
    return frame_schema.MEDIA_TYPE if path.endswith(frame_schema.SCHEMA_SUFFIX) else _MEDIA_TYPES[Path(path).suffix]


def content_hash(files: Mapping[str, ReleaseFile]) -> str:
    """Return the SHA-256 over names and checksums of the files that follow from the tree alone."""
    lines = (f"{entry.sha256}  {path}\n" for path, entry in sorted(files.items()) if path not in NOT_CONTENT)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _write_packed(staging: Staging, sections: Sequence[ExportedSection], exports: SectionExports) -> int:
    """Write the dump and the exports; return how many triples the default graph has."""
    staging.write_packed(DUMP, (section.dump for section in sections))
    staging.write_packed(TURTLE_FILE, (piece(exports.turtle_header), *(section.turtle for section in sections)))
    staging.write_packed(JSON_LD_FILE, _json_ld(sections))
    staging.write_packed(CLAIMS, (section.claims for section in sections))
    return sum(section.counts.triples for section in sections)


def _json_ld(sections: Iterable[ExportedSection]) -> Iterator[Piece]:
    yield piece(GRAPH_START)
    with_nodes = (section for section in sections if section.nodes)
    if first := next(with_nodes, None):
        yield piece(first.nodes)
    yield from (section.json_ld for section in with_nodes)
    yield piece(GRAPH_END)


def _digest(dump: Sections) -> str:
    digest = hashlib.sha256()
    for section in dump:
        digest.update(section)
    return digest.hexdigest()


def _write_description(staging: Staging, about: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
    triples = tuple(about)
    document = house_form([*triples, *checksums(triples, staging.files)], prefixes)
    with staging.write(DESCRIPTION, formats.TURTLE.media_type) as stream:
        stream.write(document)


def _write_changes(staging: Staging, previous: Sections | None, dump: Sections) -> tuple[int, int]:
    """Write the difference from the release before, if there is one, and the activities; return its two counts."""
    log, counts = ActivityLog(), {"A": 0, "D": 0}
    changes = log.difference(*_differing(previous, dump) if previous else ((), dump.lines(set(dump))))
    if previous:
        with staging.write(ADDED, GZIP) as added, staging.write(REMOVED, GZIP) as removed:
            streams = {"A": added, "D": removed}
            for sign, line in changes:
                streams[sign].write(line)
                counts[sign] += 1
    else:
        counts["A"] = sum(1 for _ in changes)
    with staging.write(ACTIVITIES, "application/json") as stream:
        stream.write(activities_json(log.activities()))
    return counts["A"], counts["D"]


def _write_sums(staging: Staging, signing_key: Path | None) -> None:
    """Write the checksums of all files so far, as sha256sum reads them, and with a key their signature."""
    sums = "".join(f"{entry.sha256}  {path}\n" for path, entry in sorted(staging.files.items())).encode()
    with staging.write(SUMS, "text/plain") as stream:
        stream.write(sums)
    if signing_key is not None:
        with staging.write(SIGNATURE, "text/plain") as stream:
            stream.write(signed(sums, signing_key))


def _differing(before: Sections, after: Sections) -> tuple[Iterator[bytes], Iterator[bytes]]:
    """Return the lines of both that tell the difference and what happened to entities, without most that they share."""
    gone, new = set(before) - set(after), set(after) - set(before)
    concerned = concerned_subjects(difference(before.lines(gone), after.lines(new)))
    return before.lines(gone | before.holding(concerned)), after.lines(new | after.holding(concerned))
