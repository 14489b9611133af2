"""Request record: what a log may hold of a request, which is neither a query nor an address of a reader."""

from __future__ import annotations

from typing import NamedTuple

REQUESTS = "coopgraph.request"
"""The logger of requests."""


class RequestRecord(NamedTuple):
    """A request as the log tells of it: the ``seconds`` that it took, the ``moment`` of its answer (Unix time)."""

    method: str
    route: str
    status: int
    seconds: float
    release: str | None
    moment: float
