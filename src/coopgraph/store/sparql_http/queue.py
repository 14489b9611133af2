"""Request queue of a server: the places of requests in it, their deadlines, their ends."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from coopgraph.errors import QueryCancelled, QueryProblem, QueryTimeout, QueueFull, StoreDown
from coopgraph.messages.message import Message
from coopgraph.store.sparql_http.client import CuttableConnection


class QueuedRequest(CuttableConnection):
    """One query on its way: its place in the queue, its deadline, its connection. Ends once, from any thread."""

    def __init__(self, token: str | None) -> None:
        super().__init__()
        self.token = token
        self.gone = threading.Event()
        """Set when nobody takes the answer any more, or all of it is taken."""
        self.deadline = float("inf")
        """The moment of ``time.monotonic`` at which the query ends."""
        self._timer: threading.Timer | None = None
        self._give_back: Callable[[], None] = lambda: None

    def begin(self, give_back: Callable[[], None]) -> None:
        """Have a place, or wait for one, given back by ``give_back``."""
        self._give_back = give_back

    def limit(self, seconds: float) -> None:
        """End the query after ``seconds``."""
        self.deadline = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self.cut, (_late(seconds),))
        self._timer.daemon = True
        self._timer.start()

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self.cut(QueryCancelled(Message("The client left before the answer was complete.")))
        self.end()

    def end(self) -> None:
        """Give the place back; only the first call counts."""
        if self.gone.is_set():
            return
        self.gone.set()
        if self._timer is not None:
            self._timer.cancel()
        self._give_back()


class RequestQueue:
    """How many queries run at once and how many wait, first come first served."""

    def __init__(self, running: int, waiting: int) -> None:
        self._limits = (running, waiting)
        self._change = threading.Condition()
        self._running: set[QueuedRequest] = set()
        self._waiting: deque[QueuedRequest] = deque()
        self._closed = False

    def take(self, call: QueuedRequest, patience: float) -> None:
        """Wait at most ``patience`` seconds for a place. Raises QueueFull, StoreDown, or what cut the call."""
        running, waiting = self._limits
        # Before the wait, so that whoever leaves meanwhile makes room at once.
        call.begin(lambda: self._give_back(call))
        with self._change:
            if self._closed:
                raise _stopping()
            if len(self._running) >= running and len(self._waiting) >= waiting:
                raise _queue_full()
            self._waiting.append(call)
            free = self._change.wait_for(lambda: call.problem or self._closed or self._is_next(call), patience)
            self._waiting.remove(call)
            self._change.notify_all()
            if call.problem is not None:
                raise call.problem
            if self._closed:
                raise _stopping()
            if not free:
                raise _queue_full()
            self._running.add(call)

    def stop(self, token: str, problem: QueryProblem) -> bool:
        """End the queries named ``token``; False where there is none."""
        with self._change:
            found = [call for call in (*self._running, *self._waiting) if call.token == token]
        for call in found:
            call.cut(problem)
        with self._change:
            self._change.notify_all()
        return bool(found)

    def load(self) -> tuple[int, int]:
        """Return how many queries run and how many wait."""
        with self._change:
            return len(self._running), len(self._waiting)

    def close(self) -> None:
        """Let nobody in any more, and end what runs."""
        with self._change:
            self._closed = True
            running = tuple(self._running)
            self._change.notify_all()
        for call in running:
            call.cut(_stopping())

    def _is_next(self, call: QueuedRequest) -> bool:
        return self._waiting[0] is call and len(self._running) < self._limits[0]

    def _give_back(self, call: QueuedRequest) -> None:
        with self._change:
            self._running.discard(call)
            self._change.notify_all()


def _late(seconds: float) -> QueryTimeout:
    return QueryTimeout(
        Message("The query was stopped after {seconds:g} seconds, the limit for one query.", seconds=seconds),
        Message("Narrow it: name a class or a value, add a LIMIT, or avoid ORDER BY over everything."),
    )


def _queue_full() -> QueueFull:
    return QueueFull(Message("Too many queries wait already."), Message("Ask again in a moment."))


def _stopping() -> StoreDown:
    return StoreDown(Message("The service is stopping."), Message("Ask again in a moment."))
