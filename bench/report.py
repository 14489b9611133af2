"""A run as Markdown for people, and as JSON for programs."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from http import HTTPStatus

from bench.harness import BARE, Measured, Run
from bench.load import Load
from bench.pages import PageCost
from coopgraph.settings import Settings


def as_json(run: Run) -> str:
    """Return all figures, times in seconds and memory in bytes."""
    return json.dumps(asdict(run), indent=2, ensure_ascii=False) + "\n"


def pages_as_json(costs: Sequence[PageCost]) -> str:
    """Return what pages cost, times in seconds of processor time."""
    return json.dumps([asdict(cost) for cost in costs], indent=2, ensure_ascii=False) + "\n"


def as_markdown(run: Run) -> str:
    """Return the tables; times in milliseconds, memory in MiB."""
    servers = [result for result in run.results if result.name != BARE]
    return "\n".join(
        (
            f"## {run.triples:,} triples",
            "",
            f"Commit {run.commit}; {run.machine}; load of the machine before the run {run.load_before:.1f}; "
            f"clients by {run.client}. Budget for the data in memory of {servers[0].name}: "
            f"{Settings().memory_budget / 1024**2:,.0f} MiB in all processes; beyond it data are on disk.",
            *(f"Left out: {name} ({why})." for name, why in run.absent.items()),
            "",
            *_table(("", *(f"{item.name} {item.version}" for item in run.results)), _general(run.results)),
            "",
            "Cold, one client: a query text that was not asked before. Median, then the slowest, in ms.",
            "",
            *_table(("", *(item.name for item in run.results)), _cold(run.results)),
            "",
            f"As ratios: the other's time divided by that of {servers[0].name}; above 1 this service is faster.",
            "",
            *_table(("", *(item.name for item in run.results[1:])), _cold_ratios(run.results)),
            "",
            "Hot, 8 clients: the same query again and again. Answers a second.",
            "",
            *_table(("", *(item.name for item in servers)), _hot(servers)),
            "",
            f"As ratios: answers a second of {servers[0].name} divided by the other's; the median over the turns "
            "that they took.",
            "",
            *_table(("", *(item.name for item in servers[1:])), _hot_ratios(servers)),
            "",
            "Point lookup by number of clients: answers a second, then median and 99th percentile in ms.",
            "",
            *_table(("", *(item.name for item in servers)), _clients(servers)),
            "",
            "As ratios, in the same way.",
            "",
            *_table(("", *(item.name for item in servers[1:])), _client_ratios(servers)),
            "",
        )
    )


def pages_as_markdown(costs: Sequence[PageCost]) -> str:
    """Return the table of what pages cost; times in milliseconds of processor time."""
    rows = (
        (
            f"`{cost.address}`" + ("" if cost.status == HTTPStatus.OK else f" ({cost.status})"),
            _number(cost.size / 1024, 0),
            str(cost.round_trips),
            _number(cost.median * 1000, 1),
            _number(min(cost.times) * 1000, 1),
            _number(statistics.median(cost.beside) * 1000, 1),
        )
        for cost in costs
    )
    head = ("", "KiB", "SPARQL round trips", "median, ms", "least, ms", "processes beside, median, ms")
    return "\n".join((*_table(head, rows), ""))


def _general(results: Sequence[Measured]) -> Iterable[Sequence[str]]:
    yield ("first answer after start, s", *(_number(item.until_first or math.nan, 1) for item in results))
    yield (
        "memory of all processes at the end, MiB",
        *(_number(item.memory / 1024**2 if item.memory else math.nan, 0) for item in results),
    )
    yield (
        "`ASK {}` while as many long queries run as may: answers a second, median and 99th percentile in ms",
        *(_load(item.beside_long) if item.beside_long else "–" for item in results),
    )


def _cold(results: Sequence[Measured]) -> Iterable[Sequence[str]]:
    for kind in results[0].cold:
        expected = next((item.cold[kind].rows for item in results if item.name == BARE), -1)
        yield (kind, *(_cold_cell(item, kind, expected) for item in results))


def _cold_cell(result: Measured, kind: str, expected: int) -> str:
    cold = result.cold[kind]
    if cold.failed:
        return "failed"
    times = f"{_number(cold.median * 1000, 2)}; {_number(max(cold.times) * 1000, 2)}"
    return times + ("" if cold.rows == expected else f" ({cold.rows} rows, not {expected})")


def _cold_ratios(results: Sequence[Measured]) -> Iterable[Sequence[str]]:
    ours, *others = results
    for kind, cold in ours.cold.items():
        yield (kind, *(_number(item.cold[kind].median / cold.median, 2) for item in others))


def _hot_ratios(servers: Sequence[Measured]) -> Iterable[Sequence[str]]:
    ours, *others = servers
    for kind, load in ours.hot.items():
        theirs = (item.hot.get(kind) for item in others)
        yield (kind, *(_number(load.beside(other) if other else math.nan, 2) for other in theirs))


def _hot(servers: Sequence[Measured]) -> Iterable[Sequence[str]]:
    for kind in servers[0].cold:
        yield (kind, *(_rate(item.hot.get(kind)) for item in servers))


def _clients(servers: Sequence[Measured]) -> Iterable[Sequence[str]]:
    for name, loads in _lookups(servers):
        yield (name, *map(_load, loads))


def _client_ratios(servers: Sequence[Measured]) -> Iterable[Sequence[str]]:
    for name, (ours, *others) in _lookups(servers):
        yield (name, *(_number(ours.beside(other), 2) for other in others))


def _lookups(servers: Sequence[Measured]) -> Iterable[tuple[str, tuple[Load, ...]]]:
    ways: tuple[tuple[str, Callable[[Measured], list[Load]]], ...] = (
        ("hot", lambda item: item.hot_lookup),
        ("cold", lambda item: item.cold_lookup),
    )
    for way, of in ways:
        for loads in zip(*map(of, servers), strict=True):
            yield f"{way}, {loads[0].clients}", loads


def _rate(load: Load | None) -> str:
    if load is None:
        return "–"
    return _number(load.rate, 0) + (f" ({load.failed} failed)" if load.failed else "")


def _load(load: Load) -> str:
    return f"{_rate(load)}; {_number(load.median * 1000, 2)}; {_number(load.p99 * 1000, 2)}"


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:,.{digits}f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)
