"""A query worker: a process of its own that answers question after question on one connection, and may be killed."""

from __future__ import annotations

import threading

from pyoxigraph import Store

from coopgraph.rdf.formats import Format
from coopgraph.store.oxigraph import confinement, frames
from coopgraph.store.oxigraph.engine import Engine, NotExpressible, NothingAcceptable, Unsupported
from coopgraph.store.oxigraph.frames import Kind
from coopgraph.store.protocol import ResultForm

STACK = 64 * 1024 * 1024
"""Stack of the thread that runs queries, in bytes: deep nesting ends in an error instead of a dead worker."""


def run(store: Store, connection: int, memory: int) -> None:
    """Answer questions from the descriptor ``connection`` until the other side closes it.

    ``memory`` is what queries may take beyond what is loaded, in bytes. Confines the process first.
    """
    confinement.limit(memory + STACK)
    confinement.confine()
    threading.stack_size(STACK)
    thread = threading.Thread(target=_serve, args=(Engine(store), connection))
    thread.start()
    thread.join()


def _serve(engine: Engine, connection: int) -> None:
    while not engine.spent:
        frame = frames.read(connection)
        if frame is None:
            return
        try:
            reply = _answer(engine, frame, connection)
        except OSError:
            return
        frames.write(connection, reply)


def _answer(engine: Engine, frame: frames.Frame, connection: int) -> bytes:
    def head(form: ResultForm, chosen: Format) -> None:
        frames.write(connection, frames.json_frame(Kind.HEAD, {"form": form, "format": chosen.name}))

    def data(piece: bytes) -> None:
        frames.write(connection, frames.frame(Kind.DATA, piece))

    question = frame.json()
    try:
        if question["choice"] is None:
            engine.check(question["query"])
        else:
            engine.answer(
                question["query"], question["default_graphs"], question["named_graphs"], question["choice"], head, data
            )
    except SyntaxError as error:
        return _error(engine, "syntax", str(error))
    except Unsupported as error:
        return _error(engine, "unsupported", str(error))
    except NothingAcceptable as error:
        return _error(engine, "not-acceptable", str(error))
    except NotExpressible:
        return _error(engine, "not-expressible", "")
    except (ValueError, RuntimeError) as error:
        return _error(engine, "fault", type(error).__name__)
    return frames.json_frame(Kind.END, {"spent": engine.spent})


def _error(engine: Engine, kind: str, text: str) -> bytes:
    return frames.json_frame(Kind.ERROR, {"kind": kind, "text": text, "spent": engine.spent})
