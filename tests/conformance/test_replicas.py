"""Three servers behind HAProxy, each with its own copy of the releases: one is killed under load, all are switched.

They run in network namespaces of their own, joined to nothing else. Run alone, with output: ``pytest -s`` on this file.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.lock import publishing
from coopgraph.rdf.namespaces import DCTERMS
from coopgraph.rdf.terms import Literal, NamedNode, Quad

NETWORK = "10.77.0"
FRONT, PORT = f"{NETWORK}.1", 8000
REPLICAS = (1, 2, 3)
CLIENTS = 6
STATEMENTS = 200
"""Few enough for an answer to leave its server in one piece: what has left in part, no balancer can ask for again."""
SOME = 200
"""Answers to see before and after each event."""
PATIENCE = 100.0
"""Seconds to wait for what must come, on a machine however busy."""
READY = "/health/ready"
QUERY = "/sparql?query=SELECT%20*%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20ORDER%20BY%20%3Fs%20%3Fp%20%3Fo"

_MISSING = [program for program in ("ip", "haproxy") if shutil.which(program) is None]
pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(bool(_MISSING), reason=f"needs {' and '.join(_MISSING)}"),
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes network namespaces"),
    pytest.mark.timeout(600),
]

# As docs/scaling.md has it, but with patience: on a busy machine a slow server is not a dead one.
HAPROXY = """
global
  maxconn 200
defaults
  mode http
  timeout connect 60s
  timeout check 60s
  timeout client 60s
  timeout server 60s
  timeout http-request 60s
  option redispatch
  retries 4
  retry-on all-retryable-errors
frontend door
  bind {front}:{port}
  default_backend replicas
backend replicas
  balance roundrobin
  option httpchk GET /health/ready
  default-server check inter 500ms fall 1 rise 1 observe layer7 error-limit 1 on-error mark-down
{servers}
"""


class Network:
    """A bridge in one namespace, and a namespace for each replica on it."""

    def __init__(self) -> None:
        self.prefix = f"cg{os.getpid() % 100000}"
        self.front = f"{self.prefix}-front"

    def name(self, replica: int) -> str:
        return f"{self.prefix}-{replica}"

    def make(self) -> None:
        self._run("ip", "netns", "add", self.front)
        self._inside(self.front, "link", "set", "lo", "up")
        self._inside(self.front, "link", "add", "bridge0", "type", "bridge")
        self._inside(self.front, "addr", "add", f"{FRONT}/24", "dev", "bridge0")
        self._inside(self.front, "link", "set", "bridge0", "up")
        for replica in REPLICAS:
            inner = self.name(replica)
            self._run("ip", "netns", "add", inner)
            outer = f"v{replica}"
            self._inside(self.front, "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", inner)
            self._inside(self.front, "link", "set", outer, "master", "bridge0", "up")
            self._inside(inner, "addr", "add", f"{NETWORK}.{10 + replica}/24", "dev", "eth0")
            self._inside(inner, "link", "set", "eth0", "up")
            self._inside(inner, "link", "set", "lo", "up")

    def remove(self) -> None:
        for name in (self.front, *(self.name(replica) for replica in REPLICAS)):
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)

    def start(self, name: str, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as stream:
            return subprocess.Popen(
                ["ip", "netns", "exec", name, *command], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
            )

    def _inside(self, name: str, *words: str) -> None:
        self._run("ip", "-n", name, *words)

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"network namespaces cannot be made here: {done.stderr.strip()}")


@dataclass
class Site:
    """The replicas, the balancer, and where each keeps its releases."""

    network: Network
    folder: Path
    releases: tuple[str, str]
    servers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def var(self, replica: int) -> Path:
        return self.folder / f"replica-{replica}"

    def serve(self, replica: int) -> None:
        # All clients have one address, and so has this test, which looks for itself whether a replica has switched.
        command = ["env", f"COOPGRAPH_CLIENT_QUERIES={CLIENTS + 1}", sys.executable, "-c"]
        command += ["from coopgraph.cli.main import main; main()", "--var", str(self.var(replica))]
        command += ["serve", "--no-build", "--workers", "1", "--host", f"{NETWORK}.{10 + replica}", "--port", str(PORT)]
        log = self.folder / f"replica-{replica}.log"
        self.servers[replica] = self.network.start(self.network.name(replica), command, log)

    def kill(self, replica: int) -> None:
        self.servers[replica].send_signal(signal.SIGKILL)
        self.servers[replica].wait()

    def use(self, replica: int, name: str) -> None:
        """Make a release the current one of ``replica``."""
        _use(self.var(replica), name)


def _use(var: Path, name: str) -> None:
    """Make a release current, as an operator does after copying it."""
    command = [sys.executable, "-c", "from coopgraph.cli.main import main; main()", "--var", str(var)]
    subprocess.run([*command, "releases", "use", name], check=True, capture_output=True)


CLIENT = """
import hashlib, http.client, json, sys, threading, time
host, port, path, clients = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
over, lock = threading.Event(), threading.Lock()
def ask():
    while not over.is_set():
        start = time.time()
        connection = http.client.HTTPConnection(host, port, timeout=60)
        try:
            connection.request("GET", path, headers={"Accept": "text/csv", "Cache-Control": "no-cache"})
            response = connection.getresponse()
            body = response.read()
            length = int(response.headers.get("Content-Length", -1))
            row = [response.status, response.headers.get("X-Coopgraph-Release"), hashlib.sha256(body).hexdigest(),
                   length == len(body), start, time.time() - start]
        except Exception as error:
            row = [type(error).__name__, None, None, False, start, time.time() - start]
        finally:
            connection.close()
        with lock:
            print(json.dumps(row), flush=True)
threads = [threading.Thread(target=ask) for _ in range(clients)]
[thread.start() for thread in threads]
sys.stdin.read()
over.set()
[thread.join() for thread in threads]
"""
"""Asks with all clients at once, writes a line for each answer, and ends when its input does."""

PROBE = """
import sys, time, urllib.request
address, release, end = sys.argv[1], sys.argv[2], time.monotonic() + float(sys.argv[3])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
while time.monotonic() < end:
    try:
        with opener.open(address, timeout=30) as response:
            if release in ("", response.headers["X-Coopgraph-Release"]):
                sys.exit(0)
    except OSError:
        pass
    time.sleep(0.1)
sys.exit(1)
"""
"""Ends well as soon as the address answers from the release."""


def _release(var: Path, words: str, day: int) -> str:
    """A release whose statements all say ``words``."""
    context = (Path(__file__).parents[2] / "ontology" / "context" / "v1.jsonld").read_bytes()
    records = NamedNode("https://w3id.org/coopgraph/graph/records")
    things = (NamedNode(f"https://w3id.org/coopgraph/id/org/o{number}") for number in range(STATEMENTS))
    quads = tuple(Quad(thing, DCTERMS.description, Literal(words), records) for thing in things)
    with publishing(var):
        now = datetime(2026, 1, day, tzinfo=UTC)
        made = install_release(
            ReleaseContents(quads, {}, {"context/v1.jsonld": context}, 0), var, message=words, now=now, built_from=None
        )
    assert made is not None
    return str(made.id)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = tmp_path / "made"
    first, second = _release(made, "first", 1), _release(made, "second", 2)
    network = Network()
    found = Site(network, tmp_path, (first, second))
    balancer: subprocess.Popen[bytes] | None = None
    try:
        network.make()
        _use(made, first)
        for replica in REPLICAS:
            shutil.copytree(made, found.var(replica))
            found.serve(replica)
        # A balancer that begins before them takes them for dead until it looks again, one by one.
        for replica in REPLICAS:
            _await(found, replica, READY)
        servers = "\n".join(f"  server replica{replica} {NETWORK}.{10 + replica}:{PORT}" for replica in REPLICAS)
        config = tmp_path / "haproxy.cfg"
        config.write_text(HAPROXY.format(front=FRONT, port=PORT, servers=servers))
        balancer = network.start(network.front, ["haproxy", "-f", str(config)], tmp_path / "haproxy.log")
        _await_at(found, FRONT, READY)
        yield found
    finally:
        for process in (*found.servers.values(), *([balancer] if balancer else [])):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        network.remove()


def _await(site: Site, replica: int, path: str, release: str = "") -> None:
    """Wait until ``replica`` itself answers ``path``, from ``release`` where one is named."""
    _await_at(site, f"{NETWORK}.{10 + replica}", path, release)


def _await_at(site: Site, host: str, path: str, release: str = "") -> None:
    address = f"http://{host}:{PORT}{path}"
    command = ["ip", "netns", "exec", site.network.front, sys.executable, "-c", PROBE, address, release, str(PATIENCE)]
    answered = subprocess.run(command, check=False).returncode == 0
    assert answered, "\n".join(log.read_text() for log in sorted(site.folder.glob("*.log")))


@dataclass(frozen=True)
class Seen:
    """What a client got: the status or the failure's name, the release, the body's checksum, whether it is whole."""

    status: int | str
    release: str | None
    sha256: str | None
    whole: bool
    start: float
    seconds: float


class Load:
    """Clients that ask through the balancer until the context ends, and what they have seen so far."""

    def __init__(self, site: Site) -> None:
        command = ["ip", "netns", "exec", site.network.front, sys.executable, "-c", CLIENT]
        command += [FRONT, str(PORT), QUERY, str(CLIENTS)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self.seen: list[Seen] = []

    def __enter__(self) -> Load:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._more:
                self.seen.append(Seen(*json.loads(line)))
                self._more.notify_all()

    def await_answers(self, number: int) -> float:
        """Wait for ``number`` answers to requests that begin from now on; return the moment that is now."""
        now = time.time()

        def there() -> bool:
            return sum(item.start > now for item in self.seen) >= number

        with self._more:
            assert self._more.wait_for(there, PATIENCE), f"{len(self.seen)} answers so far"
        return now


def test_a_replica_is_killed_and_all_are_switched_under_load_and_no_client_sees_a_wrong_or_lost_answer(
    site: Site,
) -> None:
    first, second = site.releases
    with Load(site) as load:
        began = load.await_answers(SOME)
        site.kill(2)
        killed = load.await_answers(SOME)
        site.serve(2)
        _await(site, 2, READY)
        load.await_answers(SOME)
        for replica in REPLICAS:
            site.use(replica, second)
            _await(site, replica, QUERY, second)
        switched = load.await_answers(SOME)
    seen = load.seen

    statuses = Counter(item.status for item in seen)
    by_release = Counter(item.release for item in seen)
    around = sorted(item.seconds for item in seen if killed - 1 < item.start < killed + 3)
    every = sorted(item.seconds for item in seen)
    print(
        f"\n{len(seen)} requests in {time.time() - began:.0f} s from {CLIENTS} clients: {dict(statuses)}; by release "
        f"{dict(by_release)}; median {every[len(every) // 2] * 1000:.0f} ms, longest {every[-1] * 1000:.0f} ms, "
        f"longest around the kill {max(around, default=0) * 1000:.0f} ms"
    )
    assert statuses == {200: len(seen)}
    assert all(item.whole for item in seen)
    assert len({(item.release, item.sha256) for item in seen}) == 2, "each release has one answer, whoever gives it"
    assert set(by_release) == {first, second}
    assert {item.release for item in seen if item.start < killed} == {first}
    assert {item.release for item in seen if item.start > switched} == {second}
