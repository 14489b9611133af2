"""A release behind every engine, of the real graph for engines of others, and what each engine cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import locate, read_tree
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.push import push
from coopgraph.settings import Settings
from coopgraph.store.protocol import Store
from coopgraph.store.registry.endpoint_store import EndpointStore
from coopgraph.store.registry.opening import EngineConfiguration, open_release
from tests.conformance.store.engines import FEDERATION, INVENTED, SERVERS, Release, Running, absent, started
from tests.conformance.store.gaps import gap, slow
from tests.conftest import FIXTURE, THOROUGH

ENGINE = EngineConfiguration(workers=3, waiting=3, memory=512 * 1024**2)
IN_MEMORY, ON_DISK = "embedded in memory", "embedded on disk"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if not item.path.is_relative_to(here):
            continue
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            place = (item.callspec.params.get("engine", ""), item.originalname, item.name)
            if why := slow(*place):
                item.add_marker(pytest.mark.skip(reason=why))
            if found := gap(*place):
                item.add_marker(pytest.mark.xfail(reason=f"{found.kind}: {found.reason}", strict=True))


@pytest.fixture(scope="session")
def whole_release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The graph of this checkout, published but not checked; the invented one where no engine of others is tried."""
    real = THOROUGH or any(item.get_closest_marker("interop") for item in request.session.items)
    return _published(tmp_path_factory.mktemp("release"), real=real)


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The invented graph, for engines that take minutes for the real one."""
    return _published(tmp_path_factory.mktemp("small"), real=False)


def _published(var: Path, *, real: bool) -> Release:
    quads = tuple(materialize(read_tree(locate(Settings(data="" if real else str(FIXTURE))))).quads())
    context = (Path(__file__).parents[3] / "ontology" / "context" / "v1.jsonld").read_bytes()
    documents = {"context/v1.jsonld": context, "report.ttl": b"", "report.json": b"{}\n"}
    contents = ReleaseContents(quads, canonical_prefixes(quads), documents, 0)
    manifest = install_release(contents, var, message="", now=datetime(2026, 1, 31, tzinfo=UTC), built_from="")
    assert manifest is not None
    return Release(var, manifest)


@pytest.fixture(scope="session")
def small_embedded(small_release: Release) -> Iterator[Store]:
    """What an engine that has the invented graph is compared with."""
    store = open_release(small_release.var, small_release.manifest, ENGINE)
    yield store
    store.close()


@pytest.fixture(scope="session")
def whole_embedded(whole_release: Release) -> Iterator[Store]:
    """What every other engine is compared with."""
    store = open_release(whole_release.var, whole_release.manifest, ENGINE)
    yield store
    store.close()


@pytest.fixture(scope="module", params=[IN_MEMORY, ON_DISK, *SERVERS])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def release(request: pytest.FixtureRequest, engine: str) -> Release:
    """The release that ``engine`` has: of the invented graph where it is slow."""
    found: Release = request.getfixturevalue("small_release" if engine in INVENTED else "whole_release")
    return found


@pytest.fixture(scope="module")
def embedded(request: pytest.FixtureRequest, engine: str) -> Store:
    """The embedded store of the same release."""
    found: Store = request.getfixturevalue("small_embedded" if engine in INVENTED else "whole_embedded")
    return found


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server ``engine``, for the tests of one module: some go on with a query that nobody waits for any more."""
    if engine == FEDERATION and not THOROUGH:
        pytest.skip("a federation takes minutes for the contract; TEST_THOROUGH=1 tries it")
    if reason := absent(engine):
        pytest.skip(reason)
    with started(engine, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest, engine: str, embedded: Store, release: Release) -> Iterator[Store]:
    """The release behind ``engine``, put there by ``push`` where it is a server."""
    if engine == IN_MEMORY:
        yield embedded
        return
    if engine == ON_DISK:
        opened = open_release(release.var, release.manifest, replace(ENGINE, budget=0))
        yield opened
        opened.close()
        return
    server: Running = request.getfixturevalue("server")
    push(release.var, release.manifest, *server.remotes())
    store_registry = EndpointStore(server.query, ENGINE, None)
    yield store_registry.store(release.manifest.id)
    store_registry.close()
