"""Measure all peers in one run, side by side, so that what else the machine does meets all of them alike."""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from bench.load import ACCEPT, Load, client, press
from bench.peers import Running, elsewhere, peers
from bench.processes import memory
from bench.questions import TRIPLES_OF_A_BODY, QueryKind, query_kinds
from coopgraph.dataset.generator import generate
from coopgraph.model.iris import BASE
from coopgraph.settings import Settings

BARE = "pyoxigraph, bare"
"""The engine without a server."""

HEAVY_BEYOND = 1_000_000
"""Triples beyond which a heavy peer is left out."""

ROUNDS = 15
"""Most answers that are timed for one kind and one peer."""

PATIENT_FOR = 4.0
"""Seconds for one kind and one peer after which no further round begins (but there are always two)."""

CLIENTS = (1, 8, 64)
"""Numbers of clients under load."""

HOT_BELOW = 0.5
"""Seconds of a cold answer beyond which a peer is not asked for it by many at once.

What it would still compute for those who have gone meets the next peer's figures.
"""

LOAD_TIME = 3
"""Seconds of one load."""

TURNS = 9
TURN_TIME = 1
"""Loads of those that answer quickly, and seconds of each: they take turns, so that a slow moment meets all alike."""

IN_TURN_BELOW = 0.025
"""Seconds of a cold answer up to which a peer answers quickly."""

PAUSE = 0.2
"""Seconds after a load in which a peer may end what it still does for those who have gone."""

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""A query that takes longer than any server lets it."""

BenchProgress = Callable[[str], None]


@dataclass(slots=True)
class Cold:
    """Times in seconds of one kind at one peer, each for a text not asked before; ``rows`` of the first (-1: a graph).

    ``failed`` says why the peer gives no answer, where it gives none.
    """

    times: list[float] = field(default_factory=list)
    rows: int = -1
    failed: str = ""

    @property
    def median(self) -> float:
        """The median, not a number where there is none."""
        return statistics.median(self.times) if self.times else math.nan


@dataclass(slots=True)
class Measured:
    """All that was measured of one peer."""

    name: str
    version: str
    until_first: float | None
    cold: dict[str, Cold] = field(default_factory=dict)
    hot: dict[str, Load] = field(default_factory=dict)
    hot_lookup: list[Load] = field(default_factory=list)
    cold_lookup: list[Load] = field(default_factory=list)
    memory: int | None = None
    beside_long: Load | None = None
    """What one client got that asked ``ASK {}`` while as many long queries ran as may; of this program only.

    Others cannot end a query that has no end.
    """


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where and when it was made, what was left out and why, and the results, this program's first."""

    triples: int
    machine: str
    commit: str
    client: str
    load_before: float
    absent: Mapping[str, str]
    results: tuple[Measured, ...]


def run_bench(triples: int, var: Path, more: Sequence[tuple[str, str]], progress: BenchProgress) -> Run:
    """Measure with ``triples`` triples. ``more`` are servers that run already: names and endpoints."""
    known = peers(var)
    absent = {peer.name: peer.absent for peer in known if peer.absent}
    absent |= {peer.name: "too slow for this size" for peer in known if peer.heavy and triples > HEAVY_BEYOND}
    load_before = os.getloadavg()[0]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coopgraph-bench-")))
        data = folder / "data" / "data.nt"
        data.parent.mkdir()
        progress(f"generating {triples:,} triples")
        with data.open("w", encoding="utf-8") as stream:
            stream.writelines(generate(triples))
        running = []
        for peer in known:
            if peer.name not in absent:
                progress(f"starting {peer.name}")
                place = folder / peer.name.replace(" ", "-").replace(",", "")
                place.mkdir()
                try:
                    running.append(stack.enter_context(peer.start(data, place)))
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    absent[peer.name] = f"did not start: {error}"
        running += [stack.enter_context(elsewhere(name, address)) for name, address in more]
        bare = stack.enter_context(_bare(data))
        results = _measure(running, bare, triples, progress)
    return Run(triples, _machine(), _commit(), client(), load_before, absent, tuple(results))


def _measure(running: list[Running], bare: _Bare, triples: int, progress: BenchProgress) -> list[Measured]:
    results = {peer.name: Measured(peer.name, peer.version, peer.until_first) for peer in running}
    engine = Measured(BARE, importlib.metadata.version("pyoxigraph"), None)
    numbers = count(1)
    for kind in query_kinds():
        progress(f"cold: {kind.name}")
        _cold(kind, running, results, bare, engine, triples, numbers)
    # Before the others are asked by many at once, which some of them go on with for a while.
    ours = running[0]
    progress(f"beside long queries: {ours.name}")
    results[ours.name].beside_long = _beside_long(ours)
    for kind in query_kinds():
        progress(f"hot: {kind.name}")
        query = kind.asked(7, triples)
        times = {peer.name: results[peer.name].cold[kind.name] for peer in running}
        asked = [peer for peer in running if not times[peer.name].failed and times[peer.name].median < HOT_BELOW]
        for peer in asked:
            _timed(peer.address, query)
        quick = [peer for peer in asked if times[peer.name].median < IN_TURN_BELOW]
        for name, load in _loads(asked, quick, query, 8).items():
            results[name].hot[kind.name] = load
    lookup = query_kinds()[0]
    changing = lookup.text.replace("?body", f"<{BASE}id/org/body-{{body}}>") + "# {number}\n"
    bodies = max(1, triples // TRIPLES_OF_A_BODY)
    for clients in CLIENTS:
        progress(f"clients: {clients}")
        for name, load in _loads(running, running, lookup.asked(7, triples), clients).items():
            results[name].hot_lookup.append(load)
        for name, load in _loads(running, running, changing, clients, distinct=bodies).items():
            results[name].cold_lookup.append(load)
    for peer in running:
        results[peer.name].memory = memory(peer.process) if peer.process else None
    engine.memory = memory(bare.process)
    return [*results.values(), engine]


def _beside_long(peer: Running) -> Load:
    parts = urllib.parse.urlsplit(peer.address)
    with contextlib.ExitStack() as stack:
        for _ in range(Settings().workers):
            connection = stack.enter_context(contextlib.closing(http.client.HTTPConnection(parts.netloc)))
            connection.request("GET", f"{parts.path}?{urllib.parse.urlencode({'query': ENDLESS})}")
        # Their time in the quick lane is over by then.
        time.sleep(1)
        return press(peer.address, "ASK {} # {number}\n", 1, LOAD_TIME, distinct=1)


def _loads(
    running: Sequence[Running], quick: Sequence[Running], query: str, clients: int, *, distinct: int = 0
) -> dict[str, Load]:
    """Return what ``clients`` clients got from each peer; from ``quick`` ones in the middle one of some turns."""
    loads: dict[str, list[Load]] = {peer.name: [] for peer in running}
    for turn in range(TURNS):
        for peer in running:
            if peer in quick or turn == 0:
                seconds = TURN_TIME if peer in quick else LOAD_TIME
                loads[peer.name].append(press(peer.address, query, clients, seconds, distinct=distinct))
                time.sleep(PAUSE)
    return {name: _middle(of) for name, of in loads.items()}


def _middle(loads: Sequence[Load]) -> Load:
    """Return the load of the middle rate, with the failures of all."""
    by_rate = sorted(loads, key=lambda load: load.rate)
    failed = sum(load.failed for load in loads)
    return replace(by_rate[len(by_rate) // 2], failed=failed, rates=tuple(load.rate for load in loads))


def _cold(
    kind: QueryKind,
    running: list[Running],
    results: Mapping[str, Measured],
    bare: _Bare,
    engine: Measured,
    triples: int,
    numbers: Iterator[int],
) -> None:
    engine.cold[kind.name] = Cold()
    for peer in running:
        results[peer.name].cold[kind.name] = Cold()
    for turn in range(ROUNDS):
        query = kind.asked(next(numbers), triples)
        for peer in running:
            cold = results[peer.name].cold[kind.name]
            if not cold.failed and (turn < 2 or sum(cold.times) < PATIENT_FOR):
                _time_once(peer.address, query, cold)
        cold = engine.cold[kind.name]
        if turn < 2 or sum(cold.times) < PATIENT_FOR:
            seconds, _, rows = bare.ask(query)
            if not cold.times:
                cold.rows = int(rows)
            cold.times.append(seconds)


def _time_once(address: str, query: str, cold: Cold) -> None:
    try:
        seconds, body = _timed(address, query)
    except (OSError, http.client.HTTPException, ValueError) as error:
        cold.failed = str(error) or type(error).__name__
        return
    if not cold.times:
        cold.rows = _rows(body)
    cold.times.append(seconds)


def _timed(address: str, query: str) -> tuple[float, bytes]:
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    connection.connect()
    path = f"{parts.path}?{urllib.parse.urlencode({'query': query})}"
    start = time.perf_counter()
    connection.request("GET", path, headers={"Accept": ACCEPT})
    reply = connection.getresponse()
    body = reply.read()
    seconds = time.perf_counter() - start
    connection.close()
    if reply.status != http.client.OK:
        raise ValueError(f"status {reply.status}")
    return seconds, body


def _rows(body: bytes) -> int:
    if not body.lstrip().startswith(b"{"):
        return -1
    results = json.loads(body).get("results")
    return len(results["bindings"]) if results else -1


class _Bare:
    """The engine's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.process = process.pid

    def ask(self, query: str) -> list[float]:
        """Return seconds, bytes, rows."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(query) + "\n")
        self._process.stdin.flush()
        answer: list[float] = json.loads(self._process.stdout.readline())
        return answer


@contextlib.contextmanager
def _bare(data: Path) -> Iterator[_Bare]:
    command = [sys.executable, str(Path(__file__).with_name("bare.py")), str(data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield _Bare(process)
        process.terminate()


def _machine() -> str:
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores, {size / 1024**3:.0f} GiB memory, Python {platform.python_version()}"


def _commit() -> str:
    said = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
