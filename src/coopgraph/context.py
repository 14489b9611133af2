"""Application context: settings in, a query service over stores out. The one module that joins the folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from coopgraph.dataset.prefixes import tree_prefixes
from coopgraph.dataset.tree import locate
from coopgraph.errors import CoopgraphError
from coopgraph.model import release_folder
from coopgraph.query.federation import Federation
from coopgraph.query.service import Limits, QueryService, StoreRegistry
from coopgraph.reading.data.collection import FacetIndexes
from coopgraph.reading.data.contexts import PublishedContexts
from coopgraph.reading.list_order import ListOrders
from coopgraph.reading.pages.page_process import PageProcess
from coopgraph.reading.vocabulary import Vocabularies
from coopgraph.settings import Settings
from coopgraph.store.registry.endpoint_store import OWN, EndpointStore
from coopgraph.store.registry.opening import EngineConfiguration, fingerprint, open_files
from coopgraph.store.registry.release_stores import DatasetStore, ReleaseStores
from coopgraph.store.sparql_http import credentials
from coopgraph.store.sparql_http.federated_servers import FederatedServers


class ManagedStores(StoreRegistry, Protocol):
    """A store registry as whoever runs a service sees it."""

    @property
    def trouble(self) -> str:
        """Why the newest release is not served, or not known, in a sentence; empty where all is well."""
        ...

    @property
    def has_past(self) -> bool:
        """Whether past releases can be asked as well as the current one."""
        ...

    def close(self) -> None:
        """Close every store: its processes end, its files are given back. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class AppContext:
    """What the edges (web, command line) are handed.

    ``releases``: there are releases, with pages and history; otherwise it is a dataset of its own.
    ``vocabularies`` keeps the words of the releases last looked at, ``list_orders`` the orders of their lists,
    ``facets`` what narrows their collections, ``published`` their JSON-LD contexts and frames. ``page_process`` makes
    pages, which are made here where there is none.
    """

    settings: Settings
    store_registry: ManagedStores
    query_service: QueryService
    releases: bool
    vocabularies: Vocabularies = field(default_factory=Vocabularies)
    list_orders: ListOrders = field(default_factory=ListOrders)
    facets: FacetIndexes = field(default_factory=FacetIndexes)
    page_process: PageProcess | None = None
    published: PublishedContexts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "published", PublishedContexts(self.var))

    @property
    def var(self) -> Path:
        """The folder of releases."""
        return Path(self.settings.var)

    @property
    def most_queries(self) -> int:
        """How many queries run or wait at once."""
        return _engine(self.settings).most_queries

    def settled(self) -> str | None:
        """Return the release that is served, or None where the data may change under its name.

        Raises what the store registry raises.
        """
        release = self.store_registry.current()
        return None if release == OWN else release

    def stands(self, release: str) -> bool:
        """Return whether ``release`` is there and was not withdrawn, as of now."""
        return self.releases and release_folder.stands(self.var, release)

    def close(self) -> None:
        """Give back every process and file."""
        self.store_registry.close()
        if self.page_process:
            self.page_process.close()


def of_releases(settings: Settings) -> AppContext:
    """Return the context of the releases in ``settings.var``; nothing is opened yet."""
    store_registry = ReleaseStores(Path(settings.var), _engine(settings), grace=settings.query_timeout)
    return AppContext(settings, store_registry, _query_service(store_registry, settings), releases=True)


def of_files(settings: Settings, paths: Sequence[Path]) -> AppContext:
    """Return the context of any RDF files, loaded. Raises UnreadableInput."""
    store = open_files(paths, _engine(settings))
    store_registry = DatasetStore(f"dataset-{fingerprint(paths)}", store)
    return AppContext(settings, store_registry, _query_service(store_registry, settings), releases=False)


def of_endpoint(settings: Settings, endpoint: str) -> AppContext:
    """Return the context of what the SPARQL server at ``endpoint`` holds.

    It has pages where a release was pushed there that is in ``settings.var`` too. Raises WrongUsage for an address that
    is none, StoreDown where the server does not answer.
    """
    store_registry = EndpointStore(endpoint, _engine(settings), credentials.from_environment(), Path(settings.var))
    known = store_registry.pushed is not None and _is_here(settings, store_registry.pushed.release)
    return AppContext(settings, store_registry, _query_service(store_registry, settings), releases=known)


def with_page_process(app_context: AppContext) -> AppContext:
    """Return ``app_context`` with a process of its own for pages, as a server has; nothing is started yet."""
    return replace(app_context, page_process=PageProcess())


def _is_here(settings: Settings, release: str) -> bool:
    try:
        return release_folder.manifest(Path(settings.var), release).id == release
    except CoopgraphError:
        return False


def _engine(settings: Settings) -> EngineConfiguration:
    waiting = settings.workers * settings.waiting_per_worker
    return EngineConfiguration(
        workers=settings.workers, waiting=waiting, memory=settings.query_memory, budget=settings.memory_budget
    )


def _query_service(store_registry: StoreRegistry, settings: Settings) -> QueryService:
    limits = Limits(time=settings.query_timeout, length=settings.query_length, size=settings.result_size)
    allowed = settings.service_allowed.split()
    federation = Federation(allowed, FederatedServers(allowed, settings.service_inside.split())) if allowed else None
    return QueryService(store_registry, limits, federation=federation, presets=_presets(settings))


def _presets(settings: Settings) -> Mapping[str, str]:
    """Return the graph's own prefixes, whatever data are asked."""
    return tree_prefixes(locate(replace(settings, data="")), limit=settings.input_size)
