"""Operations on releases after they were built: comparing, switching back, pruning, withdrawing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coopgraph.errors import OurFault, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest, ReleaseId, Tombstone
from coopgraph.model.release_folder import ADDED, REMOVED
from coopgraph.publishing.changes import Change, difference, dump_lines
from coopgraph.publishing.files import EXPORTS, exports
from coopgraph.publishing.install import switch
from coopgraph.publishing.lock import publishing, writing
from coopgraph.publishing.staging import clear, replace_text

_CATALOG = f" <{graph_iri('catalog')}> .\n".encode()  # its counts differ without telling anything


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawn release, and the releases that still hold statements which it had and the current one has not."""

    tombstone: Tombstone
    also_held_by: tuple[ReleaseId, ...]


def compare(var: Path, before: str, after: str) -> Iterator[Change]:
    """Yield the quads that turn the release ``before`` into ``after``, as lines of canonical N-Quads.

    Raises NotFound or Gone where a release is not there (any more).
    """
    dumps = [release_folder.file(var, name, release_folder.DUMP) for name in (before, after)]
    return difference(*(dump_lines(dump) for dump in dumps))


def use(var: Path, name: str) -> Manifest:
    """Make the release ``name`` the current one. Raises :class:`OurFault` where one of its files is damaged."""
    with publishing(var):
        manifest = release_folder.manifest(var, name)
        if damaged := release_folder.damaged(var, manifest):
            raise OurFault(
                Message(
                    "The release {release} is damaged ({files}), so the current release stays.",
                    release=name,
                    files=", ".join(damaged),
                ),
                Message("Restore these files from a copy, or use another release."),
            )
        with writing():
            switch(var, manifest.id, None)
        return manifest


def prune(var: Path, keep: int) -> tuple[Manifest, ...]:
    """Take the exports out of all releases but the newest ``keep`` and the current one; return those made smaller.

    Dumps, reports and differences stay, since people cite releases, and a dump makes every export again.
    """
    if keep < 1:
        raise WrongUsage(Message("At least one release must be kept whole."), Message("Give --keep a number from 1."))
    pruned = []
    with publishing(var), writing():
        clear(var)
        current = release_folder.current(var)
        for manifest in release_folder.manifests(var)[keep:]:
            if manifest.id != current:
                if found := exports(manifest.files):
                    pruned.append(manifest)
                _remove(var, manifest, EXPORTS | found)
    return tuple(pruned)


def withdraw(var: Path, name: str, reason: str, now: datetime) -> Withdrawal:
    """Remove all of a release but its name and the public ``reason``; readers get the reason instead.

    With it go the differences of the releases made from it, since they name what was removed. A withdrawal that was
    interrupted is finished by the next build or withdrawal.

    Raises :class:`WrongUsage` for the current release and for an empty reason, NotFound and Gone as for reading.
    """
    if not reason.strip():
        raise WrongUsage(
            Message("A withdrawal needs a reason; it is shown to readers."), Message("Give --reason a sentence.")
        )
    with publishing(var), writing():
        finish_withdrawals(var)
        manifest = release_folder.manifest(var, name)
        current = release_folder.current(var)
        if manifest.id == current:
            raise WrongUsage(
                Message("The release {release} is the current one and cannot be withdrawn.", release=name),
                Message("Take out of the data what must vanish, run `coopgraph build`, then withdraw this release."),
            )
        holders = _holders(var, manifest, current)
        tombstone = Tombstone(manifest.id, now.strftime("%Y-%m-%dT%H:%M:%SZ"), reason.strip())
        replace_text(release_folder.folder(var, name) / release_folder.TOMBSTONE, tombstone.to_json())
        finish_withdrawals(var)
    return Withdrawal(tombstone, holders)


def finish_withdrawals(var: Path) -> None:
    """Remove whatever withdrawn releases still have on disk. Safe to repeat; the lock must be held."""
    clear(var)
    for tombstone in release_folder.tombstones(var):
        for manifest in release_folder.manifests(var):
            if manifest.previous == tombstone.id:
                _remove(var, manifest, frozenset({ADDED, REMOVED}))
        for item in release_folder.folder(var, tombstone.id).iterdir():
            if item.is_dir():
                shutil.rmtree(item)
            elif item.name != release_folder.TOMBSTONE:
                item.unlink()


def _remove(var: Path, manifest: Manifest, paths: frozenset[str]) -> None:
    """Remove ``paths`` from a release. The manifest goes first: at no moment does it name what is not there."""
    place = release_folder.folder(var, manifest.id)
    kept = {path: entry for path, entry in manifest.files.items() if path not in paths}
    if len(kept) < len(manifest.files):
        replace_text(place / release_folder.MANIFEST, replace(manifest, files=kept).to_json())
    for path in paths:
        (place / path).unlink(missing_ok=True)


def _holders(var: Path, withdrawn: Manifest, current: ReleaseId | None) -> tuple[ReleaseId, ...]:
    """Return the releases, but for ``withdrawn``, that hold quads which it has and the current release has not."""
    if current is None:
        return ()
    gone = {line for sign, line in compare(var, withdrawn.id, current) if sign == "D" and not line.endswith(_CATALOG)}
    others = (item for item in release_folder.manifests(var) if item.id not in (withdrawn.id, current))
    return tuple(
        item.id
        for item in others
        if any(line in gone for line in dump_lines(release_folder.file(var, item.id, release_folder.DUMP)))
    )
