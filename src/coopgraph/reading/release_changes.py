"""Changes between two releases: the statements that only one of them has, from the differences that releases keep."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from coopgraph.errors import NotFound, OurFault
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.activity import ACTIVITIES, read_activities
from coopgraph.model.iris import entity_name, graph_iri
from coopgraph.model.release import Manifest
from coopgraph.rdf.formats import N_QUADS
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import Triple

_CATALOG = f" <{graph_iri('catalog')}> .".encode()
"""How the lines of the catalogue end, whose counts differ without telling anything."""


class ReleaseChanges(NamedTuple):
    """What turns the release ``before`` into ``after``: lines of N-Quads, without the catalogue's.

    ``entities`` are the IRIs of the entities concerned, by slug.
    """

    before: str
    after: str
    added: frozenset[bytes]
    removed: frozenset[bytes]
    entities: Mapping[str, str]

    def triples(self) -> tuple[frozenset[Triple], frozenset[Triple]]:
        """Return the statements added and removed, whatever graph they stand in."""
        added, removed = (_parsed(lines) for lines in (self.added, self.removed))
        return added - removed, removed - added


def release_changes(var: Path, after: str, before: str = "") -> ReleaseChanges:
    """Return what the release ``after`` has changed since ``before``, an earlier one (empty: the one before it).

    Raises :class:`NotFound` where ``before`` does not lead to ``after`` by differences that are there, and Gone for a
    withdrawn release.
    """
    steps: list[Manifest] = [release_folder.manifest(var, after)]
    wanted = before or steps[0].previous or ""
    if not wanted:
        raise NotFound(
            Message("The release {release} is the first one.", release=after), Message("Look at a later one.")
        )
    release_folder.manifest(var, wanted)
    while steps[-1].previous != wanted:
        following = steps[-1].previous
        if not following or not release_folder.stands(var, following):
            raise _no_way(wanted, after)
        steps.append(release_folder.manifest(var, following))
    added: set[bytes] = set()
    removed: set[bytes] = set()
    for manifest in reversed(steps):
        if not {release_folder.ADDED, release_folder.REMOVED} <= manifest.files.keys():
            raise _no_way(wanted, after)
        gone, new = (_lines(var, manifest.id, name) for name in (release_folder.REMOVED, release_folder.ADDED))
        removed |= gone - added
        added -= gone
        added |= new - removed
        removed -= new
    entities = {
        name.slug: activity.object
        for manifest in steps
        if ACTIVITIES in manifest.files
        for activity in read_activities(release_folder.file(var, manifest.id, ACTIVITIES).read_bytes())
        if (name := entity_name(activity.object)) and "." not in name.slug
    }
    return ReleaseChanges(wanted, after, frozenset(added), frozenset(removed), entities)


def _lines(var: Path, release: str, name: str) -> set[bytes]:
    try:
        with gzip.open(release_folder.file(var, release, name)) as stream:
            return {line for line in stream.read().splitlines() if not line.endswith(_CATALOG)}
    except (EOFError, OSError, zlib.error) as error:
        raise OurFault(
            Message("The difference of the release {release} cannot be read.", release=release),
            Message("`coopgraph releases show ID` says which of its files are damaged."),
        ) from error


def _parsed(lines: frozenset[bytes]) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in read_rdf(b"\n".join(lines), N_QUADS))


def _no_way(before: str, after: str) -> NotFound:
    return NotFound(
        Message("No kept differences lead from {before} to {after}.", before=before, after=after),
        Message("Choose an earlier and a later release; `coopgraph releases diff A B` compares any two."),
    )
