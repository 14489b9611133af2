"""One question to a worker: sent, read, moved to another lane where it needs more time; by a thread or without one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from coopgraph.errors import (
    CoopgraphError,
    NotAcceptable,
    OurFault,
    QueryMemory,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
)
from coopgraph.rdf import formats
from coopgraph.store.oxigraph import frames
from coopgraph.store.oxigraph.frames import Frame, Kind
from coopgraph.store.oxigraph.lease import Lease
from coopgraph.store.protocol import Answer, Lane

SLICE = 0.05
"""Seconds of processor time that a question has in the quick lane."""

SLICE_AT_MOST = 1.0
"""Seconds that a question has there by the clock, on a machine too busy to give it the processor."""

WITHOUT_THREAD = 128 * 1024
"""Bytes of an answer beyond which reading on is left to a thread."""


class Asking:
    """A question on its way: see :class:`coopgraph.store.protocol.Asking`.

    ``task`` is what its worker is told. ``move`` lets a question that has used its slice of the quick lane up begin
    anew in an ordinary one.
    """

    __slots__ = ("_known", "_lease", "_move", "_patience", "_problem", "_sent", "_size", "_task", "_timeout")

    def __init__(self, lease: Lease, task: dict[str, Any], timeout: float, move: Callable[[Lease], None]) -> None:
        self._lease = lease
        self._task = task
        self._timeout = timeout
        self._patience = time.monotonic() + timeout
        self._move = move
        self._sent = False
        self._known: list[Frame] = []
        self._size = 0
        self._problem: Exception | None = None

    # Without waiting

    def watch(self, begun: Callable[[], object]) -> None:
        """See :meth:`coopgraph.store.protocol.Asking.watch`."""
        self._lease.watch(begun)

    def send(self) -> int | None:
        """See :meth:`coopgraph.store.protocol.Asking.send`."""
        try:
            self._send(0.0)
        except CoopgraphError as error:
            self._problem = error
            return None
        return self._lease.worker.descriptor

    def take(self) -> Answer | None:
        """See :meth:`coopgraph.store.protocol.Asking.take`."""
        lease = self._lease
        try:
            with lease.reading:
                if lease.ended:
                    raise lease.failed()
                came = lease.worker.receive()
                for frame in (None,) if came is None else came:
                    settled = self._settled(frame)
                    self._known.append(settled)
                    self._size += len(settled.payload)
            return self._answer(iter(self._known)) if self._is_whole() else None
        except (CoopgraphError, _SliceOver) as error:
            self._problem = error
            return None

    @property
    def needs_thread(self) -> bool:
        """See :attr:`coopgraph.store.protocol.Asking.needs_thread`."""
        return self._problem is not None or self._size > WITHOUT_THREAD

    # Waiting

    def answer(self) -> Answer:
        """See :meth:`coopgraph.store.protocol.Asking.answer`."""
        return self._answer(self.frames())

    def frames(self) -> Iterator[Frame]:
        """Return all frames of the answer up to and with its end. Raises what ended the question instead."""
        if isinstance(self._problem, _SliceOver):
            self._begin_anew()
        elif self._problem is not None:
            raise self._problem
        elif not self._sent:
            self._send(self._patience)
        if self._lease.brief and not self._is_whole():
            try:
                self._known += self._rest()
            except _SliceOver:
                self._begin_anew()
        return iter(self._known) if self._is_whole() else chain(self._known, self._rest())

    def leave(self) -> None:
        """See :meth:`coopgraph.store.protocol.Asking.leave`."""
        self._lease.leave()

    def close(self) -> None:
        """See :meth:`coopgraph.store.protocol.Asking.close`."""
        self._lease.close()

    def _answer(self, read: Iterator[Frame]) -> Answer:
        lease = self._lease
        first = next(read)
        if first.kind is not Kind.HEAD:
            lease.end(reusable=False)
            raise OurFault("The query engine sent something unforeseen.", "Ask again; report it if it stays.")
        head = first.json()
        lane: Lane = "quick" if lease.brief else "ordinary"
        return Answer(head["form"], formats.BY_NAME[head["format"]], _chunks(read, lease), lease.close, lane)

    def _is_whole(self) -> bool:
        return bool(self._known) and self._known[-1].kind is Kind.END

    def _begin_anew(self) -> None:
        self._known.clear()
        self._problem = None
        self._move(self._lease)
        self._send(self._patience)

    def _send(self, patience: float) -> None:
        """Wait for a worker until ``patience``, then give it the question and all its time."""
        lease = self._lease
        lease.await_worker(max(0.0, patience - time.monotonic()))
        lease.deadline = time.monotonic() + self._timeout
        lease.limit = self._timeout
        self._sent = True
        try:
            lease.worker.write(frames.json_frame(Kind.QUESTION, self._task | {"slice": SLICE if lease.brief else 0}))
        except OSError as error:
            raise lease.failed() from error

    def _rest(self) -> Iterator[Frame]:
        """Yield the frames that are still to come. Raises what ended the question instead, or _SliceOver."""
        lease = self._lease
        until = min(time.monotonic() + SLICE_AT_MOST, lease.deadline) if lease.brief else lease.deadline
        while True:
            frame = self._next(until)
            yield frame
            if frame.kind is Kind.END:
                return

    def _next(self, until: float) -> Frame:
        lease = self._lease
        with lease.reading:
            if lease.ended:
                raise lease.failed()
            try:
                return self._settled(lease.worker.read(until))
            except TimeoutError:
                if lease.brief and time.monotonic() < lease.deadline:
                    raise _SliceOver from None
                lease.stop(_timeout(lease.limit))
                raise lease.failed() from None

    def _settled(self, frame: Frame | None) -> Frame:
        """Return a frame that is not an error. Ends the lease where the answer ends, well or not."""
        lease = self._lease
        if frame is None:
            raise _SliceOver if lease.brief else lease.failed()
        if frame.kind is Kind.ERROR:
            report = frame.json()
            lease.end(reusable=not report["spent"])
            raise _error(report["kind"], report["text"])
        if frame.kind is Kind.END:
            lease.end(reusable=not frame.json()["spent"])
        return frame


class _SliceOver(Exception):
    """A question needs more time than the quick lane gives."""


def _chunks(read: Iterator[Frame], lease: Lease) -> Iterator[bytes]:
    try:
        for frame in read:
            if frame.kind is Kind.DATA:
                yield frame.payload
    finally:
        lease.close()


def _timeout(limit: float) -> QueryTimeout:
    return QueryTimeout(
        f"The query was stopped after {limit:g} seconds, the longest time for one query.",
        "Narrow it: add a LIMIT, name the class or property, or ask in parts.",
        limit=limit,
    )


def _error(kind: str, text: str) -> Exception:
    match kind:
        case "syntax":
            return QuerySyntax(text)
        case "not-acceptable":
            carried, words = {
                "bindings": ("bindings", "rows (SELECT)"),
                "boolean": ("boolean", "yes or no (ASK)"),
                "graph": ("triples", "triples (CONSTRUCT, DESCRIBE)"),
            }[text]
            return NotAcceptable(
                f"None of the formats asked for can carry {words}.",
                f"Choose one of: {formats.media_types(carried)}.",
            )
        case "unsupported":
            return QueryRefused(f"{text}.", "Use the functions of SPARQL 1.1, or of xsd: for casts.")
        case "not-expressible":
            return NotAcceptable(
                "The result holds a character or a name that XML cannot carry.", "Ask for JSON, TSV or Turtle instead."
            )
        case _:
            return QueryMemory(
                "The query hit a fault in the query engine, so it was stopped.", "Write it in another way."
            )
