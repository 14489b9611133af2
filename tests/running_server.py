"""A real server in a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import family

PATIENCE = 30.0


@dataclass(frozen=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """A running server: its address, its process, and the file that takes all it writes."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str) -> Reply:
        """Send a request; header names come with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data=data, headers=named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Reply(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def ask(
        self, query: str, accept: str = "*/*", parameters: Mapping[str, str] | None = None, **headers: str
    ) -> Reply:
        """Send a query by GET."""
        fields = urllib.parse.urlencode({"query": query, **(parameters or {})})
        return self.get(f"/sparql?{fields}", Accept=accept, **headers)

    def busy(self) -> int:
        """How many queries run now."""
        return int(self.get("/health/ready").json()["busy"])

    def wait_until_busy(self, number: int, patience: float = 10.0) -> float:
        """Wait until exactly ``number`` queries run; return the seconds it took."""
        start = time.monotonic()
        while self.busy() != number:
            assert time.monotonic() - start < patience, f"{self.busy()} queries run instead of {number}"
            time.sleep(0.01)
        return time.monotonic() - start

    def stop(self) -> None:
        """Ask the server to end, as an operator does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


COMMAND = "from coopgraph.cli.main import main; main()"


def serve(
    *arguments: str,
    log: Path,
    settings: Mapping[str, object] | None = None,
    cwd: Path | None = None,
    program: str = COMMAND,
    desk: bool = False,
) -> Served:
    """Start ``coopgraph serve`` with these arguments and settings; return once it answers.

    ``program`` is the Python text of the command itself. The ``desk``, where it is left in, reads its tree of data at
    the start, which takes many seconds of processor time where that is the one of this checkout.
    """
    port = free_port()
    environment = os.environ | {f"COOPGRAPH_{name.upper()}": str(value) for name, value in (settings or {}).items()}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                program,
                "serve",
                *(() if desk else ("--no-desk",)),
                "--port",
                str(port),
                *arguments,
            ],
            stdout=stream,
            stderr=stream,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=cwd,
        )
    served = Served(f"http://127.0.0.1:{port}", process, log)
    start = time.monotonic()
    while True:
        try:
            assert served.get("/health/live").status == 200
            return served
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() - start < PATIENCE, "the server does not answer"
            time.sleep(0.02)


def serve_dataset(path: Path, **settings: object) -> Served:
    """Serve an RDF file."""
    return serve("--dataset", str(path), log=path.with_name(path.name + ".log"), settings=settings)


def processes_of(served: Served) -> set[int]:
    """Process numbers of the server and all that descend from it (Linux)."""
    return set(family(served.process.pid))
