"""Data document of a description: its bytes in one of the data formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import CONCEPT, entity_name
from coopgraph.rdf import formats
from coopgraph.rdf.dcat import checksums, release_version
from coopgraph.rdf.formats import Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.graph_document import DOCUMENT_FORMATS, DocumentForm
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.namespaces import DCAT
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts
from coopgraph.rdf.write import written
from coopgraph.reading.data import csv_table, schema_org
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.description import Description, Profile, describe_resource, present
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
        case formats.TURTLE:
            return house_form_of_texts(description.graph.n_triples, words.prefixes)
        case formats.JSON_LD:
            return json_text(_json_ld(description, profile, words, reading, published, frame))
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

    Raises what they raise. The whole of an entity, which may be large, is made by the store.
    """
    if not (entity_name(iri) and profile == "full" and fmt in DOCUMENT_FORMATS):
        return document(describe_resource(reading, iri, profile), fmt, profile, words, reading, published, frame)
    present(reading, iri)
    kind = words.kind_of(iri)
    name = frame or (kind.frame if kind else "")
    if frame and published.frame(reading.release, frame) is None:
        raise _no_such_frame(frame)
    form = DocumentForm(iri, name, bool(frame), tuple(words.prefixes.items()))
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


def _json_ld(
    description: Description,
    profile: Profile,
    words: Vocabulary,
    reading: Source,
    published: PublishedContexts,
    frame: str,
) -> Mapping[str, object]:
    if profile == "schema":
        return schema_org.tree(description)
    context = published.context(reading.release)
    # A concept's scheme stands in its IRI too, so that it is no entity by its name.
    kind = words.kind("concept") if description.iri.startswith(CONCEPT) else words.kind_of(description.iri)
    name = frame or (kind.frame if kind and profile == "full" else "")
    shape = published.frame(reading.release, name) if name else None
    if shape is not None:
        draw = context.tree if frame else context.whole
        return draw(description.graph, description.node, shape)
    if frame:
        raise _no_such_frame(frame)
    return context.flat(description.graph, description.node)


def _no_such_frame(frame: str) -> WrongUsage:
    return WrongUsage(
        Message("The release publishes no frame “{frame}”.", frame=frame[:80]),
        Message("A kind's own frame is used where none is named."),
    )
