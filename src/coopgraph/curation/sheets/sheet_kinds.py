"""Kinds of sheets: which kinds of entities a row can hold, by the names that curators call them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from coopgraph.curation.sheets.column_maps import mapped_kind, mapped_kinds
from coopgraph.curation.sheets.entities import SheetKind
from coopgraph.curation.sheets.organizations import ORGANIZATIONS
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.iris import kind_segment
from coopgraph.model.nearest_names import nearest_names, with_nearest


def sheet_kinds(shapes: Path) -> tuple[str, ...]:
    """Return the path segments of the kinds that have a sheet; ``shapes`` is the folder with the column maps."""
    return (ORGANIZATIONS.segment, *mapped_kinds(shapes))


def sheet_kind(shapes: Path, name: str, prefixes: Mapping[str, str]) -> SheetKind:
    """Return the sheet of a kind by its path segment, or by its name in exports.

    Raises :class:`WrongUsage` for a kind that a row cannot hold, :class:`UnreadableInput` for a broken column map.
    """
    kinds = sheet_kinds(shapes)
    segment = kind_segment(name)
    if segment not in kinds:
        raise WrongUsage(
            Message("There is no sheet for the kind “{kind}”.", kind=name),
            with_nearest(Message("Choose one of {kinds}.", kinds=", ".join(kinds)), nearest_names(name, kinds)),
        )
    return ORGANIZATIONS if segment == ORGANIZATIONS.segment else mapped_kind(shapes, segment, prefixes)
