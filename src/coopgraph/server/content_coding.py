"""Content codings: an answer is compressed as its client asks (RFC 9110, sections 8.4 and 12.5.3).

A compressed answer is another representation: its ETag says its coding (``"…-zstd"``), its length and digest are its
own. A part of an answer (``Content-Range``) is a part of it as it stands, and is left so.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

import brotli
import zstandard
from werkzeug.wsgi import wrap_file

from coopgraph.query.quality_values import LONGEST_LIST, weighted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LEAST = 1000
"""Bytes below which compressing saves no packet."""

CODED_IN_MEMORY = 1024 * 1024
"""Bytes of an answer that is compressed in memory; a larger one goes through a file."""

_AS_IT_STANDS = ("content-range", "content-encoding")
"""Headers of an answer that is not to be changed."""

_NO_ROOM = [
    ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")
]  # fmt: skip
"""Headers of the answer where a compressed copy finds no room."""

_COMPRESSIBLE = re.compile(
    r"text/|[a-z]+/[^;]*\+(?:json|xml)|application/(?:json|xml|javascript|n-triples|n-quads|trig)(?:;|$)"
)


class _Steps(NamedTuple):
    """A compressor at work: take a piece in, and give out what is left."""

    take: Callable[[bytes], bytes]
    finish: Callable[[], bytes]


def _zstd() -> _Steps:
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    return _Steps(compressor.compress, compressor.flush)


def _brotli() -> _Steps:
    compressor = brotli.Compressor(quality=4)
    return _Steps(compressor.process, compressor.finish)


def _gzip() -> _Steps:
    compressor = zlib.compressobj(level=6, wbits=16 + zlib.MAX_WBITS)
    return _Steps(compressor.compress, compressor.flush)


CODINGS: dict[str, Callable[[], _Steps]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
"""The codings there are, the one that costs least first."""

_OLD_NAME = re.compile(r"(?i)\bx-gzip\b")
"""Is to be taken for gzip (RFC 9110, section 8.4.1.3)."""


class CodingPreference(NamedTuple):
    """What a client asks: the ``coding`` to use (empty: none), and whether it refuses an answer without coding.

    ``taken``: all codings of ours that it takes.
    """

    coding: str
    refuses_plain: bool
    taken: frozenset[str]


@lru_cache(maxsize=1024)
def coding_preference(accept_encoding: str) -> CodingPreference:
    """Read an ``Accept-Encoding`` header; what it does not name is not used, unless plain answers are refused.

    Where nothing of ours is acceptable, the answer is plain all the same, as the section allows.
    """
    named = weighted(_OLD_NAME.sub("gzip", accept_encoding))
    plain = named.get("identity", 0.0)
    refuses_plain = not plain and ("identity" in named or ("*" in named and not named["*"]))
    others = named.get("*", 0.0) if refuses_plain else 0.0
    qualities = {name: named.get(name, others) for name in CODINGS}
    taken = [name for name, quality in qualities.items() if quality]
    best = max(taken, key=qualities.__getitem__, default="")
    if best and qualities[best] < plain:
        best = ""
    return CodingPreference(best, refuses_plain, frozenset(taken))


def matching(if_none_match: str, tag: str, asked: CodingPreference) -> str | None:
    """Return which of the client's tags is ``tag`` in a coding that it takes; None where it has no such copy.

    Compares weakly (RFC 9110, section 13.1.2); ``tag`` may carry a coding itself.
    """
    stem, _ = _parted(tag)
    for given in _tags(if_none_match):
        known, coding = _parted(given)
        if known == stem and (not coding or coding in asked.taken):
            return given
    return f'"{stem}"' if if_none_match.strip() == "*" else None


class ContentCoding:
    """WSGI layer that compresses what the application gives."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, without the codings in its tags; bring the answer into the coding it asks for."""
        asked = coding_preference(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tags: str = environ.get("HTTP_IF_NONE_MATCH", "")
        if tags:
            environ = environ | {"HTTP_IF_NONE_MATCH": _without_codings(tags, asked)}
        if environ.get("HTTP_IF_MATCH"):
            # “*” holds for all that is there, and what is not there is told so (RFC 9110, sections 13.1.1 and 13.2.1).
            named = environ["HTTP_IF_MATCH"][:LONGEST_LIST].strip()
            environ = environ | {"HTTP_IF_MATCH": "" if named == "*" else _TAG.sub(_stem, named)}
        begun = CapturedStart()
        content = self._application(environ, begun)
        headers = begun.headers
        said = {name.lower(): value for name, value in headers}
        if begun.status[:3] in ("200", "304") and said.keys().isdisjoint(_AS_IT_STANDS):
            changed = {"Vary": f"{said['vary']}, Accept-Encoding" if "vary" in said else "Accept-Encoding"}
            if begun.status[:3] == "304":
                changed["Etag"] = matching(tags, said["etag"], asked) or said["etag"]
            elif _worth_it(said, asked):
                try:
                    content, described = _compressed(environ, content, said, asked.coding)
                except OSError:
                    # Of what was read already, nothing can be given plain any more.
                    start_response("507 Insufficient Storage", _NO_ROOM)
                    return [b"There is no room here to compress so large an answer; ask for it without coding.\n"]
                changed |= described
            headers = [(name, value) for name, value in headers if name.title() not in changed]
            headers += changed.items()
        start_response(begun.status, headers)
        return content


@dataclass(slots=True)
class CapturedStart:
    """Be the ``start_response`` of an application: keep what it says. Writing by its return value is not offered."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        """Take status and headers."""
        self.status, self.headers = status, headers
        return _no_writing


def _no_writing(_: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")


def collected(content: Iterable[bytes]) -> bytes:
    """Return all of ``content``, closed; raises whatever ends it before."""
    try:
        return b"".join(content)
    finally:
        close(content)


def close(content: Iterable[bytes]) -> None:
    """Close ``content`` where it can be closed."""
    if hasattr(content, "close"):
        content.close()


_TAG = re.compile(r'"[^"]*"')


def _tags(header: str) -> Iterator[str]:
    return (found[0] for found in _TAG.finditer(header[:LONGEST_LIST]))


def _parted(tag: str) -> tuple[str, str]:
    """Return an ETag without its coding, and the coding."""
    stem, dash, coding = tag.strip('"').rpartition("-")
    return (stem, coding) if dash and coding in CODINGS else (tag.strip('"'), "")


def _stem(tag: re.Match[str]) -> str:
    return f'"{_parted(tag[0])[0]}"'


def _without_codings(tags: str, asked: CodingPreference) -> str:
    if tags.strip() == "*":
        return tags
    parted = (_parted(tag) for tag in _tags(tags))
    return ", ".join(f'"{stem}"' for stem, coding in parted if not coding or coding in asked.taken)


def _worth_it(said: Mapping[str, str], asked: CodingPreference) -> bool:
    length = int(said.get("content-length", 0))
    enough = length >= LEAST or (asked.refuses_plain and length > 0)
    return bool(asked.coding) and enough and _COMPRESSIBLE.match(said.get("content-type", "")) is not None


def _compressed(
    environ: WSGIEnvironment, content: Iterable[bytes], said: Mapping[str, str], coding: str
) -> tuple[Iterable[bytes], dict[str, str]]:
    """Return ``content`` in ``coding``, and the headers that describe it then."""
    digest = hashlib.sha256()
    size = 0
    in_memory = int(said["content-length"]) <= CODED_IN_MEMORY
    parts: list[bytes] = []
    # Without a name on disk; whoever sends it closes it.
    target: IO[bytes] | None = None if in_memory else tempfile.TemporaryFile(prefix="coopgraph-")  # noqa: SIM115
    try:
        for piece in _pieces(content, CODINGS[coding]()):
            digest.update(piece)
            size += len(piece)
            if target is None:
                parts.append(piece)
            else:
                target.write(piece)
    except BaseException:
        if target is not None:
            target.close()
        raise
    finally:
        close(content)
    described = {"Content-Encoding": coding, "Content-Length": str(size)}
    if "etag" in said:
        described["Etag"] = f'"{_parted(said["etag"])[0]}-{coding}"'
    if "repr-digest" in said:
        described["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest.digest()).decode('ascii')}:"
    if target is None:
        return [b"".join(parts)], described
    target.seek(0)
    return wrap_file(environ, target), described


def _pieces(content: Iterable[bytes], steps: _Steps) -> Iterator[bytes]:
    for piece in content:
        yield steps.take(piece)
    yield steps.finish()
