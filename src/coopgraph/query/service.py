"""Query service: every SPARQL query, whoever asks, is guarded, answered and limited by :class:`QueryService`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple, Protocol

from coopgraph.errors import QueryProblem, QuerySyntax, QueueFull, ResultTooLarge
from coopgraph.messages.message import Message
from coopgraph.query.federation import Federation
from coopgraph.query.parquet import ROWS_FORMAT, Packer
from coopgraph.rdf.formats import PARQUET
from coopgraph.sparql.diagnosis import diagnose
from coopgraph.sparql.guard import Inspected, inspect, lacking, read_tokens
from coopgraph.sparql.query import SparqlQuery
from coopgraph.sparql.service_calls import without_service_calls
from coopgraph.store.protocol import Answer, AsyncStore, CancellationToken, Choice, RunningQuery, Store

LONG_QUERY = 32 * 1024
"""Characters of a query beyond which only one is taken apart at a time: its words take a hundred times its memory."""

INSPECTION_WAIT = 2.0
"""Seconds that such a query waits for others to be taken apart."""


class StoreRegistry(Protocol):
    """Where the stores of the releases stand."""

    def current(self) -> str:
        """Return the name of the release that is asked where none is named. Raises StoreDown where there is none."""
        ...

    def without_waiting(self) -> tuple[str, AsyncStore] | None:
        """Return the current release and its store, where it can be asked without waiting for anything."""
        ...

    def store(self, release: str) -> Store:
        """Return the open store of ``release``. Raises NotFound, Gone or StoreDown."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """``time`` in seconds of one query, ``length`` of its text and ``size`` of its result in bytes."""

    time: float
    length: int
    size: int


class StartedQuery(NamedTuple):
    """A query that was begun without waiting, and the release that is asked."""

    release: str
    running: RunningQuery


class QueryService:
    """Guards, asks and limits. Thread-safe.

    ``release`` is the one release it asks; None: whichever is current when a query comes.
    """

    def __init__(
        self,
        store_registry: StoreRegistry,
        limits: Limits,
        release: str | None = None,
        packer: Packer | None = None,
        federation: Federation | None = None,
        presets: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._store_registry = store_registry
        self._federation = federation
        self._packer = packer or Packer()
        self._release = release
        self._long = Lock()
        self.limits = limits
        self.presets = presets
        """Prefixes that a query need not declare, with their namespaces."""

    def release_name(self) -> str:
        """Return the name of the release that is asked; the first to ask has it opened.

        Raises StoreDown where none was built yet.
        """
        return self._release or self._store_registry.current()

    def at(self, release: str) -> QueryService:
        """Return the query service of the one release ``release``. Raises NotFound or Gone when it is asked."""
        query_service = copy(self)
        query_service._release = release
        return query_service

    @property
    def asks(self) -> frozenset[str]:
        """The addresses of other servers that a query may ask."""
        return self._federation.allowed if self._federation else frozenset()

    def inspect(self, sparql_query: SparqlQuery, timeout: float | None = None) -> Inspected:
        """Return what the query's words say, within ``timeout`` seconds where that is below the limit.

        Raises what :func:`coopgraph.sparql.guard.inspect` raises, and QueueFull where other long queries go before it.
        """
        if len(sparql_query.query) <= LONG_QUERY:
            return self._inspected(sparql_query.query, self._time(timeout))
        with self._taking_apart(sparql_query.query):
            return self._inspected(sparql_query.query, self._time(timeout))

    def _inspected(self, query: str, seconds: float) -> Inspected:
        length = self.limits.length
        return inspect(query, length=length, seconds=seconds, allowed=self.asks, presets=self.presets)

    def begin(
        self, sparql_query: SparqlQuery, choice: Choice, inspected: Inspected, timeout: float | None
    ) -> StartedQuery | None:
        """Begin to answer in the current release, without waiting; None where that takes more than a worker's answer.

        Whoever goes on in a thread hands it to :meth:`answer`. Raises QueueFull or StoreDown.
        """
        held = self._store_registry.without_waiting()
        if held is None or inspected.calls or choice.bindings is PARQUET:
            return None
        release, store = held
        return StartedQuery(release, store.begin(inspected.placed(sparql_query), choice, timeout=self._time(timeout)))

    def answer(
        self,
        sparql_query: SparqlQuery,
        choice: Choice,
        *,
        timeout: float | None = None,
        token: str | None = None,
        cancellation: CancellationToken | None = None,
        inspected: Inspected | None = None,
        started: StartedQuery | None = None,
    ) -> Answer:
        """Answer, within ``timeout`` seconds where that is below the limit.

        ``inspected`` is what :meth:`inspect` gave, where that was asked already; ``started`` what :meth:`begin` gave.
        The dataset is the query's own, else that of FROM and FROM NAMED, else the store's. Raises the errors under
        QueryProblem, and NotAcceptable, NotFound or Gone; so do the answer's chunks while they come.
        """
        inspected = inspected or self.inspect(sparql_query, timeout)
        sparql_query = inspected.placed(sparql_query)
        store, time = self._store_registry.store(self.release_name()), self._time(timeout)
        rows = ROWS_FORMAT if choice.bindings is PARQUET else choice.bindings
        written = sparql_query.query
        try:
            if inspected.calls and self._federation:
                # Nobody else is asked for a query that is malformed.
                store.check(without_service_calls(written), timeout=time, prefixes=sparql_query.prefixes)
                until = monotonic() + time
                query = self._federation.answered(
                    written, inspected.calls, timeout=time, token=token, cancellation=cancellation
                )
                sparql_query, time = sparql_query._replace(query=query), max(until - monotonic(), 0.0)
            if started is not None:
                if cancellation is not None:
                    cancellation.watch(started.running.leave)
                answer = started.running.answer()
            else:
                answer = store.answer(
                    sparql_query, choice._replace(bindings=rows), timeout=time, token=token, cancellation=cancellation
                )
        except QuerySyntax as error:
            raise self._explained(written, error) from error
        answer = answer._replace(chunks=_limited(answer.chunks, self.limits.size))
        if choice.bindings is PARQUET and answer.form == "bindings":
            return self._packer.pack(answer, timeout=time, cancellation=cancellation)
        return answer

    def check(self, query: str) -> None:
        """Return where ``query`` is well-formed. Raises QuerySyntax, QueryRefused, QueryTooLong and their kin."""
        with self._taking_apart(query):
            needed = lacking(read_tokens(query, length=self.limits.length, seconds=self.limits.time), self.presets)
            asking_nobody = without_service_calls(query)
        try:
            self._store_registry.store(self.release_name()).check(
                asking_nobody, timeout=self.limits.time, prefixes=needed
            )
        except QuerySyntax as error:
            raise self._explained(query, error) from error

    def cancel(self, token: str) -> bool:
        """Stop the queries that were sent with ``token``; False where none runs or waits."""
        stopped = self._store_registry.store(self.release_name()).cancel(token)
        return bool(self._federation and self._federation.cancel(token)) or stopped

    def _explained(self, query: str, error: QuerySyntax) -> QueryProblem:
        if error.line is not None:
            return error
        with self._taking_apart(query):
            return diagnose(query, str(error), self.presets)

    @contextmanager
    def _taking_apart(self, query: str) -> Iterator[None]:
        if len(query) <= LONG_QUERY:
            yield
            return
        if not self._long.acquire(timeout=INSPECTION_WAIT):
            raise QueueFull(
                Message("Too many long queries are being read."), Message("Ask again in a few seconds."), retry_after=5
            )
        try:
            yield
        finally:
            self._long.release()

    def _time(self, asked: float | None) -> float:
        return self.limits.time if asked is None else min(asked, self.limits.time)


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise ResultTooLarge(
                Message("The result is larger than {limit:,} bytes, the limit for one query.", limit=limit),
                Message("Ask in parts (LIMIT and OFFSET with ORDER BY), or take the whole release from /releases."),
                limit=limit,
            )
        yield chunk
