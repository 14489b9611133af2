"""Worker lease: one query's hold on a worker, from the queue to the end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Protocol

from coopgraph.errors import OurFault, QueryCancelled, QueryMemory, QueryProblem, QueueFull, StoreDown
from coopgraph.messages.message import Message
from coopgraph.store.oxigraph.supervisor import Worker

_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
"""Signals that no fault of a process's own brings about."""


class Lender(Protocol):
    """Whom a lease has its worker from."""

    def finish(self, lease: Lease, worker: Worker, *, reusable: bool) -> None:
        """Take a worker back, or end it; let the next in the queue begin. Called by the lease, once."""
        ...

    def kill(self, worker: Worker) -> None:
        """End ``worker`` at once; whoever reads from it sees the end."""
        ...

    def signal_of(self, worker: Worker) -> int | None:
        """Return the number of the signal that ended ``worker`` without order, where that is known."""
        ...

    def forget(self, lease: Lease) -> bool:
        """Take ``lease`` out of its queue; False where it no longer waits."""
        ...


class Lease:
    """Ends once, from whichever thread comes first.

    ``brief`` while its worker is that of the quick lane; ``deadline`` is a moment of ``time.monotonic``, ``limit`` the
    seconds that there were until then.
    """

    __slots__ = (
        "_begun",
        "_guard",
        "_is_ready",
        "_lender",
        "_problem",
        "_waited_for",
        "_worker",
        "brief",
        "deadline",
        "ended",
        "limit",
        "reading",
        "token",
    )

    def __init__(self, lender: Lender, token: str | None) -> None:
        self._lender = lender
        self._begun: Callable[[], object] | None = None
        self._guard = threading.Lock()
        self._is_ready = False
        self._waited_for: threading.Event | None = None
        self._worker: Worker | None = None
        self._problem: QueryProblem | None = None
        self.brief = False
        self.deadline = 0.0
        self.limit = 0.0
        self.ended = False
        self.reading = threading.RLock()
        self.token = token

    @property
    def worker(self) -> Worker:
        """The worker; only after :meth:`await_worker`."""
        if self._worker is None:
            raise OurFault(Message("A query was asked before it had a worker."))
        return self._worker

    def begin(self, worker: Worker, *, brief: bool) -> None:
        """Have a worker, in a quick lane where ``brief``; whoever waits for it is told."""
        self.brief = brief
        self._worker = worker
        self._tell()

    def begin_anew(self) -> Worker | None:
        """Have no worker any more; return the one it was, or None where the query was stopped meanwhile."""
        with self._guard:
            if self._problem is not None:
                return None
            worker, self._worker = self._worker, None
            self.brief = False
            self._is_ready = False
        return worker

    def refuse(self, problem: QueryProblem) -> None:
        """Get no worker, and know why."""
        self._problem = self._problem or problem
        self._tell()

    def watch(self, begun: Callable[[], object]) -> bool:
        """Return whether the wait in the queue is over; where it is not, call ``begun`` then, from any thread."""
        with self._guard:
            if not self._is_ready:
                self._begun = begun
            return self._is_ready

    def _tell(self) -> None:
        with self._guard:
            self._is_ready = True
            begun, self._begun = self._begun, None
            waited_for = self._waited_for
        if waited_for is not None:
            waited_for.set()
        if begun is not None:
            begun()

    def _wait(self, timeout: float | None) -> bool:
        with self._guard:
            if self._is_ready:
                return True
            self._waited_for = waited_for = threading.Event()
        return waited_for.wait(timeout)

    def await_worker(self, timeout: float) -> None:
        """Wait in the queue for at most ``timeout`` seconds. Raises QueueFull, QueryCancelled or StoreDown."""
        if not self._wait(timeout) and self._lender.forget(self):
            raise queue_full()
        self._wait(None)
        if self._worker is None:
            raise self._problem or queue_full()

    def stop(self, problem: QueryProblem) -> None:
        """End the query with ``problem``, whether it waits or runs; nothing happens where it has ended."""
        with self._guard:
            if self.ended or self._problem is not None:
                return
            self._problem = problem
        if self._lender.forget(self):
            self._tell()
        elif self._worker is not None:
            self._lender.kill(self._worker)

    def leave(self) -> None:
        """Nobody waits for the answer any more; whoever still reads it sees the end."""
        self.stop(QueryCancelled(Message("The client left before the answer was complete.")))

    def close(self) -> None:
        """End the query, from any thread; wait until nobody reads from its worker any more."""
        self.leave()
        with self.reading:
            self.end(reusable=False)

    def failed(self) -> QueryProblem:
        """End the lease of a worker that is gone; return why it went."""
        # Before the worker is given back, with which the news of it goes.
        by = None if self._problem or self.ended else self._lender.signal_of(self.worker)
        self.end(reusable=False)
        if by in _FROM_OUTSIDE:
            return StoreDown(
                Message("The process that worked on the query was ended from outside."),
                Message("Nothing is wrong with the query: ask again. It may be that the machine is short of memory."),
            )
        return self._problem or QueryMemory(
            Message("The query needed too much memory or hit a fault in the query engine, so it was stopped."),
            Message("Narrow it: fewer patterns without a shared variable, a LIMIT, no ORDER BY over everything."),
        )

    def end(self, *, reusable: bool) -> None:
        """Give the worker back; only the first call counts."""
        with self._guard:
            if self.ended or self._worker is None:
                return
            self.ended = True
            reusable = reusable and self._problem is None
        self._lender.finish(self, self._worker, reusable=reusable)


def queue_full() -> QueueFull:
    """Return the answer to one query too many."""
    return QueueFull(
        Message("Too many queries are waiting already."), Message("Ask again in a few seconds."), retry_after=5
    )
