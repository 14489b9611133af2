"""Lease workers to questions: a bounded queue, a deadline, a kill, a fresh worker.

A worker is a process of its own (:mod:`.worker`) behind a socket. It takes one question at a time; a question that is
not finished when it must be is ended by killing its worker, which is replaced from a spare that is already waiting.
"""

from __future__ import annotations

import itertools
import select
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from coopgraph.errors import (
    NotAcceptable,
    OurFault,
    QueryCancelled,
    QueryMemory,
    QueryProblem,
    QuerySyntax,
    QueryTimeout,
    QueueFull,
    StoreDown,
    SyntaxProblem,
    UnreadableInput,
)
from coopgraph.rdf import formats
from coopgraph.store.oxigraph import frames
from coopgraph.store.oxigraph.contents import Contents
from coopgraph.store.oxigraph.frames import Frame, Kind
from coopgraph.store.oxigraph.loader import FORK, KILL, ORDER
from coopgraph.store.protocol import Answer, Choice, Departure, Health, Question

RECYCLE_AFTER = 1000
"""Answers after which a worker is replaced: reading touches shared memory, which slowly becomes the worker's own."""

SPARE = 1
"""Workers kept ready beyond those that may be busy, so that a kill costs no time."""


class Pool:
    """Workers over one dataset: a :class:`coopgraph.store.protocol.Store`.

    ``workers`` questions run at once, ``waiting`` more may wait. ``memory`` is what one query may take, in bytes.
    Loading happens here: raises UnreadableInput (SyntaxProblem with line and column) or StoreDown.
    """

    def __init__(self, contents: Contents, *, workers: int, waiting: int, memory: int) -> None:
        self._workers = workers
        self._waiting_limit = waiting
        self._lock = threading.Lock()
        self._idle: deque[_Worker] = deque()
        self._busy: set[_Lease] = set()
        self._waiting: deque[_Lease] = deque()
        self._all_done = threading.Condition(self._lock)
        self._closed = False
        self._nursery = _Nursery(contents, memory)
        self._quads: int = self._nursery.report["quads"]
        self._remark: str = self._nursery.report["remark"]
        with self._lock:
            self._refill()

    def answer(
        self,
        question: Question,
        choice: Choice,
        *,
        timeout: float,
        token: str | None = None,
        departed: Departure | None = None,
    ) -> Answer:
        """See :meth:`coopgraph.store.protocol.Store.answer`."""
        names = {
            form: wanted.name if (wanted := choice.of(form)) else None for form in ("bindings", "boolean", "graph")
        }
        lease = self._ask(
            {
                "query": question.query,
                "default_graphs": question.default_graphs,
                "named_graphs": question.named_graphs,
                "choice": names,
            },
            timeout,
            token,
            departed,
        )
        first = self._next(lease)
        if first.kind is not Kind.HEAD:
            lease.end(reusable=False)
            raise _broken_worker()
        head = first.json()
        return Answer(head["form"], formats.BY_NAME[head["format"]], self._chunks(lease), lease.close)

    def check(self, query: str, *, timeout: float) -> None:
        """See :meth:`coopgraph.store.protocol.Store.check`."""
        self._next(self._ask({"query": query, "choice": None}, timeout, None, None))

    def cancel(self, token: str) -> bool:
        """See :meth:`coopgraph.store.protocol.Store.cancel`."""
        with self._lock:
            found = [lease for lease in (*self._busy, *self._waiting) if lease.token == token]
        for lease in found:
            lease.stop(QueryCancelled("This query was cancelled."))
        return bool(found)

    def health(self) -> Health:
        """See :meth:`coopgraph.store.protocol.Store.health`."""
        with self._lock:
            return Health(self._quads, not self._remark, self._remark, len(self._busy), len(self._waiting))

    @property
    def alive(self) -> bool:
        """Whether the loading process still runs; without it no worker can be replaced."""
        return not self._closed and self._nursery.alive

    def close(self, grace: float = 0.0) -> None:
        """Take no more questions, give running ones ``grace`` seconds, then end all processes."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = tuple(self._waiting), deque()
            for lease in waiting:
                lease.refuse(_stopping())
            self._all_done.wait_for(lambda: not self._busy, timeout=grace)
            running = tuple(self._busy)
        for lease in running:
            lease.stop(_stopping())
        self._nursery.close()

    # Leasing

    def _ask(self, task: dict[str, Any], timeout: float, token: str | None, departed: Departure | None) -> _Lease:
        lease = _Lease(self, token)
        with self._lock:
            if self._closed:
                raise _stopping()
            if len(self._busy) < self._workers and not self._waiting:
                self._start(lease)
            elif len(self._waiting) < self._waiting_limit:
                self._waiting.append(lease)
            else:
                raise _queue_full()
        if departed is not None:
            departed.watch(lease.leave)
        lease.await_worker(timeout)
        lease.deadline = time.monotonic() + timeout
        lease.limit = timeout
        try:
            lease.worker.write(frames.json_frame(Kind.QUESTION, task))
        except OSError as error:
            raise lease.failed() from error
        return lease

    def _start(self, lease: _Lease) -> None:
        """Give ``lease`` a worker that lives. The lock is held."""
        while self._idle:
            worker = self._idle.popleft()
            if worker.lives():
                break
            worker.close()
        else:
            worker = self._nursery.fork()
        lease.begin(worker)
        self._busy.add(lease)
        self._refill()

    def _refill(self) -> None:
        """Order workers until all that may run and the spare are there. The lock is held."""
        while not self._closed and len(self._idle) + len(self._busy) < self._workers + SPARE:
            self._idle.append(self._nursery.fork())

    def finish(self, lease: _Lease, worker: _Worker, *, reusable: bool) -> None:
        """Take a worker back, or end it; let the next in the queue begin. Called by the lease, once."""
        worker.answers += 1
        with self._lock:
            self._busy.discard(lease)
            if reusable and worker.answers < RECYCLE_AFTER and not self._closed:
                self._idle.appendleft(worker)
            else:
                self._nursery.kill(worker)
            try:
                self._refill()
                while self._waiting and len(self._busy) < self._workers:
                    self._start(self._waiting.popleft())
            except StoreDown as problem:
                for waiting in self._waiting:
                    waiting.refuse(problem)
                self._waiting.clear()
            if not self._busy:
                self._all_done.notify_all()

    def kill(self, worker: _Worker) -> None:
        """End ``worker`` at once; whoever reads from it sees the end."""
        self._nursery.kill(worker, close=False)

    def forget(self, lease: _Lease) -> bool:
        """Take ``lease`` out of the queue; False where it no longer waits."""
        with self._lock:
            if lease not in self._waiting:
                return False
            self._waiting.remove(lease)
            return True

    # Reading

    def _next(self, lease: _Lease) -> Frame:
        """Return the next frame that is not an error. Ends the lease where the answer ends, well or not."""
        with lease.reading:
            if lease.ended:
                raise lease.failed()
            try:
                frame = frames.read(lease.worker.descriptor, lease.deadline)
            except TimeoutError:
                lease.stop(_timeout(lease.limit))
                raise lease.failed() from None
            if frame is None:
                raise lease.failed()
            if frame.kind is Kind.ERROR:
                report = frame.json()
                lease.end(reusable=not report["spent"])
                raise _problem(report["kind"], report["text"])
            if frame.kind is Kind.END:
                lease.end(reusable=not frame.json()["spent"])
            return frame

    def _chunks(self, lease: _Lease) -> Iterator[bytes]:
        try:
            while (frame := self._next(lease)).kind is Kind.DATA:
                yield frame.payload
        finally:
            lease.close()
        if frame.kind is not Kind.END:
            raise _broken_worker()


class _Lease:
    """One question's hold on a worker, from the queue to the end. Ends once, from whichever thread comes first."""

    __slots__ = ("_guard", "_pool", "_problem", "_ready", "_worker", "deadline", "ended", "limit", "reading", "token")

    def __init__(self, pool: Pool, token: str | None) -> None:
        self._pool = pool
        self._guard = threading.Lock()
        self._ready = threading.Event()
        self._worker: _Worker | None = None
        self._problem: QueryProblem | None = None
        self.ended = False
        self.reading = threading.RLock()
        self.token = token
        self.deadline = 0.0
        self.limit = 0.0

    @property
    def worker(self) -> _Worker:
        """The worker; only after :meth:`await_worker`."""
        if self._worker is None:
            raise OurFault("A query was asked before it had a worker.")
        return self._worker

    def begin(self, worker: _Worker) -> None:
        """Have a worker."""
        self._worker = worker
        self._ready.set()

    def refuse(self, problem: QueryProblem) -> None:
        """Get no worker, and know why."""
        self._problem = self._problem or problem
        self._ready.set()

    def await_worker(self, timeout: float) -> None:
        """Wait in the queue for at most ``timeout`` seconds. Raises QueueFull, QueryCancelled or StoreDown."""
        if not self._ready.wait(timeout) and self._pool.forget(self):
            raise _queue_full()
        self._ready.wait()
        if self._worker is None:
            raise self._problem or _queue_full()

    def stop(self, problem: QueryProblem) -> None:
        """End the question with ``problem``, whether it waits or runs; nothing happens where it has ended."""
        with self._guard:
            if self.ended or self._problem is not None:
                return
            self._problem = problem
        if self._pool.forget(self):
            self._ready.set()
        elif self._worker is not None:
            self._pool.kill(self._worker)

    def leave(self) -> None:
        """Nobody waits for the answer any more; whoever still reads it sees the end."""
        self.stop(QueryCancelled("The client left before the answer was complete."))

    def close(self) -> None:
        """End the question, from any thread; wait until nobody reads from its worker any more."""
        self.leave()
        with self.reading:
            self.end(reusable=False)

    def failed(self) -> QueryProblem:
        """End the lease of a worker that is gone; return why it went."""
        self.end(reusable=False)
        return self._problem or QueryMemory(
            "The query needed too much memory or hit a fault in the query engine, so it was stopped.",
            "Narrow it: fewer patterns without a shared variable, a LIMIT, no ORDER BY over everything.",
        )

    def end(self, *, reusable: bool) -> None:
        """Give the worker back; only the first call counts."""
        with self._guard:
            if self.ended or self._worker is None:
                return
            self.ended = True
            reusable = reusable and self._problem is None
        self._pool.finish(self, self._worker, reusable=reusable)


class _Worker:
    """Our end of a worker's connection."""

    __slots__ = ("_socket", "answers", "number")

    def __init__(self, number: int, connection: socket.socket) -> None:
        self.number = number
        self.answers = 0
        self._socket = connection

    @property
    def descriptor(self) -> int:
        return self._socket.fileno()

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def lives(self) -> bool:
        """Whether the other end is still open; an idle worker has nothing to say, so anything to read is its end."""
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return not waiting.poll(0)

    def close(self) -> None:
        self._socket.close()


class _Nursery:
    """The loading process and our orders to it."""

    def __init__(self, contents: Contents, memory: int) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "coopgraph.store.oxigraph.loader", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # A fault's last words may quote the query, and no query text may reach a log.
                stderr=subprocess.DEVNULL,
                env={"MALLOC_ARENA_MAX": "1"},
                cwd="/",
                start_new_session=True,
            )
        self.report = self._load(contents, memory)

    def _load(self, contents: Contents, memory: int) -> dict[str, Any]:
        try:
            self._control.sendall(frames.json_frame(Kind.QUESTION, {"contents": contents.to_dict(), "memory": memory}))
            frame = frames.read(self._control.fileno())
        except OSError:
            frame = None
        if frame is not None and frame.kind is Kind.END:
            return frame.json()
        self.close()
        if frame is None:
            raise StoreDown(
                "The dataset could not be loaded into memory.",
                "There may be too little memory on this machine; `coopgraph doctor` says more.",
            )
        problem = frame.json()
        if problem["line"] is not None or problem["problem"] == "syntax":
            raise SyntaxProblem(
                f"{problem['path']} breaks the syntax that its name says.",
                "Mend the file, or name it after its true format (.nq, .trig, .ttl, .nt).",
                line=problem["line"],
                column=problem["column"],
            )
        raise UnreadableInput(f"{problem['path']} cannot be read: {problem['problem']}.", "Name a file that is there.")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def fork(self) -> _Worker:
        """Order a worker; its first question may be written at once. Raises StoreDown."""
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._lock:
                    socket.send_fds(self._control, [ORDER.pack(FORK, number)], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise StoreDown("The query engine has stopped.", "Ask again in a moment.") from error
        return _Worker(number, ours)

    def kill(self, worker: _Worker, *, close: bool = True) -> None:
        """Order the end of ``worker``."""
        try:
            with self._lock:
                self._control.sendall(ORDER.pack(KILL, worker.number))
        except OSError:
            # Without its loader the worker is gone already.
            pass
        if close:
            worker.close()

    def close(self) -> None:
        """End the loading process and with it every worker."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _stopping() -> StoreDown:
    return StoreDown("The service is stopping.", "Ask again in a moment.")


def _queue_full() -> QueueFull:
    return QueueFull("Too many queries are waiting already.", "Ask again in a few seconds.", retry_after=5)


def _timeout(limit: float) -> QueryTimeout:
    return QueryTimeout(
        f"The query was stopped after {limit:g} seconds, the longest time for one query.",
        "Narrow it: add a LIMIT, name the class or property, or ask in parts.",
    )


def _broken_worker() -> OurFault:
    return OurFault("The query engine sent something unforeseen.", "Ask again; report it if it stays.")


def _problem(kind: str, text: str) -> Exception:
    match kind:
        case "syntax":
            return QuerySyntax(text)
        case "not-acceptable":
            forms = {
                "bindings": "rows (SELECT)",
                "boolean": "yes or no (ASK)",
                "graph": "triples (CONSTRUCT, DESCRIBE)",
            }
            return NotAcceptable(f"None of the formats asked for can carry {forms[text]}.")
        case "not-expressible":
            return NotAcceptable(
                "The result holds a character or a name that XML cannot carry.", "Ask for JSON, TSV or Turtle instead."
            )
        case _:
            return QueryMemory(
                "The query hit a fault in the query engine, so it was stopped.", "Write it in another way."
            )
