"""Query handle: one query sent to a worker, read, moved to another lane where it needs more time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import chain
from threading import get_ident
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
from coopgraph.messages.message import Message, verbatim
from coopgraph.rdf import formats
from coopgraph.rdf.formats import Format
from coopgraph.store.oxigraph.frames import Frame, FrameKind
from coopgraph.store.oxigraph.task import Task
from coopgraph.store.oxigraph.worker_lease import Lease
from coopgraph.store.protocol import Answer, Lane, ResultForm

SLICE = 0.05
"""Seconds of processor time that a query has in the quick lane."""

SLICE_AT_MOST = 1.0
"""Seconds that a query has there by the clock, on a machine too busy to give it the processor."""

_LAST = (FrameKind.END, FrameKind.ERROR)

WITHOUT_THREAD = 128 * 1024
"""Bytes of an answer beyond which reading on is left to a thread."""


class QueryHandle:
    """A query on its way: see :class:`coopgraph.store.protocol.RunningQuery`.

    ``task`` is what its worker is told. ``move`` lets a query that has used its slice of the quick lane up begin
    anew in an ordinary one.
    """

    __slots__ = ("_came", "_known", "_lease", "_move", "_patience", "_problem", "_sent", "_size", "_task", "_timeout")

    def __init__(self, lease: Lease, task: Task, timeout: float, move: Callable[[Lease], None]) -> None:
        self._lease = lease
        self._task = task
        self._timeout = timeout
        self._patience = time.monotonic() + timeout
        self._move = move
        self._came: Callable[[], object] | None = None
        self._sent = False
        self._known: list[Frame] = []
        self._size = 0
        self._problem: Exception | None = None

    # In an event loop

    def attend(self, came: Callable[[], object]) -> None:
        """See :meth:`coopgraph.store.protocol.RunningQuery.attend`."""
        self._came = came
        loop = asyncio.get_running_loop()
        if self._lease.watch(partial(self._begin_soon, loop, get_ident())):
            self._begin(loop)

    def _begin_soon(self, loop: asyncio.AbstractEventLoop, here: int) -> None:
        soon = loop.call_soon if get_ident() == here else loop.call_soon_threadsafe
        soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        came = self._came
        if came is None:
            return
        try:
            self._send(0.0)
        except CoopgraphError as error:
            self._problem = error
            loop.call_soon(came)
        else:
            self._lease.worker.attend(loop, came)

    def take(self) -> Answer | None:
        """See :meth:`coopgraph.store.protocol.RunningQuery.take`."""
        lease = self._lease
        if self._problem is not None:
            return None
        try:
            with lease.reading:
                if lease.ended:
                    raise lease.failed()
                came = lease.worker.receive()
                for frame in (None,) if came is None else came:
                    if frame is None or frame.kind in _LAST:
                        frame = self._settled(frame)
                    self._known.append(frame)
                    self._size += len(frame.payload)
            return self._whole_answer() if self._is_whole() else None
        except (CoopgraphError, _SliceOver) as error:
            self._problem = error
            return None

    def unattend(self) -> None:
        """See :meth:`coopgraph.store.protocol.RunningQuery.unattend`."""
        if self._came is not None:
            self._came = None
            if self._sent:
                self._lease.worker.unattend()

    @property
    def needs_thread(self) -> bool:
        """See :attr:`coopgraph.store.protocol.RunningQuery.needs_thread`."""
        return self._problem is not None or self._size > WITHOUT_THREAD

    # In a thread

    def answer(self) -> Answer:
        """See :meth:`coopgraph.store.protocol.RunningQuery.answer`."""
        return self._answer(self.frames())

    def frames(self) -> Iterator[Frame]:
        """Return all frames of the answer up to and with its end. Raises what ended the query instead."""
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
        """See :meth:`coopgraph.store.protocol.RunningQuery.leave`."""
        self._lease.leave()

    def close(self) -> None:
        """See :meth:`coopgraph.store.protocol.RunningQuery.close`."""
        self._lease.close()

    def _answer(self, read: Iterator[Frame]) -> Answer:
        form, chosen = self._begun(next(read))
        return Answer(form, chosen, _chunks(read, self._lease), self._lease.close, self._lane)

    def _whole_answer(self) -> Answer:
        form, chosen = self._begun(self._known[0])
        chunks = [frame.payload for frame in self._known[1:-1]]
        return Answer(form, chosen, iter(chunks), self._lease.close, self._lane)

    @property
    def _lane(self) -> Lane:
        return "quick" if self._lease.brief else "ordinary"

    def _begun(self, first: Frame) -> tuple[ResultForm, Format]:
        if first.kind is not FrameKind.HEAD:
            self._lease.end(reusable=False)
            raise OurFault(
                Message("The query engine sent something unforeseen."), Message("Ask again; report it if it stays.")
            )
        return _head(first.payload)

    def _is_whole(self) -> bool:
        return bool(self._known) and self._known[-1].kind is FrameKind.END

    def _begin_anew(self) -> None:
        self._known.clear()
        self._problem = None
        self._move(self._lease)
        self._send(self._patience)

    def _send(self, patience: float) -> None:
        """Wait for a worker until ``patience``, then give it the query and all its time."""
        lease = self._lease
        lease.await_worker(max(0.0, patience - time.monotonic()))
        lease.deadline = time.monotonic() + self._timeout
        lease.limit = self._timeout
        self._sent = True
        try:
            lease.worker.write(self._task.frame(SLICE if lease.brief else 0))
        except OSError as error:
            raise lease.failed() from error

    def _rest(self) -> Iterator[Frame]:
        """Yield the frames that are still to come. Raises what ended the query instead, or _SliceOver."""
        lease = self._lease
        until = min(time.monotonic() + SLICE_AT_MOST, lease.deadline) if lease.brief else lease.deadline
        while True:
            frame = self._next(until)
            yield frame
            if frame.kind is FrameKind.END:
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
        if frame.kind is FrameKind.ERROR:
            report = frame.json()
            lease.end(reusable=not report["spent"])
            raise _error(report["kind"], report["text"], report)
        if frame.kind is FrameKind.END:
            lease.end(reusable=not _spent(frame.payload))
        return frame


class _SliceOver(Exception):
    """A query needs more time than the quick lane gives."""


@lru_cache(maxsize=64)
def _head(payload: bytes) -> tuple[ResultForm, Format]:
    said = Frame(FrameKind.HEAD, payload).json()
    return said["form"], formats.BY_NAME[said["format"]]


@lru_cache(maxsize=4)
def _spent(payload: bytes) -> bool:
    return bool(Frame(FrameKind.END, payload).json()["spent"])


def _chunks(read: Iterator[Frame], lease: Lease) -> Iterator[bytes]:
    try:
        for frame in read:
            if frame.kind is not FrameKind.END:
                yield frame.payload
    finally:
        lease.close()


def _timeout(limit: float) -> QueryTimeout:
    return QueryTimeout(
        Message("The query was stopped after {seconds:g} seconds, the longest time for one query.", seconds=limit),
        Message("Narrow it: add a LIMIT, name the class or property, or ask in parts."),
        limit=limit,
    )


def _said(report: dict[str, Any]) -> tuple[Message, Message | None]:
    """Return message and hint of an error that a worker raised."""
    hint = report["hint"]
    return Message.from_json(report["message"]), hint and Message.from_json(hint)


def _error(kind: str, text: str, more: dict[str, Any]) -> Exception:
    match kind:
        case "syntax":
            return QuerySyntax(verbatim(text))
        case "explained":
            return QuerySyntax(*_said(more), line=more["line"], column=more["column"])
        case "refused":
            return QueryRefused(*_said(more))
        case "not-acceptable":
            carried, words = {
                "bindings": ("bindings", "rows (SELECT)"),
                "boolean": ("boolean", "yes or no (ASK)"),
                "graph": ("triples", "triples (CONSTRUCT, DESCRIBE)"),
            }[text]
            return NotAcceptable(
                Message("None of the formats asked for can carry {words}.", words=words),
                Message("Choose one of: {formats}.", formats=formats.media_types(carried)),
            )
        case "unsupported":
            return QueryRefused(verbatim(f"{text}."), Message("Use the functions of SPARQL 1.1, or of xsd: for casts."))
        case "not-expressible":
            return NotAcceptable(
                Message("The result holds a character or a name that XML cannot carry."),
                Message("Ask for JSON, TSV or Turtle instead."),
            )
        case _:
            return QueryMemory(
                Message("The query hit a fault in the query engine, so it was stopped."),
                Message("Write it in another way."),
            )
