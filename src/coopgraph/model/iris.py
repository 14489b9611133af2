"""IRIs of the graph, their web paths, and the files that hold them.

The base is one constant. An entity's IRI is ``{BASE}id/{segment}/{slug}``; an entity's file is
``{segment}/{slug}.ttl``; a record's slug begins with its entity's slug and a dot, and lives in that entity's file.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BASE = "https://w3id.org/coopgraph/"
DEFINITION = BASE + "def/"
SHAPE = BASE + "shape/"
GRAPH = BASE + "graph/"
CONCEPT = BASE + "id/concept/"
AREA = BASE + "id/area/"
DATASET = BASE + "dataset/"

GRAPHS = ("vocabulary", "schemes", "shapes", "records", "asserted", "derived", "mappings", "inferred", "catalog")
"""Names of a release's graphs, in the order they are written."""

NOT_IN_DEFAULT_GRAPH = frozenset({"shapes"})
"""Graphs that the endpoint's default graph leaves out; they can still be named."""

_KINDS_CALLED = {"organization": "org", "observation": "figure", "passage": "citation"}
"""Names of kinds, in frames, exports and forms, that differ from the path segment."""

_ENTITY = re.compile(re.escape(BASE) + r"id/([a-z0-9-]+)/([^/?#]+)")

LONGEST_SLUG = 100
"""Characters of a slug."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PERIOD_SLUG = re.compile(r"\d{4}(?:-\d{2}){0,2}(?:_\d{4}(?:-\d{2}){0,2})?", re.ASCII)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.IGNORECASE)


class EntityName(NamedTuple):
    """The two parts of an entity's or record's IRI."""

    segment: str
    slug: str

    @property
    def iri(self) -> str:
        """The IRI of the entity or record."""
        return f"{BASE}id/{self.segment}/{self.slug}"

    @property
    def owner_slug(self) -> str:
        """Slug of the entity whose file holds this record; the slug itself where it has no dot."""
        return self.slug.partition(".")[0]


def kind_segment(kind: str) -> str:
    """Return the path segment of a kind by its name in frames, exports and forms; another name stays as it is."""
    return _KINDS_CALLED.get(kind, kind)


def graph_iri(name: str) -> str:
    """Return the IRI of the graph ``name`` (one of :data:`GRAPHS`)."""
    return GRAPH + name


def entity_name(iri: str) -> EntityName | None:
    """Return segment and slug of ``{BASE}id/{segment}/{slug}``, or None for any other IRI."""
    match = _ENTITY.fullmatch(iri)
    return EntityName(*match.groups()) if match else None


def is_slug(segment: str, slug: str) -> bool:
    """Return whether ``slug`` can name an entity: small letters, digits and single hyphens; of a period, its dates."""
    spelling = _PERIOD_SLUG if segment == "period" else _SLUG
    return len(slug) <= LONGEST_SLUG and spelling.fullmatch(slug) is not None and not is_reserved(slug)


def is_reserved(slug: str) -> bool:
    """Return whether Windows keeps ``slug`` as a device name, so that no file of that name can be checked out there."""
    return _RESERVED.fullmatch(slug) is not None


def web_path(iri: str) -> str | None:
    """Return the path under which this service answers for ``iri`` (``/id/org/paps``), or None for a foreign IRI."""
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else None


def local_name(iri: str) -> str:
    """Return what stands after the last ``/`` or ``#``."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
