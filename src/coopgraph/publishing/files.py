"""Files of a release, from its graph: dump, Turtle, JSON-LD, claims in RDF 1.2, search, description, differences."""

from __future__ import annotations

import gzip
import hashlib
import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from coopgraph.errors import UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.model.activity import ACTIVITIES, activities_json
from coopgraph.model.conformance import conformance
from coopgraph.model.iris import GRAPHS, NOT_IN_DEFAULT_GRAPH, graph_iri
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
from coopgraph.publishing.activities import ActivityLog
from coopgraph.publishing.catalog import Statistics, catalog, count
from coopgraph.publishing.changes import dump_lines
from coopgraph.publishing.exports import claims, earl, frame_schema, jsonld, tables
from coopgraph.publishing.quality import measurements
from coopgraph.publishing.search_index import indexed_things, search_index
from coopgraph.publishing.signature import signed
from coopgraph.publishing.staging import Staging
from coopgraph.rdf import formats, nquads
from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.dcat import checksums
from coopgraph.rdf.jsonld import Context
from coopgraph.rdf.terms import NamedNode, Quad, Triple
from coopgraph.rdf.turtle import house_form
from coopgraph.rdf.write import write_rdf

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

DEFAULT_GRAPH = frozenset(NamedNode(graph_iri(name)) for name in GRAPHS if name not in NOT_IN_DEFAULT_GRAPH)

_SHAPES = NamedNode(graph_iri("shapes"))
_LINES = 10_000  # packed at a time
_MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonld": formats.JSON_LD.media_type,
    ".ttl": formats.TURTLE.media_type,
}


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """What a release is made of.

    ``quads`` are those of all graphs but the catalogue; ``prefixes`` the canonical ones; ``documents`` whole small
    files by path (contexts, frames, report); ``warnings`` how many the check found.
    """

    quads: tuple[Quad, ...]
    prefixes: Mapping[str, str]
    documents: Mapping[str, bytes]
    warnings: int


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


def write_files(
    staging: Staging, contents: ReleaseContents, previous: Path | None, signing_key: Path | None = None
) -> Written:
    """Write every file of a release but its manifest. ``previous`` is the dump to tell the difference from.

    With a ``signing_key`` the list of their checksums is signed.
    """
    for path, document in (*contents.documents.items(), *_frame_schemas(contents)):
        with staging.write(path, _media_type(path)) as stream:
            stream.write(document)
    with staging.write(CONFORMANCE, formats.TURTLE.media_type) as stream:
        stream.write(house_form(earl.earl(conformance()), earl.EARL_PREFIXES))
    body = canonical_nquads(contents.quads)
    counts = count(nquads.stream(body), DEFAULT_GRAPH)
    about = (*catalog(counts, contents.prefixes), *measurements(contents.quads))
    graph = NamedNode(graph_iri("catalog"))
    in_catalog = canonical_nquads(Quad(item.subject, item.predicate, item.object, graph) for item in about)
    # The catalogue has no blank nodes, so merging the sorted lines gives what RDFC-1.0 gives for the whole.
    digest = _write_dump(staging, heapq.merge(_lines(body), _lines(in_catalog)))
    del body
    dump = staging.place(DUMP)
    triples = _write_exports(staging, dump, contents)
    for name, table in tables.tables(contents.quads, Context(contents.documents[CONTEXT])):
        with staging.write(f"{TABLES_FOLDER}/{name}.csv", formats.CSV.media_type) as stream:
            stream.write(table)
    with staging.write(SEARCH_INDEX, SQLITE) as stream:
        stream.write(search_index(indexed_things(quad for quad in contents.quads if quad.graph_name in DEFAULT_GRAPH)))
    _write_description(staging, about, contents.prefixes)
    graphs = {name.value: number for name, number in counts.graphs.items()} | {graph.value: in_catalog.count(b"\n")}
    added, removed = _write_changes(staging, previous, dump)
    _write_sums(staging, signing_key)
    return Written(counts, dict(sorted(graphs.items())), triples, digest, added, removed)


def _frame_schemas(contents: ReleaseContents) -> Iterable[tuple[str, bytes]]:
    if CONTEXT not in contents.documents:
        raise UnreadableInput(
            Message("The ontology has no {file}, so no JSON-LD can be written.", file=CONTEXT),
            Message("Restore that file."),
        )
    shapes = (quad.triple for quad in contents.quads if quad.graph_name == _SHAPES)
    return frame_schema.frame_schemas(contents.documents, contents.documents[CONTEXT], shapes).items()


def _media_type(path: str) -> str:
    return frame_schema.MEDIA_TYPE if path.endswith(frame_schema.SCHEMA_SUFFIX) else _MEDIA_TYPES[Path(path).suffix]


def content_hash(files: Mapping[str, ReleaseFile]) -> str:
    """Return the SHA-256 over names and checksums of the files that follow from the tree alone."""
    lines = (f"{entry.sha256}  {path}\n" for path, entry in sorted(files.items()) if path not in NOT_CONTENT)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _write_dump(staging: Staging, lines: Iterator[bytes]) -> str:
    """Write the dump; return the SHA-256 of what is packed in it."""
    digest = hashlib.sha256()
    with staging.write(DUMP, GZIP) as stream:
        while block := b"".join(itertools.islice(lines, _LINES)):
            digest.update(block)
            stream.write(block)
    return digest.hexdigest()


def _write_exports(staging: Staging, dump: Path, contents: ReleaseContents) -> int:
    """Write the exports; return how many triples the default graph has."""
    context = Context(contents.documents[CONTEXT])
    with staging.write(TURTLE_FILE, GZIP) as stream:
        counter = itertools.count()
        triples = (triple for triple, _ in zip(_default_graph(dump), counter, strict=False))
        write_rdf(triples, formats.TURTLE, stream, contents.prefixes)
    with staging.write(JSON_LD_FILE, GZIP) as stream:
        jsonld.write(_default_graph(dump), context, stream)
    with staging.write(CLAIMS, GZIP) as stream:
        write_rdf(claims.reifiers(_default_graph(dump)), formats.N_TRIPLES, stream, {})
    return next(counter)


def _write_description(staging: Staging, about: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
    triples = tuple(about)
    document = house_form([*triples, *checksums(triples, staging.files)], prefixes)
    with staging.write(DESCRIPTION, formats.TURTLE.media_type) as stream:
        stream.write(document)


def _write_changes(staging: Staging, previous: Path | None, dump: Path) -> tuple[int, int]:
    """Write the difference from the release before, if there is one, and the activities; return its two counts."""
    log, counts = ActivityLog(), {"A": 0, "D": 0}
    changes = log.difference(dump_lines(previous) if previous else (), dump_lines(dump))
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


def _lines(document: bytes) -> Iterator[bytes]:
    start = 0
    while (end := document.find(b"\n", start) + 1) > 0:
        yield document[start:end]
        start = end


def _default_graph(dump: Path) -> Iterator[Triple]:
    """Yield the triples of the default graph in canonical order: a triple's graphs stand side by side."""
    before: Triple | None = None
    with gzip.open(dump, "rb") as stream:
        for quad in nquads.stream(cast(IO[bytes], stream)):
            if quad.graph_name in DEFAULT_GRAPH and quad.triple != before:
                before = quad.triple
                yield before
