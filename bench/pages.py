"""Pages, lists and documents of this service, cold: the processor time that the web process takes to make one.

That is the time of the thread that makes it, without the query workers, so it says what a page takes from everybody
else who is served, and hardly varies with what else the machine does. Nothing is answered from a cache.
"""

from __future__ import annotations

import gc
import gzip
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from coopgraph import context
from coopgraph.context import AppContext
from coopgraph.dataset.generator import generate
from coopgraph.errors import WrongUsage
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest
from coopgraph.query.service import QueryService
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
    "/doc/org/kr-d4u-center.ttl",
    "/doc/org/kr-d4u-center.jsonld",
    "/doc/org/kr-d4u-center.jsonld?profile=schema",
    "/doc/org/kr-d4u-center.csv",
    "/doc/org/paps.ttl",
    "/doc/org/paps.jsonld",
)
"""Addresses in a release of the real graph: the largest body and a middling one, other things, short and long lists."""

OF_GENERATED = (
    "/en/doc/org/body-7",
    "/en/doc/source/report-7",
    "/doc/org/body-7.ttl",
    "/en/list/org",
    "/en/list/figure",
)
"""Addresses in generated data."""

BESIDE_GENERATED = (
    "/ko/doc/org/kr-d4u-center",
    "/en/doc/org/paps",
    "/en/doc/area/kr",
    "/ko/list/figure",
    "/en/list/claim",
    "/doc/org/kr-d4u-center.ttl",
    "/doc/org/kr-d4u-center.jsonld",
)
"""Addresses of the real graph that must cost the same where generated data lie beside it."""

PAGE_ROUNDS = 9
"""Times that each is made."""


@dataclass(frozen=True, slots=True)
class PageCost:
    """What one address costs: the answer's status and bytes, SPARQL round trips, and seconds of each round."""

    address: str
    status: int
    size: int
    round_trips: int
    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.times)


def of_release(var: Path) -> tuple[PageCost, ...]:
    """Return what the pages of the current release in ``var`` cost. Raises WrongUsage where there is none."""
    _current(var)
    return _measured(context.of_releases(Settings(var=str(var), workers=1)), OF_THE_GRAPH)


def of_generated(triples: int, var: Path) -> tuple[PageCost, ...]:
    """Return what pages cost where ``triples`` generated triples and the current release in ``var`` are one dataset.

    Raises WrongUsage where there is none.
    """
    manifest = release_folder.manifest(var, _current(var))
    with tempfile.TemporaryDirectory(prefix="coopgraph-bench-") as folder:
        data = Path(folder) / "data.nq"
        with data.open("wb") as stream:
            stream.writelines(line.encode() for line in generate(triples))
            stream.writelines(_quads(release_folder.file(var, manifest.id, release_folder.DUMP), manifest))
        app_context = context.of_files(Settings(var=str(var), workers=1), [data])
        return _measured(replace(app_context, releases=True), (*BESIDE_GENERATED, *OF_GENERATED))


def _current(var: Path) -> str:
    release = release_folder.current(var)
    if release is None:
        raise WrongUsage(
            Message("There is no release whose pages could be measured."), Message("Build one: `coopgraph build`.")
        )
    return release


def _quads(dump: Path, manifest: Manifest) -> Iterator[bytes]:
    """Yield the quads of a release, those of its default graph in that as well."""
    ends = tuple(f" <{graph}> .\n".encode() for graph in manifest.default_graph)
    with gzip.open(dump) as lines:
        for line in lines:
            yield line
            if line.endswith(ends):
                yield line[: line.rindex(b" <")] + b" .\n"


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


def _measured(app_context: AppContext, addresses: Sequence[str]) -> tuple[PageCost, ...]:
    with closing(app_context):
        store_registry = _CountingRegistry(app_context)
        client = create_app(
            replace(
                app_context,
                query_service=QueryService(
                    store_registry, app_context.query_service.limits, presets=app_context.query_service.presets
                ),
            )
        ).test_client()
        # What is made once for all pages is no part of any: templates, catalogues, the words of the release.
        for address in addresses:
            client.get(address)
        leave_old_objects_alone()
        found = []
        for address in addresses:
            times = []
            for _ in range(PAGE_ROUNDS):
                store_registry.taken, begun = 0, time.thread_time()
                answer = client.get(address)
                times.append(time.thread_time() - begun)
            found.append(PageCost(address, answer.status_code, len(answer.data), store_registry.taken, tuple(times)))
        gc.unfreeze()
        return tuple(found)
