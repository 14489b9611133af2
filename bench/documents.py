"""Documents of a warm release, and `oxigraph serve` answering a DESCRIBE of the same: ``python -m bench.documents``.

Clients of wrk ask in turns of a second, each again as soon as it has its answer: for the document as curl asks, without
a content coding; as browsers and ``fetch()`` ask; for the 304 of a browser that has it; and the peer for its DESCRIBE.
A truth value of both, in the same turns, says how the machine treats the two: a busy one favours many threads.

With ``--cold``, what documents cost that nobody asked for before, in the release and beside invented triples.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from email.message import Message as Fields
from pathlib import Path
from typing import NamedTuple

import click

from bench.grown_release import entities_of, write_grown_release
from bench.load import ACCEPT, read_rate
from bench.pages import PageCost, current_manifest, measured
from bench.peers import peers, release_server
from bench.processes import descendants_time
from coopgraph.context import of_releases
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.iris import BASE
from coopgraph.settings import Settings

ENTITIES = (
    "org/paps",
    "org/kr-d4u-center",
    "law/kr-act-special-cases-sexual-crimes",
    "concept/service-type/counselling",
)
"""What is asked for, where the release has it: a middling body, the largest one, a law, a concept."""

TURNS = 7
"""Turns of each way; the middle one counts."""

WANTED = 0.02
"""Seconds of processor time that a document may take."""

_PLAIN = {"Accept": "application/ld+json"}
_BROWSER = {**_PLAIN, "Accept-Encoding": "gzip, deflate, br, zstd"}


class Way(NamedTuple):
    """A way of asking: bytes of a body, answers a second, and times those of what stands beside in the same turn.

    ``time``: seconds of processor time that the server takes for an answer.
    """

    size: int
    rate: float
    beside: float
    time: float


class Rates(NamedTuple):
    """What ``clients`` clients at once got for an entity.

    Its document as JSON-LD as it stands and ``coded``, the 304 for who has that, and the peer's DESCRIBE. ``truth``:
    ``ASK {}`` here, beside that of the peer.
    """

    entity: str
    clients: int
    document: Way
    coded: Way
    unchanged: Way
    described: Way
    truth: Way


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
            ways: list[tuple[str, Mapping[str, str]]] = [
                (document, _PLAIN),
                (document, _BROWSER),
                (document, {**_BROWSER, **conditions}),
                (f"{theirs}?{query}", {"Accept": "text/turtle"}),
                *((f"{server}?query=ASK%7B%7D", {"Accept": ACCEPT}) for server in (f"{ours}/sparql", theirs)),
            ]
            sizes = [_asked(address, fields)[2] for address, fields in ways]
            turns = [[_turn(address, fields, clients) for address, fields in ways] for _ in range(TURNS)]
            document_way, coded, unchanged, described = (_way(sizes[index], turns, index, 3) for index in range(4))
            yield Rates(entity, clients, document_way, coded, unchanged, described, _way(sizes[4], turns, 4, 5))


class _Turn(NamedTuple):
    """Answers a second in one turn, and the seconds of processor time that each took of the servers."""

    rate: float
    time: float


def _turn(address: str, fields: Mapping[str, str], clients: int) -> _Turn:
    """Ask for a second. Only one server is asked at a time, and its clients are gone when it has been."""
    before = descendants_time()
    rate = read_rate(address, fields, clients, 1)
    return _Turn(rate, (descendants_time() - before) / rate)


def _way(size: int, turns: list[list[_Turn]], index: int, other: int) -> Way:
    """Return the middle of the turns of a way, and of what each is beside the ``other`` way in the same turn."""
    return Way(
        size,
        statistics.median(turn[index].rate for turn in turns),
        statistics.median(turn[index].rate / turn[other].rate for turn in turns),
        statistics.median(turn[index].time for turn in turns),
    )


def cold_documents(triples: int, var: Path, every: int) -> tuple[PageCost, ...]:
    """Return what each document costs of one in ``every`` entities of the current release in ``var``, not asked before.

    ``triples`` invented ones lie beside it. Raises WrongUsage where there is no release.
    """
    manifest = current_manifest(var)
    addresses = [f"/doc/{name}.jsonld" for name in entities_of(manifest, var, f"{BASE}id/")][::every]
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as folder:
        write_grown_release(triples, manifest, var, Path(folder))
        return measured(of_releases(Settings(var=folder, workers=1)), addresses)


def _cold_row(triples: int, costs: Sequence[PageCost]) -> str:
    """Return a row of a table: middle, 90th percentile and most of all, of the web process and the query workers."""
    web = [cost.median * 1000 for cost in costs]
    engine = [statistics.median(cost.beside) * 1000 for cost in costs]
    whole = [sum(pair) for pair in zip(web, engine, strict=True)]
    cells = (
        f"{statistics.median(of):.1f}, {statistics.quantiles(of, n=10)[-1]:.1f}, {max(of):.1f}"
        for of in (web, engine, whole)
    )
    within = sum(time <= WANTED * 1000 for time in whole) / len(whole)
    return f"| {triples:,} | {len(costs)} | {' | '.join(cells)} | {within:.0%} |"


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
@click.option("--cold", multiple=True, type=int, help="Invented triples beside; what documents cost that are new.")
@click.option("--every", default=20, show_default=True, help="One in so many entities is asked for, with --cold.")
def main(var: Path, clients: int, cold: tuple[int, ...], every: int) -> None:
    """Measure the documents of the current release in VAR, and write a table in Markdown."""
    if cold:
        click.echo("| triples beside | documents | web process, ms | query worker, ms | both, ms | within 20 ms |")
        click.echo("| ---: | ---: | ---: | ---: | ---: | ---: |")
        for triples in cold:
            click.echo(_cold_row(triples, cold_documents(triples, var, every)))
        return
    click.echo(f"| {clients} clients | document | coded | 304 | DESCRIBE | document ÷ | coded ÷ | 304 ÷ | ASK ÷ ASK |")
    click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for rates in document_rates(var, clients):
        ways = (rates.document, rates.coded, rates.unchanged, rates.described)
        numbers = (f"{way.rate:,.0f} ({way.size:,} bytes, {way.time * 1e6:.0f} µs)" for way in ways)
        click.echo(
            f"| {' | '.join((rates.entity, *numbers, *(f'{way.beside:.1f}' for way in (*ways[:3], rates.truth))))} |"
        )


if __name__ == "__main__":
    main()
