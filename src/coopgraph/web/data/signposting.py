"""Signposts (https://signposting.org/FAIR/) of a document: where a program goes from it, without reading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from coopgraph.model.iris import DATASET, entity_name
from coopgraph.model.release import Manifest
from coopgraph.rdf import formats
from coopgraph.reading.data.document import FORMATS
from coopgraph.reading.data.profiles import PROFILE
from coopgraph.reading.description import PROFILES
from coopgraph.reading.pages.display_text import page_path
from coopgraph.reading.vocabulary import EntityKind
from coopgraph.web.common.data_formats import PAGE
from coopgraph.web.common.links import LINK_SET_JSON, TypedLink
from coopgraph.web.common.responses import LICENCE

_SCHEMA_ORG: Mapping[str, str] = {
    "organization": "Organization",
    "law": "Legislation",
    "service": "Service",
    "figure": "Observation",
    "event": "Event",
    "source": "CreativeWork",
    "concept": "DefinedTerm",
}
"""Classes of schema.org by the frame of a kind."""

DATA_SET = DATASET + "coopgraph"


def signposts(iri: str, kind: EntityKind | None, root: str) -> tuple[TypedLink, ...]:
    """Return the links of the document about ``iri``, an entity of ``kind`` or something else, all below ``root``."""
    stem = root + page_path(iri)
    return (
        TypedLink("cite-as", iri),
        TypedLink("alternate", stem, PAGE),
        *(TypedLink("alternate", stem + item.suffix, item.media_type) for item in FORMATS),
        *(TypedLink("describedby", stem + item.suffix, item.media_type) for item in FORMATS[:2]),
        *_of_entity(iri, kind, root),
        TypedLink("type", "https://schema.org/AboutPage"),
        TypedLink("linkset", f"{root}/linkset{page_path(iri)}", LINK_SET_JSON),
    )


def _of_entity(iri: str, kind: EntityKind | None, root: str) -> Iterator[TypedLink]:
    if not entity_name(iri):
        return
    # Where to learn how to embed it: https://oembed.com/#section4.
    yield TypedLink("alternate", f"{root}/oembed?{urlencode({'url': iri})}", "application/json+oembed")
    if kind is None:
        return
    yield TypedLink("collection", f"{root}/doc/{kind.segment}")
    if kind.frame in _SCHEMA_ORG:
        yield TypedLink("type", f"https://schema.org/{_SCHEMA_ORG[kind.frame]}")


def document_link_set(iri: str, kind: EntityKind | None, root: str) -> Mapping[str, tuple[TypedLink, ...]]:
    """Return the links of the document about ``iri`` by anchor, with its profiles, and back from its formats."""
    stem, json_ld = root + page_path(iri), formats.JSON_LD
    profiles = (
        TypedLink("alternate", f"{stem}{json_ld.suffix}?profile={name}", json_ld.media_type, PROFILE + name)
        for name in PROFILES
    )
    own = tuple(link for link in signposts(iri, kind, root) if link.relation != "linkset")
    back = {f"{stem}{item.suffix}": (TypedLink("describes", stem, PAGE),) for item in FORMATS}
    return {stem: (*own, TypedLink("license", LICENCE), *profiles), **back}


def data_set_links(manifest: Manifest | None, kinds: tuple[EntityKind, ...], root: str) -> tuple[TypedLink, ...]:
    """Return the links of the data set as a whole: its descriptions, its collections, the files of its release."""
    files = manifest.files.items() if manifest else ()
    return (
        TypedLink("cite-as", DATA_SET),
        TypedLink("type", "https://schema.org/Dataset"),
        TypedLink("license", LICENCE),
        *(TypedLink("describedby", f"{root}/dataset/coopgraph{item.suffix}", item.media_type) for item in FORMATS[:2]),
        *(TypedLink("describedby", f"{root}/catalog{item.suffix}", item.media_type) for item in FORMATS[:2]),
        *(TypedLink("item", f"{root}/doc/{kind.segment}") for kind in kinds if kind.count),
        *(TypedLink("item", f"/releases/{manifest.id}/{path}", entry.media_type) for path, entry in files if manifest),
    )
