"""An answer is brought into the content coding that its client asks for, with length and digest of its own."""

from __future__ import annotations

import base64
import gzip
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from coopgraph.http.content_coding import CODINGS
from coopgraph.web.common.compression import CODED_IN_MEMORY, LEAST, ContentCoding

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    "": bytes,
}


def answering(body: bytes, media_type: str = "text/turtle", **headers: str) -> Client:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = [("Content-Type", media_type), ("Content-Length", str(len(body))), ("ETag", '"e"')]
        start_response("200 OK", given + [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [body[:5], body[5:]]

    return Client(ContentCoding(application))


@given(st.binary(min_size=LEAST, max_size=5000) | st.binary(max_size=20), st.sampled_from(["", *CODINGS]))
def test_what_is_unpacked_is_what_was_given_and_length_and_digest_are_those_of_what_is_sent(
    body: bytes, coding: str
) -> None:
    reply = answering(body, Repr_Digest="sha-256=:x:").get("/", headers={"Accept-Encoding": coding})
    used = reply.headers.get("Content-Encoding", "")
    assert used == (coding if len(body) >= LEAST else "")
    assert DECODE[used](reply.data) == body
    assert int(reply.headers["Content-Length"]) == len(reply.data)
    if used:
        digest = base64.b64encode(hashlib.sha256(reply.data).digest()).decode()
        assert reply.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert reply.headers["ETag"] == (f'"e-{used}"' if used else '"e"')
    assert reply.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_large_answer_is_the_same_through_a_file(coding: str) -> None:
    body = b"<s> <p> <o> .\n" * (CODED_IN_MEMORY // 10)
    reply = answering(body).get("/", headers={"Accept-Encoding": coding})
    assert DECODE[coding](reply.data) == body
    assert int(reply.headers["Content-Length"]) == len(reply.data) < len(body)


def test_a_short_answer_is_packed_only_for_those_who_refuse_it_plain() -> None:
    assert "Content-Encoding" not in answering(b"short").get("/", headers={"Accept-Encoding": "gzip"}).headers
    reply = answering(b"short").get("/", headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert gzip.decompress(reply.data) == b"short"


@pytest.mark.parametrize(
    ("media_type", "packed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/sparql-results+json", True),
        ("application/rdf+xml", True),
        ("application/n-quads", True),
        ("application/vnd.apache.parquet", False),
        ("application/gzip", False),
        ("image/png", False),
    ],
)
def test_only_what_shrinks_is_packed(media_type: str, packed: bool) -> None:
    reply = answering(b"x" * 5000, media_type).get("/", headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in reply.headers) is packed


@pytest.mark.parametrize("headers", [{}, {"Accept_Ranges": "bytes"}, {"Accept_Ranges": "none"}])
def test_what_can_be_had_in_parts_is_packed_like_anything_else_when_it_is_asked_for_whole(
    headers: dict[str, str],
) -> None:
    reply = answering(b"x" * 5000, **headers).get("/", headers={"Accept-Encoding": "zstd"})
    assert reply.headers["ETag"] == '"e-zstd"'


@pytest.mark.parametrize("headers", [{"Content_Range": "bytes 0-4999/9000"}, {"Content_Encoding": "gzip"}])
def test_parts_and_what_is_packed_already_stay_as_they_are(headers: dict[str, str]) -> None:
    reply = answering(b"x" * 5000, **headers).get("/", headers={"Accept-Encoding": "zstd"})
    assert reply.data == b"x" * 5000
    assert reply.headers["ETag"] == '"e"'
    assert "Vary" not in reply.headers


def test_where_there_is_no_room_for_a_compressed_copy_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    client = answering(b"x" * (CODED_IN_MEMORY + 1))
    assert client.get("/", headers={"Accept-Encoding": "gzip"}).status_code == 507
    assert client.get("/").status_code == 200
