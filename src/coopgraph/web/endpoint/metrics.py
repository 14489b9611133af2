"""``/metrics``: what happens here, in numbers (OpenMetrics 1.0), and a line in the log for each request.

Neither holds a query, an address of a reader, or the name of what was read: a request is known by its method, the
template of its route, its status, its seconds and its release.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

from coopgraph import __version__
from coopgraph.context import AppContext
from coopgraph.errors import CoopgraphError
from coopgraph.http.request_record import REQUESTS, RequestRecord
from coopgraph.model import release_folder
from coopgraph.model.iris import SHAPE
from coopgraph.query.data_quality import DataQuality, data_quality
from coopgraph.store.protocol import Lane
from coopgraph.web.common import request_context
from coopgraph.web.endpoint.health import uncached

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Upper bounds of the histograms, in seconds."""

GATHERING = 0.05
"""Seconds for which requests are gathered before they are counted and written."""

Query = tuple[str, Lane | Literal["none"]]
"""What a query from outside came to, and the lane in which it was answered."""

_OVERDUE = SHAPE + "Overdue"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_EXTENSION = "coopgraph.metrics"
_log = logging.getLogger(REQUESTS)


def _log_each(requests: Sequence[RequestRecord]) -> None:
    for one in requests:
        fields = {
            "method": one.method,
            "route": one.route,
            "status": one.status,
            "seconds": round(one.seconds, 6),
            "release": one.release,
        }
        _log.info("%s %s %d", one.method, one.route, one.status, extra={"fields": fields})


class Metrics:
    """Metrics of one application, in a ``registry`` that others may add to; ``log`` writes the lines of requests."""

    def __init__(self, app_context: AppContext) -> None:
        self._app_context = app_context
        self.log: Callable[[Sequence[RequestRecord]], object] = _log_each
        self._guard = threading.Lock()
        self._measured: tuple[str, tuple[Metric, ...]] = ("", ())
        self._waiting: list[tuple[RequestRecord, Query | None]] = []
        self._later: Callable[[], object] | None = None
        self.registry = CollectorRegistry()
        # The first to be asked: it counts what waits before the histograms are read.
        self.registry.register(self)
        self._requests = Histogram(
            "coopgraph_request_seconds",
            "Requests that reached the application, by what they came to.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._queries = Histogram(
            "coopgraph_query_seconds",
            "Queries from outside, from the request to the whole answer, by outcome and lane.",
            ("outcome", "lane"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def count(
        self,
        method: str,
        route: str,
        status: int,
        seconds: float,
        release: str | None,
        query: Query | None = None,
    ) -> None:
        """Count a request, and write its line to the log. ``query``: outcome and lane of a query from outside."""
        answered = RequestRecord(method, route, status, seconds, release, time.time())
        with self._guard:
            self._waiting.append((answered, query))
            first = len(self._waiting) == 1
        if self._later is None:
            self.settle()
        elif first:
            self._later()

    def gather(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Let requests wait for a moment to be counted together, by a timer of ``loop``. None: count at once.

        Many at a time are counted and written in half the time.
        """
        self._later = (
            None if loop is None else lambda: loop.call_soon_threadsafe(loop.call_later, GATHERING, self.settle)
        )
        self.settle()

    def settle(self) -> None:
        """Count those that wait, and write their lines."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
            for answered, query in waiting:
                self._requests.labels(answered.method, answered.route, answered.status).observe(answered.seconds)
                if query is not None:
                    self._queries.labels(*query).observe(answered.seconds)
        self.log([answered for answered, _ in waiting])

    def collect(self) -> Iterator[Metric]:
        """Yield what is looked up rather than counted: workers, cache, releases."""
        self.settle()
        yield InfoMetricFamily("coopgraph", "The software.", {"version": __version__})
        yield from self._of_workers()
        if self._app_context.releases:
            yield from self._of_releases()
            yield from self._of_data()

    def _of_workers(self) -> Iterator[Metric]:
        try:
            release = self._app_context.store_registry.current()
            health = self._app_context.store_registry.store(release).health()
        except CoopgraphError:
            yield GaugeMetricFamily("coopgraph_ready", "Whether a release is served.", 0)
            return
        yield GaugeMetricFamily("coopgraph_ready", "Whether a release is served.", 1)
        trouble = bool(self._app_context.store_registry.trouble)
        yield GaugeMetricFamily("coopgraph_trouble", "Whether the newest release cannot be served.", trouble)
        yield GaugeMetricFamily("coopgraph_quads", "Quads in the store of the release served.", health.quads)
        yield GaugeMetricFamily("coopgraph_workers", "Queries that may run at once.", health.workers)
        yield GaugeMetricFamily("coopgraph_workers_busy", "Queries that run.", health.busy)
        yield GaugeMetricFamily("coopgraph_queue_length", "Queries that wait.", health.waiting)
        killed = CounterMetricFamily(
            "coopgraph_workers_killed", "Workers ended because of their query.", labels=("release",)
        )
        killed.add_metric((release,), health.killed)
        yield killed

    def _of_releases(self) -> Iterator[Metric]:
        var = self._app_context.var
        manifests = release_folder.manifests(var)
        count = GaugeMetricFamily("coopgraph_releases", "Releases built so far.", labels=("state",))
        count.add_metric(("present",), len(manifests))
        count.add_metric(("withdrawn",), len(release_folder.tombstones(var)))
        yield count
        if manifests:
            built = GaugeMetricFamily(
                "coopgraph_last_build_seconds", "When the newest release was built (Unix time).", unit="seconds"
            )
            built.add_metric((), datetime.fromisoformat(manifests[0].created).timestamp())
            yield built

    def _of_data(self) -> Iterator[Metric]:
        """Yield the quality of the data served, which is asked once a release."""
        try:
            release = self._app_context.store_registry.current()
            if self._measured[0] != release:
                found = data_quality(self._app_context.query_service.at(release))
                self._measured = release, tuple(_of_quality(found, self._overdue(release)))
        except CoopgraphError:
            return
        yield from self._measured[1]

    def _overdue(self, release: str) -> int:
        """Return how many records were due to be checked again when the release was built, as its report says."""
        report = release_folder.file(self._app_context.var, release, release_folder.REPORT_JSON)
        return sum(finding["rule"] == _OVERDUE for finding in json.loads(report.read_bytes())["findings"])


def _of_quality(found: DataQuality, overdue: int) -> Iterator[Metric]:
    things = GaugeMetricFamily("coopgraph_data_things", "Things of each class in the release.", labels=("class",))
    for name, number in sorted(found.things.items()):
        things.add_metric((name,), number)
    yield things
    statements = GaugeMetricFamily(
        "coopgraph_data_statements", "Statements with a source, by how they were verified.", labels=("verification",)
    )
    for name, number in sorted(found.statements.items()):
        statements.add_metric((name,), number)
    yield statements
    yield GaugeMetricFamily(
        "coopgraph_data_overdue", "Records that were due to be checked at their sources when it was built.", overdue
    )
    yield GaugeMetricFamily(
        "coopgraph_data_areas_without_telephone",
        "Areas with services of which none has a telephone number.",
        found.areas_without_telephone,
    )


def install_metrics(app: Flask, metrics: Metrics) -> None:
    """Count and log every request of ``app`` in ``metrics``, which its ``/metrics`` shows."""
    app.extensions[_EXTENSION] = metrics

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        seconds = time.perf_counter() - g.begun
        method = request.method if request.method in _METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        release = request_context.pinned() or response.headers.get("X-Coopgraph-Release")
        outcome = g.get("problem") or ("unchanged" if response.status_code == 304 else "answered")
        query = (outcome, g.lane) if "lane" in g else None
        metrics.count(method, route, response.status_code, seconds, release, query)
        return response


def blueprint(_: AppContext) -> Blueprint:
    """Return the blueprint of ``/metrics``, in the OpenMetrics text format."""
    room = Blueprint("metrics", __name__)

    @room.get("/metrics")
    def metrics() -> Response:
        """Give all numbers as OpenMetrics text."""
        shown: Metrics = current_app.extensions[_EXTENSION]
        text: bytes = generate_latest(shown.registry)  # type: ignore[no-untyped-call]
        return uncached(Response(text, content_type=CONTENT_TYPE_LATEST))

    return room
