"""Worker pool: leases workers to queries, with lanes, bounded queues, a deadline, a kill, a fresh worker.

A worker is a process of its own (:mod:`.worker`) behind a socket. It takes one query at a time; a query that is
not finished when it must be is ended by killing its worker, which is replaced from a spare that is already waiting.

There are ordinary lanes, in which a query may take all its time, and quick lanes for those that come while the
ordinary ones are taken: a query has a slice of time there, and begins anew in an ordinary lane where it needs more.
So one that is answered at once never waits for one that is not, and nobody has to guess which is which.
"""

from __future__ import annotations

import threading
from collections import deque

from coopgraph.errors import QueryCancelled, StoreDown
from coopgraph.messages.message import Message
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.oxigraph.loading import StoreContents
from coopgraph.store.oxigraph.query_handle import QueryHandle
from coopgraph.store.oxigraph.supervisor import Worker, WorkerSupervisor
from coopgraph.store.oxigraph.task import to_answer, to_check
from coopgraph.store.oxigraph.worker_lease import Lease, queue_full
from coopgraph.store.protocol import Answer, CancellationToken, Choice, Health

RECYCLE_AFTER = 500_000
"""Answers after which a worker is replaced, and whatever memory has been lost in it comes back."""

QUICK = 2
"""Quick lanes: while the server hands one of them its next query, the other answers."""

SPARE = 1
"""Workers kept ready beyond those that may be busy, so that a kill costs no time."""


class Pool:
    """Workers over one dataset: a :class:`coopgraph.store.protocol.Store`.

    ``workers`` queries run at once in the ordinary lanes, :data:`QUICK` more in quick ones; before each kind,
    ``waiting`` more may wait. ``memory`` is what one query may take, in bytes.
    Loading happens here: raises UnreadableInput (SyntaxProblem with line and column) or StoreDown.
    """

    def __init__(self, contents: StoreContents, *, workers: int, waiting: int, memory: int) -> None:
        self._workers = workers
        self._waiting_limit = waiting
        self._lock = threading.Lock()
        self._idle: deque[Worker] = deque()
        self._busy: set[Lease] = set()
        self._waiting: deque[Lease] = deque()
        self._quick: set[Lease] = set()
        self._waiting_for_quick: deque[Lease] = deque()
        self._all_done = threading.Condition(self._lock)
        self._closed = False
        self._killed = 0
        self._supervisor = WorkerSupervisor(contents, memory)
        self._quads: int = self._supervisor.report["quads"]
        self._remark: str = self._supervisor.report["remark"]
        with self._lock:
            self._refill()

    def answer(
        self,
        sparql_query: SparqlQuery,
        choice: Choice,
        *,
        timeout: float,
        token: str | None = None,
        cancellation: CancellationToken | None = None,
    ) -> Answer:
        """See :meth:`coopgraph.store.protocol.Store.answer`."""
        running = self.begin(sparql_query, choice, timeout=timeout, token=token)
        if cancellation is not None:
            cancellation.watch(running.leave)
        return running.answer()

    def begin(
        self, sparql_query: SparqlQuery, choice: Choice, *, timeout: float, token: str | None = None
    ) -> QueryHandle:
        """See :meth:`coopgraph.store.protocol.AsyncStore.begin`."""
        return QueryHandle(self._enter(token), to_answer(sparql_query, choice), timeout, self._move)

    def check(self, query: str, *, timeout: float, prefixes: tuple[tuple[str, str], ...] = ()) -> None:
        """See :meth:`coopgraph.store.protocol.Store.check`."""
        next(QueryHandle(self._enter(None), to_check(query, prefixes), timeout, self._move).frames())

    def cancel(self, token: str) -> bool:
        """See :meth:`coopgraph.store.protocol.Store.cancel`."""
        with self._lock:
            found = [lease for lease in (*self._running(), *self._queued()) if lease.token == token]
        for lease in found:
            lease.stop(QueryCancelled(Message("This query was cancelled.")))
        return bool(found)

    def health(self) -> Health:
        """See :meth:`coopgraph.store.protocol.Store.health`."""
        with self._lock:
            busy, waiting = len(self._running()), len(self._queued())
        return Health(
            self._quads,
            not self._remark,
            self._remark,
            busy,
            waiting,
            workers=self._workers,
            killed=self._killed,
            trouble="The process that starts query workers is stopped." if self._supervisor.stopped else "",
        )

    @property
    def alive(self) -> bool:
        """Whether the loading process still runs; without it no worker can be replaced."""
        return not self._closed and self._supervisor.alive

    def close(self, grace: float = 0.0) -> None:
        """Take no more queries, give running ones ``grace`` seconds, then end all processes."""
        with self._lock:
            self._closed = True
            self._refuse_queued(_stopping())
            self._all_done.wait_for(lambda: not self._running(), timeout=grace)
            running = self._running()
        for lease in running:
            lease.stop(_stopping())
        self._supervisor.close()
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    # Lanes and queues; where the lock must be held, the docstring says so

    def _enter(self, token: str | None) -> Lease:
        """Let a query in; it has a worker at once, or waits for one. Raises QueueFull or StoreDown."""
        lease = Lease(self, token)
        with self._lock:
            if self._closed:
                raise _stopping()
            if len(self._waiting_for_quick) >= self._waiting_limit:
                raise queue_full()
            self._waiting_for_quick.append(lease)
            self._advance()
        return lease

    def _move(self, lease: Lease) -> None:
        """Let a query that has used its slice up begin anew in an ordinary lane, or wait for one."""
        with self._lock:
            worker = lease.begin_anew()
            if worker is not None:
                self._quick.discard(lease)
                self._supervisor.kill(worker)
                if len(self._waiting) < self._waiting_limit:
                    self._waiting.append(lease)
                else:
                    lease.refuse(queue_full())
                self._advance()
        if worker is None:
            raise lease.failed()

    def _running(self) -> tuple[Lease, ...]:
        """Those that have a worker. The lock is held."""
        return (*self._busy, *self._quick)

    def _queued(self) -> tuple[Lease, ...]:
        """Those that wait. The lock is held."""
        return (*self._waiting, *self._waiting_for_quick)

    def _advance(self) -> None:
        """Fill the lanes: the ordinary ones first, and from their own queue first. The lock is held."""
        try:
            while len(self._busy) < self._workers and (self._waiting or self._waiting_for_quick):
                worker = self._worker()
                lease = (self._waiting or self._waiting_for_quick).popleft()
                self._busy.add(lease)
                lease.begin(worker, brief=False)
            while len(self._quick) < QUICK and self._waiting_for_quick:
                worker = self._worker()
                lease = self._waiting_for_quick.popleft()
                self._quick.add(lease)
                lease.begin(worker, brief=True)
            self._refill()
        except StoreDown as problem:
            self._refuse_queued(problem)

    def _worker(self) -> Worker:
        """Return a worker that lives. The lock is held. Raises StoreDown."""
        while self._idle:
            worker = self._idle.popleft()
            if worker.lives():
                return worker
            worker.close()
        return self._supervisor.fork()

    def _refill(self) -> None:
        """Order workers until all that may run and the spare are there. The lock is held."""
        wanted = self._workers + QUICK + SPARE
        while not self._closed and len(self._idle) + len(self._busy) + len(self._quick) < wanted:
            self._idle.append(self._supervisor.fork())

    def _refuse_queued(self, problem: StoreDown) -> None:
        """Refuse all that wait. The lock is held."""
        for lease in self._queued():
            lease.refuse(problem)
        self._waiting.clear()
        self._waiting_for_quick.clear()

    def finish(self, lease: Lease, worker: Worker, *, reusable: bool) -> None:
        """See :meth:`coopgraph.store.oxigraph.worker_lease.Lender.finish`."""
        worker.answers += 1
        with self._lock:
            self._busy.discard(lease)
            self._quick.discard(lease)
            if reusable and worker.answers < RECYCLE_AFTER and not self._closed:
                self._idle.appendleft(worker)
            else:
                self._supervisor.kill(worker)
            self._advance()
            if not self._busy and not self._quick:
                self._all_done.notify_all()

    def kill(self, worker: Worker) -> None:
        """See :meth:`coopgraph.store.oxigraph.worker_lease.Lender.kill`."""
        with self._lock:
            self._killed += 1
        self._supervisor.kill(worker, close=False)

    def signal_of(self, worker: Worker) -> int | None:
        """See :meth:`coopgraph.store.oxigraph.worker_lease.Lender.signal_of`."""
        return self._supervisor.signal_of(worker)

    def forget(self, lease: Lease) -> bool:
        """See :meth:`coopgraph.store.oxigraph.worker_lease.Lender.forget`."""
        with self._lock:
            for queue in (self._waiting, self._waiting_for_quick):
                if lease in queue:
                    queue.remove(lease)
                    return True
        return False


def _stopping() -> StoreDown:
    return StoreDown(Message("The service is stopping."), Message("Ask again in a moment."))
