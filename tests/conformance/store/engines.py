"""Engines that a store may have, started and stopped by the tests; one that is absent says so in words."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.publishing.push_addresses import find
from coopgraph.publishing.push_target import Remote
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.credentials import Credentials
from tests.conftest import THOROUGH
from tests.running_server import free_port

PATIENCE = 60.0
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "coopgraph"

ROWS_OF_VIRTUOSO = 200_000
"""Its ``ResultSetMaxRows`` here: more than the release has statements, fewer than the cut result of a test."""


@dataclass(frozen=True)
class Running:
    """A server: the address of its queries, those that a push is given, and who we are there."""

    query: str
    push: tuple[str, ...]
    credentials: Credentials | None = None

    def remotes(self) -> tuple[Remote, ...]:
        """What a push writes to: the server, or the members of a federation."""
        return tuple(find(address, SparqlHttpClient(address, self.credentials)) for address in self.push)


@dataclass(frozen=True)
class Release:
    """A release on disk."""

    var: Path
    manifest: Manifest

    def lines(self) -> list[str]:
        """The statements of its dump, as N-Quads."""
        with gzip.open(release_folder.file(self.var, self.manifest.id, release_folder.DUMP), "rt") as dump:
            return dump.read().splitlines()


Starting = Callable[[Path], Iterator[Running]]


def absent(name: str) -> str:
    """Why the engine ``name`` cannot run here; empty where it can."""
    return _ABSENT[name]()


@contextmanager
def started(name: str, folder: Path) -> Iterator[Running]:
    """Run the engine ``name`` in ``folder`` for as long as the context lasts."""
    yield from _START[name](folder)


def _oxigraph(folder: Path) -> Iterator[Running]:
    port = free_port()
    command = [str(_beside("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}", "--timeout-s", "60"]
    with _process(command, folder, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D"):
        yield Running(f"http://127.0.0.1:{port}/query", (f"http://127.0.0.1:{port}/",))


@contextmanager
def fuseki_in_memory(folder: Path) -> Iterator[Running]:
    """Run a Fuseki whose data are in memory only, without its optimizations: some change results."""
    yield from _fuseki(folder, "--timeout=2000", "--set=arq:optimization=false", "--mem")


def _fuseki(folder: Path, *kind: str) -> Iterator[Running]:
    port = free_port()
    command = ["java", "-Xmx512m", "-jar", str(_jar()), "--localhost", f"--port={port}"]
    address = f"http://127.0.0.1:{port}/ds"
    with _process(
        [*command, "--update", *(kind or ("--timeout=60000", "--tdb2", "--loc=.")), "/ds"],
        folder,
        f"{address}?query=ASK%7B%7D",
        FUSEKI_BASE=str(folder),
    ):
        yield Running(address, (address,))


def _virtuoso(folder: Path) -> Iterator[Running]:
    port, web = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(port=port, web=web, rows=ROWS_OF_VIRTUOSO), encoding="utf-8")
    command = ["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"]
    address = f"http://127.0.0.1:{web}/sparql"
    with _process(command, folder, f"{address}?query=ASK%7B%7D"):
        yield Running(address, (address,), Credentials("dba", "dba"))


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
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
CheckpointInterval = 0
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 12
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 30
"""


def _rdf4j(folder: Path) -> Iterator[Running]:
    with _rdf4j_server(folder) as server:
        address = _repository(server, "whole", _SAIL)
        yield Running(address, (address,))


def _fedx(folder: Path) -> Iterator[Running]:
    with _rdf4j_server(folder) as server:
        members = tuple(_repository(server, name, _SAIL) for name in ("one", "two", "three"))
        places = ", ".join(f'[ fedx:store "SPARQLEndpoint" ; sd:endpoint <{member}> ]' for member in members)
        yield Running(_repository(server, "federation", _FEDX.format(members=places)), members)


@contextmanager
def _rdf4j_server(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["java", "-Xmx1g", "-XX:TieredStopAtLevel=1", f"-Dorg.eclipse.rdf4j.appdata.basedir={folder}", "-jar"]
    program = [str(_newest("jetty-runner-9.*.jar")), "--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with _process([*command, *program, str(_newest("rdf4j-http-server-5.*.war"))], folder, f"{address}/protocol"):
        yield address


def _repository(server: str, name: str, kind: str) -> str:
    """Make a repository of RDF4J; gives its address."""
    address = f"{server}/repositories/{name}"
    described = f'{_CONFIG} [] a config:Repository ; config:rep.id "{name}" ; config:rep.impl [ {kind} ] .'
    request = urllib.request.Request(address, described.encode(), {"Content-Type": "text/turtle"}, method="PUT")
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE).close()
    return address


_CONFIG = """
@prefix config: <tag:rdf4j.org,2023:config/> .
@prefix fedx: <http://rdf4j.org/config/federation#> .
@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
"""
_SAIL = 'config:rep.type "openrdf:SailRepository" ; config:sail.impl [ config:sail.type "openrdf:MemoryStore" ]'
_FEDX = """config:rep.type "fedx:FedXRepository" ; fedx:member {members} ;
fedx:config [ fedx:enforceMaxQueryTime 20 ]"""


@contextmanager
def _process(command: list[str], folder: Path, ready: str, **environment: str) -> Iterator[None]:
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | environment
        )
        try:
            _await(ready, process, folder / "output.log")
            yield
        finally:
            # At once: what it holds is of no use to anybody, and what it computes has no end.
            process.kill()
            process.wait()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with opener.open(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)


def _beside(program: str) -> Path:
    """A program of the environment that runs the tests."""
    return Path(sys.executable).parent / program


def _newest(pattern: str) -> Path | None:
    return max(CACHE.glob(pattern), default=None)


def _jar() -> Path | None:
    named = os.environ.get("FUSEKI_JAR")
    return Path(named) if named else _newest("jena-fuseki-server-5.*.jar")


def _no_java(*patterns: str) -> str:
    if not shutil.which("java"):
        return "there is no Java"
    lacking = next((pattern for pattern in patterns if not _newest(pattern)), "")
    return f"there is no {lacking} in {CACHE.name} of the user's cache (.ci/run gets it)" if lacking else ""


def _no_fuseki() -> str:
    return _no_java(*() if os.environ.get("FUSEKI_JAR") else ("jena-fuseki-server-5.*.jar",))


def _no_rdf4j() -> str:
    return _no_java("jetty-runner-9.*.jar", "rdf4j-http-server-5.*.war")


FEDERATION = "RDF4J FedX"
"""The engine whose release is in shards on three servers."""

INVENTED = frozenset({FEDERATION} if THOROUGH else {"RDF4J", FEDERATION})
"""Engines that are given the invented graph, as the real one takes them minutes."""

_START: Mapping[str, Starting] = {
    "oxigraph serve": _oxigraph,
    "Fuseki": _fuseki,
    "Virtuoso": _virtuoso,
    "RDF4J": _rdf4j,
    FEDERATION: _fedx,
}
_ABSENT: Mapping[str, Callable[[], str]] = {
    "oxigraph serve": lambda: "" if _beside("oxigraph").exists() else "the package oxigraph is not installed",
    "Fuseki": _no_fuseki,
    "RDF4J": _no_rdf4j,
    FEDERATION: _no_rdf4j,
    "Virtuoso": lambda: "" if shutil.which("virtuoso-t") else "Debian's virtuoso-opensource is not installed",
}
SERVERS = tuple(pytest.param(name, marks=pytest.mark.interop) for name in _START)
"""Names of the engines that are servers, as parameters of tests."""
