"""Documents of a warm release, and `oxigraph serve` answering a DESCRIBE of the same: ``python -m bench.documents``.

Each is asked in turns by the same client, one connection that asks again as soon as it has its answer; a turn lasts a
second. The client reads no more than an answer's length, so that most of the time is the server's.
"""

from __future__ import annotations

import gzip
import re
import socket
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import click

from bench.peers import peers, release_server
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE

ENTITIES = (
    "org/paps",
    "org/kr-d4u-center",
    "law/kr-act-special-cases-sexual-crimes",
    "concept/service-type/counselling",
)
"""What is asked for, where the release has it: a middling body, the largest one, a law, a concept."""

TURNS = 7
"""Turns of each way; the middle one counts."""

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_TAG = re.compile(rb'etag:\s*("[^"]*")', re.IGNORECASE)


class Rates(NamedTuple):
    """Answers a second for an entity: its document as JSON-LD, 304 for who has it, and the peer's DESCRIBE."""

    entity: str
    document: float
    unchanged: float
    described: float


def document_rates(var: Path) -> Iterator[Rates]:
    """Yield the rates for each entity of the current release in ``var``. Raises WrongUsage where something lacks."""
    release = release_folder.current(var)
    (peer,) = [peer for peer in peers(var) if peer.name == "oxigraph serve, memory"]
    if release is None or peer.absent:
        raise WrongUsage(
            Message("There is no release whose documents could be measured, or no oxigraph beside it."),
            Message("`coopgraph build`; `pip install oxigraph`."),
        )
    dump = release_folder.file(var, release, release_folder.DUMP)
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as folder, ExitStack() as stack:
        data = Path(folder) / "data.nt"
        with gzip.open(dump) as quads, data.open("wb") as lines:
            lines.writelines(b"%b .\n" % line.rpartition(b" <")[0] for line in quads)
        ours = stack.enter_context(release_server(var, Path(folder) / "ours"))
        theirs = stack.enter_context(peer.start(data, Path(folder) / "theirs")).address
        for entity in ENTITIES:
            document = f"{ours}/doc/{entity}.jsonld"
            head, _ = _asked(document, "application/ld+json")
            if not head.startswith(b"HTTP/1.1 200"):
                continue
            tag = _TAG.search(head)
            assert tag
            query = urllib.parse.urlencode({"query": f"DESCRIBE <{BASE}id/{entity}>"})
            ways = (
                _request(document, "application/ld+json"),
                _request(document, "application/ld+json", f"If-None-Match: {tag[1].decode()}\r\n"),
                _request(f"{theirs}?{query}", "text/turtle"),
            )
            addresses = (document, document, theirs)
            turns = [[_rate(address, way) for address, way in zip(addresses, ways, strict=True)] for _ in range(TURNS)]
            yield Rates(entity, *(statistics.median(turn[way] for turn in turns) for way in range(3)))


def _request(address: str, accept: str, more: str = "") -> bytes:
    parts = urllib.parse.urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n{more}\r\n".encode()


def _asked(address: str, accept: str) -> tuple[bytes, int]:
    with _connected(address) as connection:
        return _answer(connection, _request(address, accept))


def _rate(address: str, request: bytes) -> float:
    """Return how many answers came in a second."""
    with _connected(address) as connection:
        _answer(connection, request)
        number, begun = 0, time.perf_counter()
        while (now := time.perf_counter()) < begun + 1:
            _answer(connection, request)
            number += 1
        return number / (now - begun)


def _connected(address: str) -> socket.socket:
    host, _, port = urllib.parse.urlsplit(address).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def _answer(connection: socket.socket, request: bytes) -> tuple[bytes, int]:
    """Send a request; return the head of its answer and the size of its body, in one piece or in chunks."""
    connection.sendall(request)
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += connection.recv(1 << 18)
    head = received[:end]
    length = _LENGTH.search(head)
    if length is None and b" 304 " not in head[:16]:
        while not received.endswith(b"0\r\n\r\n"):
            received += connection.recv(1 << 18)
        return head, len(received) - end - 4
    size = int(length[1]) if length and b" 304 " not in head[:16] else 0
    rest = size - (len(received) - end - 4)
    while rest > 0:
        rest -= len(connection.recv(1 << 18))
    return head, size


@click.command()
@click.option("--var", default="var", show_default=True, type=click.Path(path_type=Path))
def main(var: Path) -> None:
    """Measure the documents of the current release in VAR, and write a table in Markdown."""
    click.echo("| entity | document | 304 | DESCRIBE, oxigraph | document ÷ | 304 ÷ |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: |")
    for rates in document_rates(var):
        times = (rates.document / rates.described, rates.unchanged / rates.described)
        numbers = (f"{number:,.0f}" for number in rates[1:])
        click.echo(f"| {' | '.join((rates.entity, *numbers, *(f'{number:.1f}' for number in times)))} |")


if __name__ == "__main__":
    main()
