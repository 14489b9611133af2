"""Result headers: what the whole result of a query says of itself, whoever sends it."""

from __future__ import annotations

import hashlib
from binascii import b2a_base64

from coopgraph.query.buffered_result import BufferedResult
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice
from coopgraph.web.common.responses import read_fields


def etag(release: str, sparql_query: SparqlQuery, choice: Choice) -> str:
    """Return the strong ETag of the result of a query, which must be the same each time it is asked."""
    formats = (choice.bindings, choice.boolean, choice.graph)
    around = (sparql_query.default_graphs, sparql_query.named_graphs, sparql_query.prefixes)
    parts = (release, repr(around), *[item.name if item else "" for item in formats], sparql_query.query)
    return hashlib.blake2b("\0".join(parts).encode("utf-8"), digest_size=32).hexdigest()


def result_headers(whole: BufferedResult) -> list[tuple[str, str]]:
    """Return the headers that describe the body."""
    return [
        ("Content-Type", whole.answer.format.content_type),
        ("Content-Length", str(whole.size)),
        ("Repr-Digest", repr_digest(whole.sha256)),
    ]


def repr_digest(sha256: bytes) -> str:
    """Return what a client can hold its copy against (RFC 9530)."""
    return f"sha-256=:{b2a_base64(sha256, newline=False).decode('ascii')}:"


def fields_of_version(etag: str | None) -> list[tuple[str, str]]:
    """Return the headers that name this version of a result, and say whether parts of it can be asked for.

    That is so where it is the same each time.
    """
    return [("ETag", f'"{etag}"'), ("Accept-Ranges", "bytes")] if etag else [("Accept-Ranges", "none")]


def fields_of_read(release: str, etag: str | None, *, pinned: bool) -> list[tuple[str, str]]:
    """Return the headers of an answer, with or without its body. ``pinned``: the address names the release.

    ``etag`` is None where the result is another each time.
    """
    kept = "public, max-age=86400" if pinned and etag else "public, no-cache"
    # Another time is another release, which the address of one passes over.
    vary = "Accept" if pinned else "Accept, Accept-Datetime"
    return [*read_fields(release), *fields_of_version(etag), ("Cache-Control", kept), ("Vary", vary)]
