from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.dataset.tree import locate
from coopgraph.publishing.build import build
from coopgraph.settings import Settings

THOROUGH = bool(os.environ.get("COOPGRAPH_THOROUGH"))
"""Whether tests that try many of something try all that they can think of: minutes more, for a night or a doubt."""

FIXTURE = Path(__file__).parent / "fixture" / "data"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a release of the invented graph and return the folder it is in."""
    var = tmp_path_factory.mktemp("published")
    build(locate(Settings(data=str(FIXTURE))), var, message="", now=datetime(2026, 1, 31, tzinfo=UTC))
    return var


@pytest.fixture(scope="session")
def app_context(published: Path) -> Iterator[AppContext]:
    """An application context that asks real query workers over that release."""
    built = context.of_releases(Settings(var=str(published), workers=1))
    yield built
    built.close()
