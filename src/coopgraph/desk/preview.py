"""Preview of the page of an entity as it will be: made of its file and those that it names, without a store."""

from __future__ import annotations

from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.desk.change_set import FileChange
from coopgraph.model.iris import entity_name
from coopgraph.rdf.terms import NamedNode
from coopgraph.reading.description import page_description
from coopgraph.reading.graph_source import GraphSource
from coopgraph.reading.pages.resource_page import Page, page
from coopgraph.reading.vocabulary import read_vocabulary

PREVIEW = "preview"
"""Under which name what is read is known: no release has it."""


def preview_page(change: FileChange, files: Workspace, language: str) -> Page:
    """Return the page of a changed entity; ``files`` is the tree after the change.

    What others say of the entity is not on it. Raises :class:`NotFound` for an entity that is removed.
    """
    paths = {change.path, *_named_files(change.path, files)}
    source = GraphSource.of(materialize(files.excerpt(paths)).quads(), PREVIEW)
    return page(page_description(source, change.entity.iri), read_vocabulary(source), language)


def _named_files(path: str, files: Workspace) -> set[str]:
    """Return the files of the entities that a file names."""
    by_slug = {item.rpartition("/")[2].removesuffix(".ttl"): item for item in files.paths if item.startswith("data/")}
    objects = (triple.object for triple in files.statements(path))
    names = (entity_name(term.value) for term in objects if isinstance(term, NamedNode))
    return {by_slug[name.owner_slug] for name in names if name and name.owner_slug in by_slug}
