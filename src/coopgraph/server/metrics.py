"""Metrics of the server: what its response cache did, as ``/metrics`` shows it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from coopgraph.server.response_cache import ResponseCache


class CacheMetrics:
    """Numbers of ``cache`` in a registry."""

    def __init__(self, cache: ResponseCache, registry: CollectorRegistry) -> None:
        self._cache = cache
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield what is looked up rather than counted."""
        yield CounterMetricFamily("coopgraph_cache_hits", "Answers given from memory.", self._cache.hits)
        yield CounterMetricFamily("coopgraph_cache_misses", "Answers that had to be made.", self._cache.misses)
        yield GaugeMetricFamily(
            "coopgraph_cache_bytes", "Memory that kept answers take.", self._cache.size, unit="bytes"
        )
