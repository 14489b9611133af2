"""Follower of a change feed: a copy of a service's dump on disk, kept in step with its releases.

A step from one release to the next is its difference (``changes.added.nq.gz``, ``changes.removed.nq.gz``), merged into
the copy line by line; where there is no way of such steps, as after a withdrawal, the whole dump is fetched. Every file
is held against the checksum of its release's manifest, and the copy against the hash of the graph, before it takes the
place of the copy before. Whatever moment a follower is killed at, the next one ends with the same bytes.

A service may be hostile: what it says names no file outside of the folder, and what it sends is read within bounds.
"""

from __future__ import annotations

import gzip
import heapq
import http.client
import json
import os
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from coopgraph import __version__
from coopgraph.errors import Gone, NotFound, OurFault, StoreDown
from coopgraph.messages.message import Message
from coopgraph.model.activity import Activity
from coopgraph.model.release import RELEASE_ID, Manifest
from coopgraph.model.release_folder import ADDED, DUMP, REMOVED, file_sha256

COPY = "dump.nq"
"""Name of the copy: the canonical N-Quads of the current release, unpacked."""

STATE = "state.json"
"""Name of the file that says which release the copy is, written when all that led there has been told."""

_TIMEOUT = 60.0
_BLOCK = 1 << 20
_PART = ".part"

_LONGEST_DOCUMENT = 2**26
"""Most bytes of a manifest, or of a page of the feed."""

_LONGEST_LINE = 2**26
_MOST_EXPANSION = 200
"""How many times its size a packed file may become: N-Quads of a graph become some twenty times."""

_MOST_BETWEEN = 10_000
"""How many releases a copy may be behind."""

Progress = Callable[[int, int], None]
"""Told how many bytes of how many of a file have come."""


class Followed(NamedTuple):
    """What following came to: the release that the copy is now, whether that changed it, whether all was fetched."""

    release: str
    changed: bool
    whole: bool


class Follower:
    """Keeps the folder ``into`` in step with the service at ``url``: the address of its start page or of ``/feed``."""

    def __init__(self, url: str, into: Path) -> None:
        self._root = url.rstrip("/").removesuffix("/feed")
        self._into = into

    def follow(self, tell: Callable[[Activity], None], progress: Progress = lambda done, of: None) -> Followed:
        """Bring the copy to the current release, then ``tell`` the activities of the releases in between, oldest first.

        After a break they may be told a second time, never not at all; a first copy tells none. Raises
        :class:`StoreDown` where the service cannot be reached and :class:`OurFault` where what came is not what its
        manifest says; the copy is then as it was.
        """
        self._into.mkdir(parents=True, exist_ok=True)
        self._clear()
        current = self._manifest("current")
        held = self._held()
        if held == current.id and file_sha256(self._into / COPY) == current.canonical_hash:
            return Followed(current.id, changed=False, whole=False)
        steps = self._steps(held, current)
        whole = not self._merge(steps)
        if whole:
            self._fetch_dump(current, progress)
        self._clear()
        for manifest in steps:
            for activity in self._activities(manifest.id):
                tell(activity)
        _write(self._into / STATE, [json.dumps({"release": current.id}).encode() + b"\n"])
        return Followed(current.id, changed=True, whole=whole)

    def _held(self) -> str | None:
        try:
            release = json.loads((self._into / STATE).read_text(encoding="utf-8"))["release"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return release if isinstance(release, str) else None

    def _steps(self, held: str | None, current: Manifest) -> list[Manifest]:
        """Return the releases from the one after ``held`` to ``current``; none where ``held`` is not in its past."""
        steps, seen = [current], {current.id}
        while held is not None and (previous := steps[0].previous) is not None:
            if previous == held:
                return steps
            if previous in seen or len(seen) > _MOST_BETWEEN:
                break
            seen.add(previous)
            try:
                steps.insert(0, self._manifest(previous))
            except NotFound:
                break
        return []

    def _merge(self, steps: list[Manifest]) -> bool:
        """Merge the differences of ``steps`` into the copy; return whether that gave what they should give."""
        place = self._into / COPY
        try:
            for manifest in steps:
                added, removed = (self._file(manifest, name) for name in (ADDED, REMOVED))
                target = self._into / f"{manifest.id}{_PART}"
                _write(target, _applied(_lines(place), _unpacked(added), _unpacked(removed)))
                if file_sha256(target) != manifest.canonical_hash:
                    return False
                place = target
        except (NotFound, OurFault, OSError, EOFError, zlib.error):
            return False
        if steps:
            os.replace(place, self._into / COPY)
        return bool(steps)

    def _fetch_dump(self, manifest: Manifest, progress: Progress) -> None:
        packed, target = self._file(manifest, DUMP, progress), self._into / f"{manifest.id}{_PART}"
        try:
            _write(target, _unpacked(packed))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _not_as_its_manifest(manifest.id, DUMP) from error
        if file_sha256(target) != manifest.canonical_hash:
            raise _not_as_its_manifest(manifest.id, DUMP)
        os.replace(target, self._into / COPY)

    def _clear(self) -> None:
        for part in self._into.glob(f"*{_PART}"):
            part.unlink()

    def _file(self, manifest: Manifest, name: str, progress: Progress = lambda done, of: None) -> Path:
        """Fetch a file of a release and return where it lies, once its checksum is the manifest's."""
        if name not in manifest.files:
            raise NotFound(Message("The release {release} has no file {path}.", release=manifest.id, path=name))
        size, target = manifest.files[name].bytes, self._into / f"{manifest.id}.{name}{_PART}"
        done = 0
        with self._open(f"/releases/{manifest.id}/{name}", "*/*") as response, target.open("wb") as stream:
            # What is longer than it should be is not read on.
            while done <= size and (block := self._read(response, _BLOCK)):
                done += stream.write(block)
                progress(done, size)
        if file_sha256(target) != manifest.files[name].sha256:
            raise _not_as_its_manifest(manifest.id, name)
        return target

    def _activities(self, release: str) -> Iterator[Activity]:
        """Yield the activities of a release, from the pages of the feed that are its own."""
        try:
            for relation in self._json("/feed")["tree:view"]["tree:relation"]:
                name = relation["tree:node"]["@id"].rpartition("/feed/")[2]
                if name.partition(".")[0] == release:
                    for member in self._json(f"/feed/{name}")["tree:member"]:
                        verify_by = member.get("coop:verifyAgainBy", {"@value": ""})["@value"]
                        yield Activity(member["@type"].removeprefix("as:"), member["as:object"]["@id"], verify_by)
        except (KeyError, TypeError, AttributeError) as error:
            raise self._not_such_a_service() from error

    def _manifest(self, release: str) -> Manifest:
        with self._open(f"/releases/{release}", "application/json") as response:
            document = self._document(response)
        try:
            manifest = Manifest.from_json(document.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise self._not_such_a_service() from error
        names = (manifest.id, manifest.previous or manifest.id)
        if (
            not all(isinstance(name, str) and RELEASE_ID.fullmatch(name) for name in names)
            or release not in ("current", manifest.id)
            or not all(isinstance(entry.bytes, int) for entry in manifest.files.values())
        ):
            raise self._not_such_a_service()
        return manifest

    def _json(self, path: str) -> dict[str, Any]:
        with self._open(path, "application/ld+json") as response:
            document = self._document(response)
        try:
            found: dict[str, Any] = json.loads(document)
        except (ValueError, RecursionError) as error:
            raise self._not_such_a_service() from error
        return found

    def _document(self, response: http.client.HTTPResponse) -> bytes:
        document = self._read(response, _LONGEST_DOCUMENT + 1)
        if len(document) > _LONGEST_DOCUMENT:
            raise self._not_such_a_service()
        return document

    def _not_such_a_service(self) -> OurFault:
        return OurFault(
            Message("The service at {url} does not answer as one with a change feed does.", url=self._root),
            Message("Is it a coopgraph service?"),
        )

    def _read(self, response: http.client.HTTPResponse, size: int) -> bytes:
        try:
            return response.read(size)
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable() from error

    def _open(self, path: str, accept: str) -> http.client.HTTPResponse:
        headers = {"Accept": accept, "User-Agent": f"coopgraph/{__version__}"}
        try:
            request = urllib.request.Request(self._root + path, headers=headers)
            response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 410:
                raise Gone(Message("{path} was withdrawn.", path=path)) from error
            if error.code == 404:
                raise NotFound(
                    Message("{url} has no {path}.", url=self._root, path=path), Message("Is it a coopgraph service?")
                ) from error
            raise self._unreachable() from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._unreachable() from error
        return response

    def _unreachable(self) -> StoreDown:
        return StoreDown(
            Message("The service at {url} does not answer.", url=self._root),
            Message("The copy is as it was; follow again later."),
        )


def _write(place: Path, blocks: Iterable[bytes]) -> None:
    """Write a file that is whole, and safe on disk, or not there."""
    draft = place.with_name(f"{place.name}.new{_PART}")
    with draft.open("wb") as stream:
        stream.writelines(blocks)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, place)


def _lines(place: Path) -> Iterator[bytes]:
    with place.open("rb") as stream:
        yield from stream


def _unpacked(place: Path) -> Iterator[bytes]:
    left = _MOST_EXPANSION * (place.stat().st_size + _BLOCK)
    with gzip.open(place, "rb") as stream:
        while line := stream.readline(_LONGEST_LINE + 1):
            left -= len(line)
            if left < 0 or len(line) > _LONGEST_LINE:
                raise gzip.BadGzipFile("more than a graph becomes")
            yield line


def _applied(lines: Iterator[bytes], added: Iterator[bytes], removed: Iterator[bytes]) -> Iterator[bytes]:
    """Yield sorted lines with others added and some removed; all come sorted."""
    gone = next(removed, None)
    for line in heapq.merge(lines, added):
        while gone is not None and gone < line:
            gone = next(removed, None)
        if line != gone:
            yield line


def _not_as_its_manifest(release: str, name: str) -> OurFault:
    return OurFault(
        Message("{path} of the release {release} is not what its manifest says.", path=name, release=release),
        Message("The copy is as it was; follow again later."),
    )
