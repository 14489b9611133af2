"""Data document of a description: its bytes in one of the data formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import CONCEPT
from coopgraph.rdf import formats
from coopgraph.rdf.dcat import checksums, release_version
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.graph_document import DOCUMENT_FORMATS, DocumentForm, graph_document
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.namespaces import DCAT
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.write import written
from coopgraph.reading.data import csv_table, schema_org
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.description import Description, Profile, describe_resource, has_one_query, present
from coopgraph.reading.source import ReleaseSource, Source
from coopgraph.reading.vocabulary import Vocabulary

FORMATS = (formats.TURTLE, formats.JSON_LD, formats.N_TRIPLES, formats.RDF_XML, formats.CSV)
"""What a document can be had as, besides a page."""

_DOWNLOAD = str(DCAT.downloadURL)


def document(
    description: Description,
    fmt: Format,
    profile: Profile,
    words: Vocabulary,
    reading: Source,
    published: PublishedContexts,
    frame: str = "",
) -> bytes:
    """Return ``description`` as ``fmt`` (one of :data:`FORMATS`).

    Every format but CSV holds the same triples. JSON-LD is a tree in the shape of its kind's published frame with the
    rest beside it (profile ``full``), in schema.org's own context (profile ``schema``), or else flat; Turtle is in the
    house form. ``frame`` names a published frame whose tree alone is wanted; raises :class:`WrongUsage` where there is
    none of that name. Downloads of the release get their size and checksum, its data set the release's name and day.
    """
    if profile == "full":
        description = _with_release(description, reading, published.var)
    match fmt:
        case formats.JSON_LD if profile == "schema":
            return json_text(schema_org.tree(description))
        case formats.TURTLE | formats.JSON_LD:
            form = _form(description.iri, profile, words, reading, published, frame)
            of_release = published.of(reading.release) if fmt == formats.JSON_LD else None
            return graph_document(description.graph, fmt, form, of_release)
        case formats.CSV:
            return csv_table.statements_csv(description)
        case _:
            return written(description.graph.triples, fmt, words.prefixes)


def resource_document(
    reading: ReleaseSource,
    iri: str,
    fmt: Format,
    profile: Profile,
    words: Vocabulary,
    published: PublishedContexts,
    frame: str = "",
) -> bytes:
    """Return the document about ``iri`` as :func:`document` does, of what :func:`.describe_resource` returns.

    Raises what they raise. The whole of an entity or a concept, which may be large, is made by the store.
    """
    if not (has_one_query(iri) and profile == "full" and fmt in DOCUMENT_FORMATS):
        return document(describe_resource(reading, iri, profile), fmt, profile, words, reading, published, frame)
    present(reading, iri)
    form = _form(iri, profile, words, reading, published, frame)
    return reading.document("description", fmt, form, this=NamedNode(iri))


def _with_release(description: Description, reading: Source, var: Path) -> Description:
    """Add what the catalogue cannot hold of downloads and release, being inside them; they are the current ones."""
    if not any(_DOWNLOAD in said for said in description.graph.n_triples.values()):
        return description
    if release_folder.current(var) != reading.release:
        return description
    manifest = release_folder.manifest(var, reading.release)
    triples = description.graph.triples
    more = (*checksums(triples, manifest.files), *release_version(triples, manifest))
    return replace(description, graph=Graph([*triples, *more]))


def _form(
    iri: str, profile: Profile, words: Vocabulary, reading: Source, published: PublishedContexts, frame: str
) -> DocumentForm:
    """Return how the description of ``iri`` becomes a document. Raises WrongUsage for a frame that is not published."""
    if frame and published.frame(reading.release, frame) is None:
        raise WrongUsage(
            Message("The release publishes no frame “{frame}”.", frame=frame[:80]),
            Message("A kind's own frame is used where none is named."),
        )
    # A concept's scheme stands in its IRI too, so that it is no entity by its name.
    kind = words.kind("concept") if iri.startswith(CONCEPT) else words.kind_of(iri)
    name = frame or (kind.frame if kind and profile == "full" else "")
    return DocumentForm(iri, name, tree_only=bool(frame), prefixes=tuple(words.prefixes.items()))
