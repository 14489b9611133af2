from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import socketserver
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.dataset.tree import locate
from coopgraph.publishing.build import build
from coopgraph.settings import Settings
from tests.running_server import Served, serve

THOROUGH = bool(os.environ.get("TEST_THOROUGH"))
"""Whether tests that try many of something try all that they can think of: minutes more, for a night or a doubt."""


def example_count(thorough: int) -> int:
    """How many examples a property test of a pure function tries: a fifth of ``thorough`` in every run."""
    return thorough if THOROUGH else max(25, thorough // 5)


# On a busy machine an example may take long, and so may making it. Beside that and the number of examples, what the
# default is here: where CI is set, the same examples each time.
settings.register_profile(
    "busy",
    settings(),
    deadline=None,
    max_examples=example_count(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("busy")


_tell_of_error = socketserver.BaseServer.handle_error


def _tell_of_error_but_of_clients_that_left(server: socketserver.BaseServer, request: Any, address: Any) -> None:
    # A stand-in server tells of it on standard error, which may be that of a command that runs in this process by then.
    if not isinstance(sys.exception(), ConnectionError):
        _tell_of_error(server, request, address)


socketserver.BaseServer.handle_error = _tell_of_error_but_of_clients_that_left  # type: ignore[assignment, method-assign]


FIXTURE = Path(__file__).parent / "fixture" / "data"


LONG = (
    "tests/validation/test_engines_agree.py",
    "tests/conformance/store/test_store_contract.py",
    "tests/publishing/test_build.py",
    "tests/cli/test_check.py",
    "tests/web/test_hostile.py",
    "tests/web/test_browser.py",
    "tests/web/test_every_page.py",
    "tests/validation/test_run.py",
    "tests/web/test_truncation.py",
    "tests/web/endpoint/test_sparql.py",
    "tests/cli/test_import.py",
    "tests/bench/test_harness.py",
    "tests/test_frontend.py",
    "tests/conformance/store/test_push.py",
    "tests/conformance/store/test_random_queries.py",
)
"""Files that take longest, longest first: begun last, one of them would keep one processor busy and the other idle."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take ``--share K/N``: of the files with chosen tests every Nth, from the Kth."""
    parser.addoption("--share", metavar="K/N", type=share, help="only the Kth of N shares of the files")


def share(text: str) -> tuple[int, int]:
    """Return the number of a share and how many there are, of ``K/N``."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError("a share is written 2/6: the second of six")
    return int(number), int(count)


@pytest.hookimpl(trylast=True)  # after the marks have chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Hand out the files that take longest first (with ``--no-loadscope-reorder``, which keeps this order)."""
    places = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(file_of(item), len(LONG)))
    if config.option.share:
        number, count = config.option.share
        chosen = set(list(dict.fromkeys(map(file_of, items)))[number - 1 :: count])
        config.hook.pytest_deselected(items=[item for item in items if file_of(item) not in chosen])
        items[:] = [item for item in items if file_of(item) in chosen]


def file_of(item: pytest.Item) -> str:
    """Return the path of the file that holds a test."""
    return item.nodeid.partition("::")[0]


PUBLISHED = datetime(2026, 1, 31, tzinfo=UTC)
"""The time of the release of the invented graph."""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a release of the invented graph and return the folder it is in.

    Of the processes that share a run of the tests one builds it, and each has a copy.
    """
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "built").exists():
            build(locate(Settings(data=str(FIXTURE))), shared / "building", message="", now=PUBLISHED)
            (shared / "building").rename(shared / "built")
    return Path(shutil.copytree(shared / "built", tmp_path_factory.mktemp("published") / "var"))


@pytest.fixture(scope="session")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of that release, with the desk, for tests that leave it as it was."""
    settings = {"var": published, "data": FIXTURE}
    running = serve("--workers", "1", log=tmp_path_factory.mktemp("served") / "log", settings=settings, desk=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def app_context(published: Path) -> Iterator[AppContext]:
    """An application context that asks real query workers over that release."""
    built = context.of_releases(Settings(var=str(published), workers=1))
    yield built
    built.close()
