from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_server import Served, serve


@pytest.fixture(scope="session")
def served(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server of the invented release, which several files look at; tests leave it as it was."""
    log = tmp_path_factory.mktemp("served") / "log"
    running = serve("--no-build", log=log, settings={"var": published, "workers": 1})
    yield running
    running.stop()
