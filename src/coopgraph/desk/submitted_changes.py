"""Submitted changes: what the body of a submission, in any of the forms that are taken, makes of entity files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from werkzeug.http import dump_options_header, parse_options_header

from coopgraph.curation.uploads.submitted_document import SUBMITTED_FORMATS, submitted_triples
from coopgraph.curation.uploads.submitted_table import TABLES, TableOrder, table_drafts
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree
from coopgraph.desk.change_set import FileChange, changes_of, effect_on_files
from coopgraph.desk.submitted_update import SPARQL_UPDATE, update_effect
from coopgraph.errors import UnknownFormat
from coopgraph.messages.message import Message

TYPED_TYPES = (*SUBMITTED_FORMATS, SPARQL_UPDATE)
"""Media types of what is typed as text."""

SUBMITTED_TYPES = (*TYPED_TYPES, *TABLES)
"""All media types that are taken, without parameters."""


class SubmittedChanges(NamedTuple):
    """What a body makes of files; ``shown`` gives those that came from rows another name for the reader."""

    files: tuple[FileChange, ...]
    shown: Mapping[str, str] = MappingProxyType({})


def table_media_type(essence: str, order: TableOrder) -> str:
    """Return the media type of a table with what its rows hold."""
    return dump_options_header(essence, {name: value for name, value in order._asdict().items() if value})


def is_document(media_type: str) -> bool:
    """Return whether a media type is one of RDF documents, which say what they state by themselves."""
    return media_type in SUBMITTED_FORMATS


def require_taken(media_type: str) -> None:
    """Raise :class:`UnknownFormat` for a media type that is not taken."""
    essence, _ = parse_options_header(media_type)
    if essence not in SUBMITTED_TYPES:
        raise UnknownFormat(
            Message("“{media_type}” is not taken here.", media_type=media_type),
            Message("Send one of {formats}.", formats=", ".join(SUBMITTED_TYPES)),
        )


def submitted_changes(body: bytes, media_type: str, tree: Tree, files: Workspace) -> SubmittedChanges:
    """Return what a body makes of entity files.

    Raises :class:`UnreadableInput` where it cannot be read, :class:`WrongUsage` for a table of rows of no known kind.
    """
    essence, parameters = parse_options_header(media_type)
    if essence == SPARQL_UPDATE:
        return SubmittedChanges(effect_on_files(*update_effect(body, files), files))
    if essence in TABLES:
        drafts = table_drafts(body, TableOrder.of(parameters), tree, files)
        stated = [triple for draft in drafts for triple in draft.triples]
        changes = changes_of(stated, files) if stated else ()
        return SubmittedChanges(changes, {draft.path: draft.named for draft in drafts})
    context = (tree.ontology / "context" / "v1.jsonld").read_bytes()
    return SubmittedChanges(changes_of(submitted_triples(body, essence, context), files))
