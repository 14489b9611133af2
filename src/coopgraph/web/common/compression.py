"""Compression: a WSGI layer that brings an answer into the content coding its client asks for (RFC 9110, section 8.4).

A compressed answer is another representation: its ETag says its coding (``"…-zstd"``), its length and digest are its
own. A part of an answer (``Content-Range``) is a part of it as it stands, and is left so.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from werkzeug.wsgi import wrap_file

from coopgraph.http.content_coding import (
    CODINGS,
    CodingPreference,
    Compressor,
    coding_preference,
    matching,
    tag_parts,
    tags_taken,
    tags_without_coding,
)

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


class ContentCoding:
    """WSGI layer that compresses what the application gives."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, without the codings in its tags; bring the answer into the coding it asks for."""
        asked = coding_preference(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tags: str = environ.get("HTTP_IF_NONE_MATCH", "")
        if tags:
            environ = environ | {"HTTP_IF_NONE_MATCH": tags_taken(tags, asked)}
        if environ.get("HTTP_IF_MATCH"):
            environ = environ | {"HTTP_IF_MATCH": tags_without_coding(environ["HTTP_IF_MATCH"])}
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
        described["Etag"] = f'"{tag_parts(said["etag"])[0]}-{coding}"'
    if "repr-digest" in said:
        described["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest.digest()).decode('ascii')}:"
    if target is None:
        return [b"".join(parts)], described
    target.seek(0)
    return wrap_file(environ, target), described


def _pieces(content: Iterable[bytes], steps: Compressor) -> Iterator[bytes]:
    for piece in content:
        yield steps.take(piece)
    yield steps.finish()
