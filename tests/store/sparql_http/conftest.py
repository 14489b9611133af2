"""A store behind a server that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coopgraph.store.oxigraph.loading import StoreContents
from coopgraph.store.protocol import Store
from coopgraph.store.registry.opening import EngineConfiguration
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.store import HttpStore
from tests.store.told_server import Told


@pytest.fixture(scope="session")
def parser() -> Iterator[Store]:
    opened = EngineConfiguration(workers=2, waiting=4, memory=256 * 1024**2).open(StoreContents(()))
    yield opened
    opened.close()


@pytest.fixture
def store(server: Told, parser: Store) -> HttpStore:
    return HttpStore(server.url, SparqlHttpClient(server.url, None), parser, workers=1, waiting=1)
