"""Pages, lists and documents of this service, cold: the processor time that the web process takes to make one.

That is the time of the thread that makes it, so it says what a page takes from everybody else who is served, and hardly
varies with what else the machine does; the time of the processes beside is told, too. Nothing is answered from a cache.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bench.grown_release import write_grown_release
from bench.processes import descendants_time
from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.query.service import QueryService
from coopgraph.reading.pages.page_process import PageProcess
from coopgraph.server.serve import leave_old_objects_alone
from coopgraph.settings import Settings
from coopgraph.store.protocol import Store
from coopgraph.web.app import create_app

OF_THE_GRAPH = (
    "/ko/doc/org/kr-d4u-center",
    "/en/doc/org/paps",
    "/en/doc/area/kr",
    "/en/doc/concept/service-type/counselling",
    "/en/dataset/coopgraph",
    "/en/list/org",
    "/en/list/source",
    "/ko/list/figure",
    "/en/list/concept",
    "/en/list/citation",
    "/en/list/claim",
    "/ko/help?area=kr",
    "/en/quality",
    "/doc/figure.jsonld",
    "/doc/org.jsonld?area=kr",
    "/doc/org/kr-d4u-center.ttl",
    "/doc/org/kr-d4u-center.jsonld",
    "/doc/org/kr-d4u-center.jsonld?profile=schema",
    "/doc/org/kr-d4u-center.csv",
    "/doc/org/paps.ttl",
    "/doc/org/paps.jsonld",
)
"""Addresses in a release of the real graph: the largest body and a middling one, other things, short and long lists.

They must cost the same where generated data lie beside it.
"""

OF_GENERATED = (
    "/en/doc/org/body-7",
    "/en/doc/source/report-7",
    "/doc/org/body-7.ttl",
)
"""Addresses in generated data."""

PAGE_ROUNDS = 9
"""Times that each is made."""


@dataclass(frozen=True, slots=True)
class PageCost:
    """What one address costs: the answer's status and bytes, SPARQL round trips, and seconds of each round.

    ``beside``: those that the processes beside the server take for it, query workers and the maker of pages.
    """

    address: str
    status: int
    size: int
    round_trips: int
    times: tuple[float, ...]
    beside: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.times)


def of_release(var: Path) -> tuple[PageCost, ...]:
    """Return what the pages of the current release in ``var`` cost. Raises WrongUsage where there is none."""
    current_manifest(var)
    return measured(context.of_releases(Settings(var=str(var), workers=1)), OF_THE_GRAPH)


def of_generated(triples: int, var: Path) -> tuple[PageCost, ...]:
    """Return what pages cost in the current release in ``var`` with ``triples`` generated triples beside.

    Raises WrongUsage where there is none.
    """
    manifest = current_manifest(var)
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as folder:
        write_grown_release(triples, manifest, var, Path(folder))
        return measured(context.of_releases(Settings(var=folder, workers=1)), (*OF_THE_GRAPH, *OF_GENERATED))


def current_manifest(var: Path) -> Manifest:
    """Return the manifest of the current release in ``var``. Raises WrongUsage where there is none."""
    release = release_folder.current(var)
    if release is None:
        raise WrongUsage(
            Message("There is no release whose pages could be measured."), Message("Build one: `coopgraph build`.")
        )
    return release_folder.manifest(var, release)


class _CountingRegistry:
    """A store registry that counts how often a store is taken from it: once for each query."""

    def __init__(self, app_context: AppContext) -> None:
        self._store_registry = app_context.store_registry
        self.taken = 0
        self.current = app_context.store_registry.current
        self.without_waiting = app_context.store_registry.without_waiting

    def store(self, release: str) -> Store:
        self.taken += 1
        return self._store_registry.store(release)


def measured(app_context: AppContext, addresses: Sequence[str]) -> tuple[PageCost, ...]:
    """Return what ``addresses`` cost, after each was asked once; close ``app_context``.

    What is made once for all pages is no part of any: templates, catalogues, the words of the release.
    """
    with closing(app_context), closing(PageProcess()) as page_process:
        page_process.start()
        store_registry = _CountingRegistry(app_context)
        client = create_app(
            replace(
                app_context,
                page_process=page_process,
                query_service=QueryService(
                    store_registry, app_context.query_service.limits, presets=app_context.query_service.presets
                ),
            )
        ).test_client()
        for address in addresses:
            client.get(address)
        leave_old_objects_alone()
        found = []
        for address in addresses:
            times, beside = [], []
            for _ in range(PAGE_ROUNDS):
                before = descendants_time()
                store_registry.taken, begun = 0, time.thread_time()
                answer = client.get(address)
                times.append(time.thread_time() - begun)
                beside.append(descendants_time() - before)
            found.append(
                PageCost(
                    address, answer.status_code, len(answer.data), store_registry.taken, tuple(times), tuple(beside)
                )
            )
        gc.unfreeze()
        return tuple(found)
