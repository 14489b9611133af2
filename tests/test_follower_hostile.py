"""A copy that follows a hostile service: nothing outside of its folder is written, and everything comes to an end."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from coopgraph import follower
from coopgraph.errors import OurFault
from coopgraph.follower import COPY, STATE, Follower
from coopgraph.model.release_folder import ADDED, DUMP, REMOVED

FIRST, SECOND, THIRD = (f"2026-01-0{day}-0000000{day}" for day in (1, 2, 3))
LINE = b"<urn:s> <urn:p> <urn:o> .\n"
Answers = dict[str, bytes]


@pytest.fixture
def hostile() -> Iterator[Callable[[Answers], str]]:
    """Serve these answers by their paths, and return the address."""
    servers: list[ThreadingHTTPServer] = []

    def served(answers: Answers) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = answers.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Write nothing."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


def entry(file: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(file).hexdigest(), "bytes": len(file), "media_type": ""}


def manifest(dump: bytes, name: str = FIRST, *, plain: bytes = b"", **more: Any) -> bytes:
    counts = dict.fromkeys(("triples", "claims", "citations", "warnings", "added", "removed"), 0)
    texts = dict.fromkeys(("created", "message", "software"), "")
    whole = hashlib.sha256(plain).hexdigest()
    held: dict[str, Any] = {"id": name, "previous": None, "canonical_hash": whole, "graphs": {}, "default_graph": []}
    return json.dumps({**counts, **texts, **held, "files": {DUMP: entry(dump)}, **more}).encode()


def follow(url: str, into: Path) -> None:
    Follower(url, into).follow(lambda activity: None)


def files(folder: Path) -> set[str]:
    return {str(place.relative_to(folder)) for place in folder.rglob("*") if place.is_file()}


@pytest.mark.parametrize(
    "name", ["../../outside", "/{outside}", "2026-01-01-00000001/../../x", "a\x1b[2Jb", 5, None, ["a"]]
)
def test_the_name_of_a_release_leads_nowhere(hostile: Callable[[Answers], str], tmp_path: Path, name: Any) -> None:
    name = name.format(outside=tmp_path / "outside") if isinstance(name, str) else name
    dump = gzip.compress(LINE)
    answers = {"/releases/current": manifest(dump, name, plain=LINE), f"/releases/{name}/dump.nq.gz": dump}
    with pytest.raises(OurFault):
        follow(hostile(answers), tmp_path / "deep" / "copy")
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"[" * 100_000, b"\xff", b"{" + b" " * 2**26 + b"}", manifest(b"", files={"dump.nq.gz": {}})],
    ids=["empty", "list", "deep", "not UTF-8", "long", "no sizes"],
)
def test_a_manifest_that_is_none_is_told(hostile: Callable[[Answers], str], tmp_path: Path, document: bytes) -> None:
    with pytest.raises(OurFault, match="does not answer as one with a change feed"):
        follow(hostile({"/releases/current": document}), tmp_path / "copy")


@pytest.mark.parametrize("plain", [b"\n" * 20_000_000, b"x" * 2_000_000], ids=["many lines", "one line"])
def test_a_file_that_expands_without_end_is_broken_off(
    hostile: Callable[[Answers], str], tmp_path: Path, plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_MOST_EXPANSION", 2)
    monkeypatch.setattr(follower, "_LONGEST_LINE", 1_000_000)
    dump = gzip.compress(plain)
    answers = {"/releases/current": manifest(dump, plain=plain), f"/releases/{FIRST}/dump.nq.gz": dump}
    with pytest.raises(OurFault, match="not what its manifest says"):
        follow(hostile(answers), tmp_path)
    assert COPY not in files(tmp_path)


def test_releases_before_each_other_are_no_way(hostile: Callable[[Answers], str], tmp_path: Path) -> None:
    dump = gzip.compress(LINE)
    second, third = (
        manifest(dump, name, plain=LINE, previous=before) for name, before in ((SECOND, THIRD), (THIRD, SECOND))
    )
    answers = {f"/releases/{SECOND}": second, "/releases/current": third, f"/releases/{THIRD}/dump.nq.gz": dump}
    (tmp_path / STATE).write_text(json.dumps({"release": FIRST}))
    follow(hostile(answers), tmp_path)
    assert (tmp_path / COPY).read_bytes() == LINE


@pytest.mark.parametrize(
    "feed", [b"[]", b"{", b'{"tree:view":[]}', b'{"tree:view":{"tree:relation":[{"tree:node":{"@id":5}}]}}']
)
def test_a_feed_that_is_none_is_told(hostile: Callable[[Answers], str], tmp_path: Path, feed: bytes) -> None:
    added, removed = gzip.compress(LINE), gzip.compress(b"")
    step = manifest(b"", SECOND, plain=LINE, previous=FIRST, files={ADDED: entry(added), REMOVED: entry(removed)})
    answers = {"/releases/current": step, "/feed": feed}
    answers |= {f"/releases/{SECOND}/{ADDED}": added, f"/releases/{SECOND}/{REMOVED}": removed}
    (tmp_path / STATE).write_text(json.dumps({"release": FIRST}))
    (tmp_path / COPY).write_bytes(b"")
    with pytest.raises(OurFault, match="does not answer as one with a change feed"):
        follow(hostile(answers), tmp_path)
    assert (tmp_path / COPY).read_bytes() == LINE
