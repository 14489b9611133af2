"""Many clients at once: ``wrk`` where it is installed, else client processes of our own, which cost more.

Every client keeps its connection and asks again as soon as it has its answer.
"""

from __future__ import annotations

import http.client
import json
import math
import multiprocessing
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
_MARK = "918273645546372819"
"""Stands where a number goes into an address; no query of ours holds it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What ``clients`` clients got: answers a second, the median and the 99th percentile of their waiting in seconds.

    ``failed`` counts answers that were no 200. ``rates`` are those of the turns of which this is the middle one.
    """

    clients: int
    rate: float
    median: float
    p99: float
    failed: int
    rates: tuple[float, ...] = ()

    def beside(self, other: Load) -> float:
        """Return how many times as many answers a second this is: the median over turns that both took together."""
        together = len(self.rates) == len(other.rates) > 0
        pairs = zip(self.rates, other.rates, strict=True) if together else ((self.rate, other.rate),)
        return statistics.median(ours / theirs if theirs else math.nan for ours, theirs in pairs)


def client() -> str:
    """Return the name of the client that :func:`press` uses."""
    return "wrk" if shutil.which("wrk") else "own client processes (wrk is not installed)"


def press(address: str, query: str, clients: int, seconds: int, *, distinct: int = 0) -> Load:
    """Ask ``query`` at ``address`` with ``clients`` clients for ``seconds``.

    ``distinct`` 0: always the same address. Otherwise ``{number}`` in the query is a new number each time, and
    ``{body}`` a number below ``distinct``.
    """
    marked = query.replace("{number}", _MARK + "1").replace("{body}", _MARK + "2")
    target = f"{address}?{urllib.parse.urlencode({'query': marked})}"
    return (_wrk if shutil.which("wrk") else _own)(target, clients, seconds, distinct)


def read_rate(address: str, fields: Mapping[str, str], clients: int, seconds: int) -> float:
    """Return how many answers a second ``clients`` clients get that ask ``address`` with header ``fields``.

    Raises FileNotFoundError where wrk is not installed, ValueError where an answer says that something is wrong.
    """
    headers = (part for name, value in fields.items() for part in ("-H", f"{name}: {value}"))
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", *headers, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if rate is None or "Non-2xx or 3xx" in said or "Socket errors" in said:
        raise ValueError(said)
    return float(rate[1])


def _wrk(target: str, clients: int, seconds: int, distinct: int) -> Load:
    path = target.removeprefix("http://").partition("/")[2]
    # One address is all that is sent where it never changes: then the client costs nothing beside the server.
    script = f"""
wrk.path = {json.dumps("/" + path)}
wrk.headers["Accept"] = "{ACCEPT}"
"""
    if distinct:
        script += f"""
local first = {int(time.time() * 1000) % 10**9} * 100000
local number = 0
request = function()
  number = number + 1
  local filled = wrk.path:gsub("{_MARK}1", string.format("%d", first + number))
  filled = filled:gsub("{_MARK}2", string.format("%d", number * 7919 % {distinct}))
  return wrk.format("GET", filled)
end
"""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "60s", "-s", file.name]
        said = subprocess.run([*command, target.split("?")[0]], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Load(
        clients,
        float(rate[1]) if rate else 0.0,
        _time(said, "50%"),
        _time(said, "99%"),
        int(failed[1]) if failed else 0,
    )


def _time(said: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s|m)\b", said)
    return float(found[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[found[2]] if found else 0.0


def _own(target: str, clients: int, seconds: float, distinct: int) -> Load:
    processes = min(clients, 4)
    shares = [clients // processes + (index < clients % processes) for index in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        parts = pool.starmap(
            _ask_for, [(target, share, seconds, distinct, index) for index, share in enumerate(shares)]
        )
    times = sorted(moment for part, _ in parts for moment in part)
    failed = sum(wrong for _, wrong in parts)
    if not times:
        return Load(clients, 0.0, 0.0, 0.0, failed)
    return Load(clients, len(times) / seconds, statistics.median(times), times[int(len(times) * 0.99)], failed)


def _ask_for(target: str, clients: int, seconds: float, distinct: int, process: int) -> tuple[list[float], int]:
    times: list[float] = []
    failed: list[int] = []
    numbers = count(int(time.time() * 1000) % 10**9 * 100_000 + process * 10_000)
    parts = urllib.parse.urlsplit(target)
    until = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        while time.monotonic() < until:
            number = next(numbers)
            query = parts.query
            if distinct:
                query = query.replace(_MARK + "1", str(number)).replace(_MARK + "2", str(number * 7919 % distinct))
            start = time.perf_counter()
            connection.request("GET", f"{parts.path}?{query}", headers={"Accept": ACCEPT})
            reply = connection.getresponse()
            reply.read()
            times.append(time.perf_counter() - start)
            if reply.status != http.client.OK:
                failed.append(reply.status)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, len(failed)
