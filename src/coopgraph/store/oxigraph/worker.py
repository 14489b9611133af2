"""Query worker: a process of its own that answers one query after another on a connection, and may be killed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from coopgraph.errors import QueryRefused, QuerySyntax
from coopgraph.rdf.formats import Format
from coopgraph.rdf.result_sink import NotExpressible
from coopgraph.store.oxigraph import confinement, frames
from coopgraph.store.oxigraph.engine import NothingAcceptable, OxigraphEngine, Unsupported
from coopgraph.store.oxigraph.frames import FrameKind
from coopgraph.store.oxigraph.task import Task, read_task
from coopgraph.store.protocol import ResultForm

STACK = 64 * 1024 * 1024
"""Stack of the thread that runs queries, in bytes: deep nesting ends in an error instead of a dead worker."""


NICE = 8
"""How far workers step back where the processor is short."""


def run_worker(engine: OxigraphEngine, connection: int, memory: int, *, folder: Path | None, confined: bool) -> None:
    """Answer queries from the descriptor ``connection`` until the other side closes it.

    ``memory`` is what queries may take beyond what is loaded, in bytes. ``folder`` is where the engine's store is on
    disk; without one it is this process's own. ``confined``: confines the process first, and answers nothing where
    that fails.
    """
    _interrupt_nobody()
    confinement.limit(memory + STACK)
    if confined and confinement.confine(*((folder,) if folder else ())):
        return
    threading.stack_size(STACK)
    thread = threading.Thread(target=_serve, args=(engine, connection))
    thread.start()
    thread.join()


def _interrupt_nobody() -> None:
    """Have the kernel let the server go first, which asks the next worker: this neither interrupts it nor delays it."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.nice(NICE)
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _serve(engine: OxigraphEngine, connection: int) -> None:
    reader = frames.FrameReader(connection)
    while not engine.spent:
        frame = reader.read()
        if frame is None:
            return
        reply = _Reply(connection)
        task = read_task(frame.payload)
        try:
            if task.slice:
                # Processor time, so that a short query stays short on a busy machine; past it, the kernel ends us.
                signal.setitimer(signal.ITIMER_PROF, task.slice)
            last = _answer(engine, task, reply)
            if task.slice:
                signal.setitimer(signal.ITIMER_PROF, 0)
            reply.end(last)
        except OSError:
            return


class _Reply:
    """Frames on their way out, each a piece later: a small answer leaves as a whole."""

    def __init__(self, connection: int) -> None:
        self._connection = connection
        self._head = b""
        self._waiting: tuple[bytes, ...] = ()

    def head(self, form: ResultForm, chosen: Format) -> None:
        """Begin; what is said leaves with the first data."""
        self._head = _head(form, chosen.name)

    def data(self, piece: bytes) -> None:
        """Take a piece of the result."""
        if self._waiting:
            frames.write_frame(self._connection, *self._waiting)
        self._waiting = (self._head, frames.header(FrameKind.DATA, len(piece)), piece)
        self._head = b""

    def end(self, last: bytes) -> None:
        """Send the last frame and all that waits."""
        frames.write_frame(self._connection, self._head, *self._waiting, last)


def _answer(engine: OxigraphEngine, task: Task, reply: _Reply) -> bytes:
    try:
        if task.how.choice is None:
            engine.check(task.query, dict(task.how.prefixes))
        else:
            engine.answer(task, reply.head, reply.data)
    except SyntaxError as error:
        return _error(engine, "syntax", engine.report(task.query, error, dict(task.how.prefixes)))
    except QuerySyntax as error:
        return _error(engine, "explained", "", **_said(error), line=error.line, column=error.column)
    except QueryRefused as error:
        return _error(engine, "refused", "", **_said(error))
    except Unsupported as error:
        return _error(engine, "unsupported", str(error))
    except NothingAcceptable as error:
        return _error(engine, "not-acceptable", str(error))
    except NotExpressible:
        return _error(engine, "not-expressible", "")
    except (ValueError, RuntimeError) as error:
        return _error(engine, "fault", type(error).__name__)
    return _end(engine.spent)


@cache
def _head(form: ResultForm, chosen: str) -> bytes:
    return frames.json_frame(FrameKind.HEAD, {"form": form, "format": chosen})


@cache
def _end(spent: bool) -> bytes:
    return frames.json_frame(FrameKind.END, {"spent": spent})


def _said(error: QuerySyntax | QueryRefused) -> dict[str, Any]:
    return {"message": error.message.to_json(), "hint": error.hint and error.hint.to_json()}


def _error(engine: OxigraphEngine, kind: str, text: str, **more: Any) -> bytes:
    return frames.json_frame(FrameKind.ERROR, {"kind": kind, "text": text, "spent": engine.spent, **more})
