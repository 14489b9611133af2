"""Release folder as the publisher left it: the current release, its manifest, its files, its tombstones.

::

    {var}/current.json                       which release is current; replaced in one step
    {var}/releases/{id}/manifest.json        the files of the release, with sizes and checksums
    {var}/releases/{id}/dump.nq.gz, …        the files themselves; nobody writes them again
    {var}/releases/{id}/tombstone.json       instead of all that: the release was withdrawn

Only the room ``publish`` writes here. Everything returned is read anew at each call.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from coopgraph.errors import Gone, NotFound, OurFault, WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model.release import RELEASE_ID, Manifest, ReleaseId, Tombstone

CURRENT = "current.json"
RELEASES = "releases"
MANIFEST = "manifest.json"
TOMBSTONE = "tombstone.json"
DUMP = "dump.nq.gz"
ADDED = "changes.added.nq.gz"
REMOVED = "changes.removed.nq.gz"
CONTEXT = "context/v1.jsonld"
REPORT_JSON = "report.json"
CONFORMANCE = "conformance.ttl"
SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"


def current(var: Path) -> ReleaseId | None:
    """Return the current release's name, or None where nothing was published yet.

    Raises :class:`WrongUsage` where ``var`` is a file, :class:`OurFault` where ``current.json`` cannot be read.
    """
    try:
        return _release_id(json.loads((var / CURRENT).read_text(encoding="utf-8"))["release"])
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise no_folder() from error
    except (OSError, ValueError, KeyError, TypeError, NotFound) as error:
        raise OurFault(
            Message("The file {file}, which names the current release, cannot be read.", file=CURRENT),
            Message("`coopgraph releases use ID` writes it anew; `coopgraph releases list` shows the names."),
        ) from error


def no_folder() -> WrongUsage:
    """Return what is wrong where the folder for releases is a file."""
    return WrongUsage(
        Message("The folder for releases is a file."), Message("Give --var, or the setting “var”, a folder.")
    )


def folder(var: Path, name: str) -> Path:
    """Return the folder of the release ``name``. Raises :class:`NotFound` where that cannot be a release's name."""
    return var / RELEASES / _release_id(name)


def manifest(var: Path, name: str) -> Manifest:
    """Return the manifest of the release ``name``.

    Raises :class:`Gone` for a withdrawn release, :class:`NotFound` for an unknown one, :class:`OurFault` for a
    manifest that cannot be read.
    """
    place = folder(var, name)
    if (place / TOMBSTONE).exists():
        stone = _tombstone(place)
        raise Gone(
            Message(
                "The release {release} was withdrawn on {day}: {reason}",
                release=name,
                day=stone.withdrawn[:10],
                reason=stone.reason,
            )
        )
    try:
        return Manifest.from_json((place / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _unknown(name) from error
    except (OSError, ValueError) as error:
        raise OurFault(
            Message("The manifest of the release {release} cannot be read.", release=name),
            Message("Restore the release from a copy, or build anew."),
        ) from error


def stands(var: Path, name: str) -> bool:
    """Return whether the release ``name`` is there and was not withdrawn. Reads no file."""
    place = folder(var, name)
    return not (place / TOMBSTONE).exists() and (place / MANIFEST).exists()


def file(var: Path, name: str, path: str) -> Path:
    """Return the place of the file ``path`` of a release: one that its manifest names, or the manifest itself.

    Raises what :func:`manifest` raises, and :class:`NotFound` where the release has no such file (any more).
    """
    held = manifest(var, name)
    place = folder(var, name) / path
    if path != MANIFEST and (path not in held.files or not place.is_file()):
        raise NotFound(
            Message("The release {release} has no file {path}.", release=name, path=path[:80]),
            Message("Its files: {files}.", files=", ".join(sorted(held.files))),
        )
    return place


def manifests(var: Path) -> tuple[Manifest, ...]:
    """Return the manifests of all releases that are there, newest first. Unreadable folders are left out."""
    found = []
    for name in _names(var):
        try:
            found.append(manifest(var, name))
        except (NotFound, OurFault):
            continue
    return tuple(sorted(found, key=lambda item: (item.created, item.id), reverse=True))


def tombstones(var: Path) -> tuple[Tombstone, ...]:
    """Return what remains of withdrawn releases, by name."""
    places = (var / RELEASES / name for name in _names(var))
    return tuple(_tombstone(place) for place in places if (place / TOMBSTONE).exists())


def damaged(var: Path, held: Manifest) -> tuple[str, ...]:
    """Return the files of a release that are missing or whose SHA-256 is not the manifest's, sorted. Reads them all."""
    place = folder(var, held.id)
    return tuple(path for path, entry in sorted(held.files.items()) if file_sha256(place / path) != entry.sha256)


def _names(var: Path) -> list[str]:
    try:
        return sorted(item.name for item in (var / RELEASES).iterdir() if RELEASE_ID.fullmatch(item.name))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _release_id(name: str) -> ReleaseId:
    if not RELEASE_ID.fullmatch(name):
        raise _unknown(name)
    return ReleaseId(name)


def _unknown(name: str) -> NotFound:
    return NotFound(
        Message("There is no release {release}.", release=name[:80]),
        Message("/releases lists those there are; so does `coopgraph releases list`."),
    )


def _tombstone(place: Path) -> Tombstone:
    try:
        return Tombstone.from_json((place / TOMBSTONE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OurFault(Message("The tombstone of the release {release} cannot be read.", release=place.name)) from error


def file_sha256(place: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal digits; None where it cannot be read."""
    try:
        with place.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
