"""Small programs of people outside, each of which shows a fault that they found: none shows it any more.

They lie beside the checkout where they are at hand; without them there is nothing to run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import THOROUGH
from tests.running_server import Served, serve

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared" / "cases"
COMMAND = ROOT / ".venv" / "bin" / "coopgraph"

LEFT_TO_PROXIES = {
    "security/13-protocol-small-things.py": "odd request lines and half-closed connections: docs/proxies/README.md",
}
"""What the documents leave to the proxy in front."""

OF_THE_PUBLIC_ADDRESS = {"a/28-https-behind-a-proxy.py", "security/08-links-follow-any-host.py"}

pytestmark = [
    pytest.mark.skipif(not CASES.is_dir(), reason="the programs do not lie beside this checkout"),
    pytest.mark.skipif(not THOROUGH, reason="they take ten minutes: set TEST_THOROUGH to run them"),
    pytest.mark.timeout(600),
]


def _programs() -> list[str]:
    found = (place.relative_to(CASES).as_posix() for place in CASES.glob("*/[0-9]*.py"))
    return sorted(found) if CASES.is_dir() else []


@dataclass(frozen=True)
class Running:
    """A server of the real graph, and the folder of its releases."""

    server: Served
    var: Path


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the real graph."""
    place = tmp_path_factory.mktemp("outside") / "var"
    command = [sys.executable, "-c", "from coopgraph.cli.main import main; main()", "--var", str(place), "build"]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return place


@pytest.fixture(scope="module")
def running(var: Path) -> Iterator[Running]:
    server = serve("--no-build", log=var.parent / "log", settings={"var": var}, cwd=ROOT, desk=True)
    yield Running(server, var)
    server.stop()


@pytest.fixture(scope="module")
def public(var: Path) -> Iterator[Served]:
    """The same with a public address."""
    settings = {"var": var, "address": "https://graph.example"}
    server = serve("--no-build", log=var.parent / "public.log", settings=settings, cwd=ROOT, desk=True)
    yield server
    server.stop()


@pytest.mark.parametrize("program", _programs())
def test_an_outside_program_finds_no_fault(program: str, request: pytest.FixtureRequest) -> None:
    if program in LEFT_TO_PROXIES:
        pytest.skip(LEFT_TO_PROXIES[program])
    if program.startswith("b/") and not COMMAND.exists():
        pytest.skip("needs the checkout's own .venv")
    running: Running = request.getfixturevalue("running")
    address = request.getfixturevalue("public").url if program in OF_THE_PUBLIC_ADDRESS else running.server.url
    more = {
        "b/": [str(ROOT)],
        "security/05": [str(running.server.process.pid)],
        "security/10": [str(running.var)],
        "security/11": [str(ROOT)],
    }
    arguments = next((value for key, value in more.items() if program.startswith(key)), [])
    place = CASES / program
    for _ in range(3):
        # Some of them look at the clock, and a busy machine may be late twice.
        done = subprocess.run(
            [sys.executable, str(place), address, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
            cwd=place.parent,
        )
        if done.returncode == 0:
            return
    pytest.fail(done.stdout + done.stderr)
