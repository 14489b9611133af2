"""The servers that are measured side by side. One that is not installed says so, and how to install it.

Each is started on a port of its own with the same data, and stopped at the end. Data are N-Triples.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.processes import forking

START_WAIT = 1800.0
"""Longest time for loading and starting, in seconds."""

_OURS = "from coopgraph.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Running:
    """A peer at work. ``process`` is None for a server that we did not start.

    ``until_first`` is the time from the start of its program to the end of its first answer, in seconds.
    """

    name: str
    version: str
    address: str
    process: int | None
    until_first: float | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A server that can be started: its name, why it cannot (empty where it can), and how it runs over a file.

    ``heavy``: so slow on large data that it is left out beyond a million triples.
    """

    name: str
    absent: str
    start: Callable[[Path, Path], contextlib.AbstractContextManager[Running]]
    heavy: bool = False


def peers(var: Path) -> tuple[Peer, ...]:
    """Return all peers that are known, this program first. ``var`` is where an environment for others may be."""
    own = Path(sys.executable).parent
    oxigraph = _program("oxigraph", own)
    rdflib = _program("rdflib-endpoint", own, var / "bench" / "bin")
    jar = _jar(var / "bench")
    no_oxigraph = "" if oxigraph else "not installed: pip install oxigraph"
    return (
        Peer("coopgraph", "", _coopgraph),
        Peer("oxigraph serve, memory", no_oxigraph, lambda data, folder: _oxigraph_in_memory(oxigraph, data, folder)),
        Peer("oxigraph serve, disk", no_oxigraph, lambda data, folder: _oxigraph_on_disk(oxigraph, data, folder)),
        Peer(
            "rdflib-endpoint",
            ""
            if rdflib
            else f"not installed: python -m venv {var}/bench, then {var}/bench/bin/pip install 'rdflib-endpoint[cli]'",
            lambda data, folder: _rdflib_endpoint(rdflib, data, folder),
            heavy=True,
        ),
        Peer(
            "Virtuoso",
            ""
            if shutil.which("virtuoso-t") and shutil.which("isql-vt")
            else "not installed: Debian's virtuoso-opensource",
            _virtuoso,
        ),
        Peer(
            "Fuseki",
            ""
            if jar and shutil.which("java")
            else "not installed: Java 17 and org.apache.jena:jena-fuseki-server "
            f"5.x of Maven Central, named by FUSEKI_JAR or put into {var}/bench",
            lambda data, folder: _fuseki(jar, data, folder),
        ),
    )


@contextlib.contextmanager
def elsewhere(name: str, address: str) -> Iterator[Running]:
    """Take part with a server that runs already and holds the same data."""
    yield Running(name, "", address, None, None)


@contextlib.contextmanager
def _coopgraph(data: Path, folder: Path) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-c", _OURS, "serve", "--dataset", str(data), "--port", str(port)]
    # Others queue without end and know no fairness; all clients of a run come from one address here, and may wait.
    more = {"COOPGRAPH_WAITING_PER_WORKER": "64", "COOPGRAPH_CLIENT_QUERIES": "128"}
    with started(command, folder, f"http://127.0.0.1:{port}/sparql", more) as (process, seconds):
        version = importlib.metadata.version("coopgraph")
        yield Running("coopgraph", version, f"http://127.0.0.1:{port}/sparql", process, seconds)


@contextlib.contextmanager
def release_server(var: Path, folder: Path) -> Iterator[str]:
    """Serve the current release in ``var`` by this program; give the service's address."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", _OURS, "--var", str(var.resolve()), "serve", "--no-build"]
    with started([*command, "--port", address.rpartition(":")[2]], folder, f"{address}/sparql"):
        yield address


@contextlib.contextmanager
def _oxigraph_in_memory(program: Path | None, data: Path, folder: Path) -> Iterator[Running]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    start = time.monotonic()
    with started([str(program), "serve", "--bind", f"127.0.0.1:{port}"], folder, f"{address}/query") as (process, _):
        _post(port, "/store?default", data)
        _first_answer(f"{address}/query", None)
        seconds = time.monotonic() - start
        yield Running("oxigraph serve, memory", _version(program), f"{address}/query", process, seconds)


@contextlib.contextmanager
def _oxigraph_on_disk(program: Path | None, data: Path, folder: Path) -> Iterator[Running]:
    port = free_port()
    place = folder / "store"
    subprocess.run(
        [str(program), "load", "--location", str(place), "--file", str(data)], check=True, capture_output=True
    )
    command = [str(program), "serve", "--location", str(place), "--bind", f"127.0.0.1:{port}"]
    with started(command, folder, f"http://127.0.0.1:{port}/query") as (process, seconds):
        yield Running("oxigraph serve, disk", _version(program), f"http://127.0.0.1:{port}/query", process, seconds)


@contextlib.contextmanager
def _rdflib_endpoint(program: Path | None, data: Path, folder: Path) -> Iterator[Running]:
    port = free_port()
    command = [str(program), "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]
    with started(command, folder, f"http://127.0.0.1:{port}/") as (process, seconds):
        yield Running(
            "rdflib-endpoint", _version_of("rdflib-endpoint", program), f"http://127.0.0.1:{port}/", process, seconds
        )


@contextlib.contextmanager
def _virtuoso(data: Path, folder: Path) -> Iterator[Running]:
    port, web = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(port=port, web=web, data=data.parent), encoding="utf-8")
    address = f"http://127.0.0.1:{web}/sparql"
    with started(["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], folder, address) as (process, _):
        load = f"ld_dir('{data.parent}', '{data.name}', 'urn:bench'); rdf_loader_run(); checkpoint;"
        subprocess.run(["isql-vt", str(port), "dba", "dba", f"exec={load}"], check=True, capture_output=True)
        version = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
        found = [word for line in (version.stdout + version.stderr).splitlines() for word in line.split()]
        number = next((word for word in found if word[:1].isdigit() and word.count(".") >= 2), "")
        yield Running("Virtuoso", number, address, process, None)


_INI = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DisableUnixSocket = 1
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
CheckpointInterval = 0
DirsAllowed = ., {data}
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 80
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""


@contextlib.contextmanager
def _fuseki(jar: Path | None, data: Path, folder: Path) -> Iterator[Running]:
    port = free_port()
    command = ["java", "-Xmx4g", "-jar", str(jar), "--localhost", f"--port={port}", f"--file={data}", "/ds"]
    more = {"FUSEKI_BASE": str(folder)}
    with started(command, folder, f"http://127.0.0.1:{port}/ds", more) as (process, seconds):
        version = jar.stem.rpartition("-")[2] if jar else ""
        yield Running("Fuseki", version, f"http://127.0.0.1:{port}/ds", process, seconds)


@contextlib.contextmanager
def started(
    command: list[str], folder: Path, address: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[int, float]]:
    """Run ``command`` in ``folder``; give its process and the seconds until it had answered a query."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "output.log").open("wb"))
        start = time.monotonic()
        with forking() as begin:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | (environment or {}),
                preexec_fn=begin,
            )
            stack.callback(_end, process)
        _first_answer(address, process)
        yield process.pid, time.monotonic() - start


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(20)
    process.kill()
    process.wait()


def _first_answer(address: str, process: subprocess.Popen[bytes] | None) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    query = urllib.parse.urlencode({"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"})
    deadline = time.monotonic() + START_WAIT
    while True:
        try:
            with opener.open(f"{address}?{query}", timeout=60):
                return
        except (urllib.error.URLError, OSError) as error:
            if (process is not None and process.poll() is not None) or time.monotonic() > deadline:
                raise RuntimeError(f"the server at {address} does not answer") from error
            time.sleep(0.02)


def _post(port: int, path: str, data: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_WAIT)
    with data.open("rb") as stream:
        headers = {"Content-Type": "application/n-triples", "Content-Length": str(data.stat().st_size)}
        connection.request("POST", path, stream, headers)
        reply = connection.getresponse()
        reply.read()
    if reply.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"the data were refused with status {reply.status}")


def _program(name: str, *folders: Path) -> Path | None:
    place = shutil.which(name, path=os.pathsep.join((*map(str, folders), os.environ.get("PATH", ""))))
    return Path(place) if place else None


def _jar(folder: Path) -> Path | None:
    if named := os.environ.get("FUSEKI_JAR"):
        return Path(named)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "coopgraph"
    return max((*folder.glob("jena-fuseki-server-*.jar"), *cache.glob("jena-fuseki-server-*.jar")), default=None)


def _version(program: Path | None) -> str:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout
    return said.strip().rpartition(" ")[2]


def _version_of(package: str, program: Path | None) -> str:
    python = (program or Path()).parent / "python"
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def free_port() -> int:
    """Return a port of the loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
