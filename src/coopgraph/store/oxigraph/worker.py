"""A query worker: a process of its own that answers question after question on one connection, and may be killed."""

from __future__ import annotations

import signal
import threading
from functools import cache
from typing import Any

from pyoxigraph import Store

from coopgraph.rdf.formats import Format
from coopgraph.store.oxigraph import confinement, frames
from coopgraph.store.oxigraph.engine import Engine, NotExpressible, NothingAcceptable, Unsupported
from coopgraph.store.oxigraph.frames import Kind
from coopgraph.store.oxigraph.memory import SharedMemory
from coopgraph.store.protocol import ResultForm

STACK = 64 * 1024 * 1024
"""Stack of the thread that runs queries, in bytes: deep nesting ends in an error instead of a dead worker."""


def run(store: Store, connection: int, memory: int, *, writable: bool, confined: bool) -> None:
    """Answer questions from the descriptor ``connection`` until the other side closes it.

    ``memory`` is what queries may take beyond what is loaded, in bytes. ``writable``: the store is this process's own.
    Confines the process first; ``confined``: answers nothing where that fails.
    """
    confinement.limit(memory + STACK)
    if confinement.confine() and confined:
        return
    shared = SharedMemory() if writable else None
    threading.stack_size(STACK)
    thread = threading.Thread(target=_serve, args=(Engine(store, writable=writable), connection, shared))
    thread.start()
    thread.join()


def _serve(engine: Engine, connection: int, shared: SharedMemory | None) -> None:
    reader = frames.Reader(connection)
    while not engine.spent:
        if shared is not None:
            shared.take_over(until_readable=connection)
        frame = reader.read()
        if frame is None:
            return
        reply = _Reply(connection)
        question = frame.json()
        try:
            if question["slice"]:
                # Processor time, so that a short question stays short on a busy machine; past it, the kernel ends us.
                signal.setitimer(signal.ITIMER_PROF, question["slice"])
            last = _answer(engine, question, reply)
            if question["slice"]:
                signal.setitimer(signal.ITIMER_PROF, 0)
            reply.end(last)
        except OSError:
            return


class _Reply:
    """Frames on their way out: a small answer leaves as a whole."""

    def __init__(self, connection: int) -> None:
        self._connection = connection
        self._ready = b""

    def head(self, form: ResultForm, chosen: Format) -> None:
        """Begin; what is said leaves with the first data."""
        self._ready = _head(form, chosen.name)

    def data(self, piece: bytes) -> None:
        """Send a piece; one that is not full is the last, and waits for the end."""
        ready = self._ready + frames.frame(Kind.DATA, piece)
        self._ready = b""
        if len(piece) < frames.DATA_SIZE:
            self._ready = ready
        else:
            frames.write(self._connection, ready)

    def end(self, last: bytes) -> None:
        """Send the last frame and all that waits."""
        frames.write(self._connection, self._ready + last)


def _answer(engine: Engine, question: dict[str, Any], reply: _Reply) -> bytes:
    try:
        if question["choice"] is None:
            engine.check(question["query"])
        else:
            engine.answer(
                question["query"],
                question["default_graphs"],
                question["named_graphs"],
                question["choice"],
                reply.head,
                reply.data,
            )
    except SyntaxError as error:
        return _error(engine, "syntax", engine.report(question["query"], error))
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
    return frames.json_frame(Kind.HEAD, {"form": form, "format": chosen})


@cache
def _end(spent: bool) -> bytes:
    return frames.json_frame(Kind.END, {"spent": spent})


def _error(engine: Engine, kind: str, text: str) -> bytes:
    return frames.json_frame(Kind.ERROR, {"kind": kind, "text": text, "spent": engine.spent})
