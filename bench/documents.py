"""Documents of a warm release, and `oxigraph serve` answering a DESCRIBE of the same: ``python -m bench.documents``.

Clients of wrk ask in turns of a second, each again as soon as it has its answer: for the document as curl asks, without
a content coding; as browsers and ``fetch()`` ask; for the 304 of a browser that has it; and the peer for its DESCRIBE.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from email.message import Message as Fields
from pathlib import Path
from typing import NamedTuple

import click

from bench.load import read_rate
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

_PLAIN = {"Accept": "application/ld+json"}
_BROWSER = {**_PLAIN, "Accept-Encoding": "gzip, deflate, br, zstd"}


class Way(NamedTuple):
    """A way of asking for an entity: bytes of a body, answers a second, and beside the peer's DESCRIBE."""

    size: int
    rate: float
    beside: float


class Rates(NamedTuple):
    """What ``clients`` clients at once got for an entity.

    Its document as JSON-LD as it stands and ``coded``, the 304 for who has that, and the peer's DESCRIBE.
    """

    entity: str
    clients: int
    document: Way
    coded: Way
    unchanged: Way
    described: Way


def document_rates(var: Path, clients: int) -> Iterator[Rates]:
    """Yield the rates for each entity of the current release in ``var``. Raises WrongUsage where something lacks."""
    release = release_folder.current(var)
    (peer,) = [peer for peer in peers(var) if peer.name == "oxigraph serve, memory"]
    if release is None or peer.absent or not shutil.which("wrk"):
        raise WrongUsage(
            Message("There is no release whose documents could be measured, or no oxigraph or wrk beside it."),
            Message("`coopgraph build`; `pip install oxigraph`; wrk is a package of most systems."),
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
            status, head, _ = _asked(document, _BROWSER)
            if status != 200:
                continue
            conditions = {"If-None-Match": head["ETag"], "If-Modified-Since": head["Last-Modified"]}
            query = urllib.parse.urlencode({"query": f"DESCRIBE <{BASE}id/{entity}>"})
            ways = (
                (document, _PLAIN),
                (document, _BROWSER),
                (document, {**_BROWSER, **conditions}),
                (f"{theirs}?{query}", {"Accept": "text/turtle"}),
            )
            sizes = [_asked(address, fields)[2] for address, fields in ways]
            turns = [[read_rate(address, fields, clients, 1) for address, fields in ways] for _ in range(TURNS)]
            yield Rates(entity, clients, *(_way(size, turns, index) for index, size in enumerate(sizes)))


def _way(size: int, turns: list[list[float]], index: int) -> Way:
    """Return the middle of the turns of a way, and of what each is beside the last way in the same turn."""
    return Way(
        size,
        statistics.median(turn[index] for turn in turns),
        statistics.median(turn[index] / turn[-1] for turn in turns),
    )


def _asked(address: str, fields: Mapping[str, str]) -> tuple[int, Fields, int]:
    """Return the status of an answer, its header fields and the bytes of its body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=dict(fields))) as answer:
            return answer.status, answer.headers, len(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, len(error.read())


@click.command()
@click.option("--var", default="var", show_default=True, type=click.Path(path_type=Path))
@click.option("--clients", default=8, show_default=True, help="How many ask at once.")
def main(var: Path, clients: int) -> None:
    """Measure the documents of the current release in VAR, and write a table in Markdown."""
    click.echo(f"| {clients} clients | document | coded | 304 | DESCRIBE, oxigraph | document ÷ | coded ÷ | 304 ÷ |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for rates in document_rates(var, clients):
        ways = (rates.document, rates.coded, rates.unchanged, rates.described)
        numbers = (f"{way.rate:,.0f} ({way.size:,} bytes)" for way in ways)
        click.echo(f"| {' | '.join((rates.entity, *numbers, *(f'{way.beside:.1f}' for way in ways[:3])))} |")


if __name__ == "__main__":
    main()
