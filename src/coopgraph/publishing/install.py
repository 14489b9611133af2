"""Installing a release among the releases, whole or not at all, and making it the current one."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from coopgraph import __version__
from coopgraph.errors import CoopgraphError, DoesNotConform
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, ReleaseId
from coopgraph.publishing.changes import dump_lines
from coopgraph.publishing.files import CHANGES, Contents, Written, content_hash, write_files
from coopgraph.publishing.section_exports import DEFAULT_GRAPH
from coopgraph.publishing.sections import Sections
from coopgraph.publishing.staging import STAGING, Staging, clear, replace_text
from coopgraph.rdf.namespaces import COOP


def install_release(
    contents: Contents,
    var: Path,
    *,
    message: str,
    now: datetime,
    built_from: str | None,
    signing_key: Path | None = None,
) -> Manifest | None:
    """Make a release of ``contents`` and make it the current one; None where the current one has the same content.

    The lock must be held. ``built_from`` is the fingerprint of what the contents were made from. A whole release of the
    same day with the same content is taken as it is. Raises :class:`DoesNotConform` for the content of a release that
    was withdrawn, OSError where the disk does not take it, and WrongUsage where the ``signing_key`` cannot be used; the
    current release is then unchanged.
    """
    clear(var)
    previous = verified_current(var)
    before = _dump(var, previous, contents) if previous else None
    try:
        staging = Staging(var / STAGING / "release")
        written = write_files(staging, contents, before, signing_key)
        content = content_hash(staging.files)
        if previous and content == content_hash(previous.files) and _has_all(previous, staging):
            switch(var, previous.id, built_from)
            return None
        _refuse_withdrawn(var, content)
        name = ReleaseId(f"{now:%Y-%m-%d}-{content[:8]}")
        manifest = _whole_again(var, name, content, staging)
        if manifest is None:
            manifest = _manifest(name, contents, written, staging, previous, message, now)
            staging.install(var, manifest)
        switch(var, name, built_from)
        return manifest
    finally:
        clear(var)


def _dump(var: Path, release: Manifest, contents: Contents) -> Sections:
    """Return the dump of a release, which is at hand where the same exports made it."""
    known = contents.exports.dump
    if known is not None and known[0] == release.canonical_hash:
        return known[1]
    return Sections.of(dump_lines(release_folder.file(var, release.id, release_folder.DUMP)))


def verified_current(var: Path) -> Manifest | None:
    """Return the current release's manifest, or None where there is none or one of its files is damaged."""
    try:
        name = release_folder.current(var)
        manifest = release_folder.manifest(var, name) if name else None
    except CoopgraphError:
        return None
    return manifest if manifest and not release_folder.damaged(var, manifest) else None


def switch(var: Path, release: ReleaseId, built_from: str | None) -> None:
    """Make ``release`` the current one: a reader sees the old name or the new one, never anything between.

    ``built_from`` is remembered, so that a build from the same can be told to change nothing.
    """
    sign = {"release": release} | ({"built_from": built_from} if built_from else {})
    replace_text(var / release_folder.CURRENT, json.dumps(sign, indent=2, sort_keys=True) + "\n")


def built_from(var: Path) -> str | None:
    """Return the fingerprint that :func:`switch` left, or None where there is none to trust."""
    try:
        found = json.loads((var / release_folder.CURRENT).read_text(encoding="utf-8"))["built_from"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _refuse_withdrawn(var: Path, content: str) -> None:
    for tombstone in release_folder.tombstones(var):
        if tombstone.id.endswith(content[:8]):
            raise DoesNotConform(
                Message(
                    "This is the content of the release {release}, which was withdrawn: {reason}",
                    release=tombstone.id,
                    reason=tombstone.reason,
                ),
                Message("Take out of the data what it was withdrawn for, then build again."),
            )


def _has_all(release: Manifest, staging: Staging) -> bool:
    """Return whether a release has every kind of file that one made now would have: older programs made fewer."""
    return release.files.keys() >= staging.files.keys() - CHANGES


def _whole_again(var: Path, name: ReleaseId, content: str, staging: Staging) -> Manifest | None:
    """Return the release ``name`` where it is there with all of its content; what is left of it else goes away."""
    place = release_folder.folder(var, name)
    try:
        found = release_folder.manifest(var, name)
        same = content_hash(found.files) == content and _has_all(found, staging)
        if same and not release_folder.damaged(var, found):
            return found
    except CoopgraphError:
        pass
    if place.exists():
        place.rename(var / STAGING / name)
    return None


def _manifest(
    name: ReleaseId,
    contents: Contents,
    written: Written,
    staging: Staging,
    previous: Manifest | None,
    message: str,
    now: datetime,
) -> Manifest:
    in_default_graph = {graph.value for graph in DEFAULT_GRAPH}
    return Manifest(
        id=name,
        created=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        message=message,
        previous=previous.id if previous else None,
        software=f"coopgraph {__version__}",
        canonical_hash=written.canonical_hash,
        graphs=written.graphs,
        default_graph=tuple(graph for graph in written.graphs if graph in in_default_graph),
        triples=written.triples,
        claims=written.counts.classes[COOP.Claim],
        citations=written.counts.classes[COOP.Citation],
        warnings=contents.warnings,
        added=written.added,
        removed=written.removed,
        files=staging.files,
    )
