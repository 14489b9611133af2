"""A federation beside one machine: RDF4J's FedX over three servers, each with a shard, one RDF4J, and this service.

Run as ``python -m bench.federation --triples 50000``. A release of invented data is pushed to the servers, each a
process of its own with its data in memory, and all are asked through the stores that ``serve --endpoint`` asks.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import math
import os
import statistics
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from bench.peers import free_port, started
from bench.processes import memory
from bench.questions import query_kinds
from coopgraph.dataset.generator import generate
from coopgraph.errors import CoopgraphError
from coopgraph.model import release_folder
from coopgraph.model.iris import graph_iri
from coopgraph.model.release import Manifest, ReleaseFile, ReleaseId
from coopgraph.publishing.push import push
from coopgraph.publishing.push_addresses import find
from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.protocol import Choice, Store
from coopgraph.store.registry.endpoint_store import EndpointStore
from coopgraph.store.registry.opening import EngineConfiguration, open_release
from coopgraph.store.sparql_http.client import SparqlHttpClient

MEMBERS = 3
"""Servers of the federation that have a shard each."""

ROUNDS = 5
"""Times that a kind of question is asked, each time with another text."""

LONGEST = 20.0
"""Seconds after which a question is given up, and its kind not asked again, where nothing else is said."""

ENGINE = EngineConfiguration(workers=1, waiting=1, memory=4 * 1024**3)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "coopgraph"

_CHOICE = Choice(formats.TSV, formats.JSON, formats.N_TRIPLES)
_CONFIG = """
@prefix config: <tag:rdf4j.org,2023:config/> .
@prefix fedx: <http://rdf4j.org/config/federation#> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
[] a config:Repository ; config:rep.id "graph" ; config:rep.impl [ %s ] .
"""
_SAIL = 'config:rep.type "openrdf:SailRepository" ; config:sail.impl [ config:sail.type "openrdf:MemoryStore" ]'


@dataclass(slots=True)
class StoreCost:
    """What a store costs: seconds until it was filled, bytes of its processes, seconds and rows of questions by kind.

    A kind without seconds was given up; ``given_up`` says why.
    """

    fill: float
    processes: tuple[int, ...]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)


def invented_release(triples: int, var: Path) -> Manifest:
    """Write a release with a dump of ``triples`` invented statements in one graph, and little else."""
    graph, name = graph_iri("records"), ReleaseId("2026-01-01-00000000")
    dump = var / release_folder.RELEASES / name / release_folder.DUMP
    dump.parent.mkdir(parents=True)
    digest = hashlib.sha256()
    with gzip.open(dump, "wb", compresslevel=1) as packed:
        for line in generate(triples):
            quad = f"{line.rstrip()[:-1].rstrip()} <{graph}> .\n".encode()
            digest.update(quad)
            packed.write(quad)
    context = dump.parent / release_folder.CONTEXT
    context.parent.mkdir()
    context.write_text('{"@context": {}}\n', encoding="utf-8")
    manifest = Manifest(
        id=name,
        created="2026-01-01T00:00:00Z",
        message="",
        previous=None,
        software="",
        canonical_hash=digest.hexdigest(),
        graphs={graph: triples},
        default_graph=(graph,),
        triples=triples,
        claims=0,
        citations=0,
        warnings=0,
        added=triples,
        removed=0,
        files={
            release_folder.DUMP: _listed(dump, "application/gzip"),
            release_folder.CONTEXT: _listed(context, "application/ld+json"),
        },
    )
    dump.with_name(release_folder.MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _listed(place: Path, media_type: str) -> ReleaseFile:
    held = place.read_bytes()
    return ReleaseFile(hashlib.sha256(held).hexdigest(), len(held), media_type)


@contextlib.contextmanager
def _server(folder: Path, kind: str) -> Iterator[tuple[str, int]]:
    """Run an RDF4J Server with one repository; gives its address and the process."""
    port = free_port()
    program = max(CACHE.glob("jetty-runner-9.*.jar"), default=None)
    archive = max(CACHE.glob("rdf4j-http-server-5.*.war"), default=None)
    if program is None or archive is None:
        raise click.ClickException(f"there is no RDF4J in {CACHE} (.ci/run gets it)")
    command = ["java", "-Xmx2g", f"-Dorg.eclipse.rdf4j.appdata.basedir={folder}", "-jar", str(program)]
    server = f"http://127.0.0.1:{port}"
    with started(
        [*command, "--host", "127.0.0.1", "--port", str(port), str(archive)], folder, f"{server}/protocol"
    ) as (process, _):
        address = f"{server}/repositories/graph"
        body, headers = (_CONFIG % kind).encode(), {"Content-Type": "text/turtle"}
        request = urllib.request.Request(address, body, headers, method="PUT")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).close()
        yield address, process


@contextlib.contextmanager
def _rdf4j(
    var: Path, manifest: Manifest, folder: Path, members: int, longest: float
) -> Iterator[tuple[Store, StoreCost]]:
    """Run one RDF4J, or a federation over ``members``, that has the release; gives its store, not yet asked.

    The federation gives a query up after ``longest`` seconds itself: until then it holds the threads of all others.
    """
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_server(folder / f"member-{number}", _SAIL)) for number in range(members)]
        begun = time.monotonic()
        push(var, manifest, *(find(address, SparqlHttpClient(address, None)) for address, _ in servers))
        seconds = time.monotonic() - begun
        if members > 1:
            places = ", ".join(f'[ fedx:store "SPARQLEndpoint" ; sd:endpoint <{address}> ]' for address, _ in servers)
            limit = f"fedx:config [ fedx:enforceMaxQueryTime {math.ceil(longest)} ]"
            kind = f'config:rep.type "fedx:FedXRepository" ; fedx:member {places} ; {limit}'
            servers.append(stack.enter_context(_server(folder / "federation", kind)))
        registry = EndpointStore(servers[-1][0], ENGINE, None)
        stack.callback(registry.close)
        yield registry.store(manifest.id), StoreCost(seconds, tuple(process for _, process in servers))


@contextlib.contextmanager
def _embedded(var: Path, manifest: Manifest) -> Iterator[tuple[Store, StoreCost]]:
    begun = time.monotonic()
    with contextlib.closing(open_release(var, manifest, ENGINE)) as store:
        b"".join(store.answer(SparqlQuery("ASK { ?s ?p ?o }"), _CHOICE, timeout=LONGEST).chunks)
        yield store, StoreCost(time.monotonic() - begun, (os.getpid(),))


def ask(store: Store, cost: StoreCost, triples: int, rounds: int, longest: float = LONGEST) -> None:
    """Ask all kinds of questions ``rounds`` times, and note in ``cost`` what they take and how many rows they have.

    A kind is given up with the first question that takes more than ``longest`` seconds.
    """
    for kind in query_kinds():
        for number in range(rounds):
            begun = time.monotonic()
            try:
                query = SparqlQuery(kind.asked(number, triples))
                answer = store.answer(query, _CHOICE, timeout=longest)
                count = sum(chunk.count(b"\n") for chunk in answer.chunks)
            except CoopgraphError as error:
                cost.given_up[kind.name] = type(error).__name__
                break
            cost.seconds.setdefault(kind.name, []).append(time.monotonic() - begun)
            cost.rows.setdefault(kind.name, []).append(count)


def table(costs: Mapping[str, StoreCost], memories: Mapping[str, int]) -> str:
    """Return the costs as a table in Markdown: medians in milliseconds."""
    first = next(iter(costs.values()))
    lines = [f"|  | {' | '.join(costs)} |", f"| --- |{' ---: |' * len(costs)}"]
    lines.append(f"| filled, s | {' | '.join(f'{cost.fill:.1f}' for cost in costs.values())} |")
    lines.append(f"| memory of all processes, MiB | {' | '.join(f'{memories[n] / 2**20:,.0f}' for n in costs)} |")
    for kind in query_kinds():
        cells = []
        for cost in costs.values():
            if kind.name in cost.given_up:
                cells.append(f"given up ({cost.given_up[kind.name]})")
                continue
            other = "" if Counter(cost.rows[kind.name]) == Counter(first.rows[kind.name]) else " (other rows)"
            cells.append(f"{statistics.median(cost.seconds[kind.name]) * 1000:,.1f}{other}")
        lines.append(f"| {kind.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


@click.command()
@click.option("--triples", default=50_000, show_default=True)
@click.option("--rounds", default=ROUNDS, show_default=True)
@click.option("--longest", default=LONGEST, show_default=True, help="Seconds after which a question is given up.")
def main(triples: int, rounds: int, longest: float) -> None:
    """Measure, and write a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as place:
        var = Path(place) / "var"
        manifest = invented_release(triples, var)
        costs: dict[str, StoreCost] = {}
        memories: dict[str, int] = {}
        for name, running in (
            ("this service", _embedded(var, manifest)),
            ("one RDF4J", _rdf4j(var, manifest, Path(place) / "one", 1, longest)),
            (f"FedX over {MEMBERS}", _rdf4j(var, manifest, Path(place) / "federation", MEMBERS, longest)),
        ):
            click.echo(f"{name} …", err=True)
            with running as (store, cost):
                click.echo(f"filled in {cost.fill:.1f} s", err=True)
                ask(store, cost, triples, rounds, longest)
                costs[name] = cost
                memories[name] = sum(memory(process) or 0 for process in cost.processes)
        click.echo(f"{triples:,} triples; load of the machine at the end {os.getloadavg()[0]:.1f}\n")
        click.echo(table(costs, memories))


if __name__ == "__main__":
    main()
