"""Fork server: loads a dataset once and forks a worker for every connection it is handed.

Started by :mod:`.pool` as ``python -m coopgraph.store.oxigraph.fork_server DESCRIPTOR``. It never has a second thread,
so that forking is safe, and never runs a query, so that it always hears its orders. On the socket
``DESCRIPTOR`` it takes one query frame (what to load), answers with one frame (loaded, or why not), and then obeys
orders of :data:`ORDER`'s shape: fork a worker for the descriptor that comes with it, or kill a worker. When the
server is gone, so are the loader and all workers.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from coopgraph.process_limits import hide_memory
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.store.oxigraph import confinement, database_directory, frames, landlock, worker
from coopgraph.store.oxigraph.engine import OxigraphEngine, value_kinds
from coopgraph.store.oxigraph.frames import FrameKind
from coopgraph.store.oxigraph.loading import StoreContents, UnreadableSource, load_store
from coopgraph.store.oxigraph.task import to_check

ORDER = struct.Struct(">cQ")
"""An order: what to do, and the number that the server gave the worker."""
FORK = b"F"
KILL = b"K"

DEATH = struct.Struct(">QB")
"""What the server is told of a worker that ended without its order: its number, and the signal that ended it."""

TRYING = 30.0
"""Seconds in which a worker that is tried at the start must answer."""


def main(descriptor: int) -> None:
    """Load, report, obey; return when the server is gone."""
    hide_memory()
    task = frames.FrameReader(descriptor).read()
    if task is None:
        return
    order = task.json()
    contents = StoreContents.from_dict(order["contents"])
    try:
        quads, opened = _held(contents)
        confinement.prepare()
        gc.freeze()
        folder = Path(contents.directory) if contents.directory else None

        def serve(connection: int, confined: bool = True) -> None:
            # Before the store is opened: its threads see no other files either.
            landlock.see_only((folder,) if folder else ())
            worker.run_worker(opened(), connection, order["memory"], folder=folder, confined=confined)

        remark = _try_confinement(serve)
        frames.write_frame(descriptor, frames.json_frame(FrameKind.END, {"quads": quads, "remark": remark}))
        if remark:
            serve = partial(serve, confined=False)
        with socket.socket(fileno=descriptor) as control:
            _Nursery(serve, control).obey()
    except UnreadableSource as error:
        problem = {"path": error.path, "problem": error.problem, "line": error.line, "column": error.column}
        frames.write_frame(descriptor, frames.json_frame(FrameKind.ERROR, problem))
    finally:
        if contents.fleeting:
            shutil.rmtree(Path(contents.directory).parent, ignore_errors=True)


def _held(contents: StoreContents) -> tuple[int, Callable[[], OxigraphEngine]]:
    """Return how many quads there are, and how a worker gets what answers from them. Raises UnreadableSource."""
    published = PublishedJsonLd.of_folder(Path(contents.published)) if contents.published else None
    if not contents.directory:
        store = load_store(contents)
        engine = OxigraphEngine(store, writable=True, kinds=value_kinds(store), published=published)
        return len(store), lambda: engine
    # A store on disk has threads, so it is opened in children only, each for itself.
    said = json.loads(_told(lambda: _prepared(contents)) or b'{"path": "", "problem": "there is too little memory"}')
    if "quads" not in said:
        raise UnreadableSource(**said)
    return said["quads"], lambda: OxigraphEngine(
        database_directory.open_to_read(contents), writable=False, published=published
    )


def _prepared(contents: StoreContents) -> bytes:
    try:
        said: dict[str, object] = {"quads": database_directory.prepare_directory(contents)}
    except UnreadableSource as error:
        said = {"path": error.path, "problem": error.problem, "line": error.line, "column": error.column}
    return json.dumps(said).encode("utf-8")


class _Nursery:
    """The workers, by number, and the orders about them; each ``serve``s the connection that comes with its order."""

    def __init__(self, serve: Callable[[int], None], control: socket.socket) -> None:
        self._serve = serve
        self._control = control
        self._workers: dict[int, int] = {}
        self._ordered: set[int] = set()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def obey(self) -> None:
        """Carry out orders until the control socket closes; leave no worker behind."""
        waiting = select.poll()
        waiting.register(self._control, select.POLLIN)
        waiting.register(self._woken, select.POLLIN)
        try:
            while True:
                ready = [descriptor for descriptor, _ in waiting.poll()]
                if self._woken in ready:
                    os.read(self._woken, 4096)
                    self._bury()
                if self._control.fileno() in ready and not self._obey_one():
                    return
        finally:
            for number, process in self._workers.items():
                self._kill(number)
                os.waitpid(process, 0)

    def _obey_one(self) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, ORDER.size, 1)
            while message and len(message) < ORDER.size:
                message += self._control.recv(ORDER.size - len(message))
        except ConnectionError:
            return False
        if not message:
            return False
        order, number = ORDER.unpack(message)
        if order == FORK and descriptors:
            self._fork(number, descriptors[0])
            os.close(descriptors[0])
        elif order == KILL:
            self._kill(number)
        return True

    def _fork(self, number: int, connection: int) -> None:
        def serve() -> None:
            signal.set_wakeup_fd(-1)
            for descriptor in (self._control.fileno(), self._woken, self._wake):
                os.close(descriptor)
            self._serve(connection)

        try:
            self._workers[number] = _fork(serve)
        except OSError:
            # No memory for another process: the connection closes, and the server sees its worker gone.
            return

    def _kill(self, number: int) -> None:
        # A worker is buried here only, so its process number cannot have been given to another process yet.
        process = self._workers.get(number)
        if process is not None:
            self._ordered.add(number)
            os.kill(process, signal.SIGKILL)

    def _bury(self) -> None:
        for number, process in tuple(self._workers.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                del self._workers[number]
                self._tell(number, status)

    def _tell(self, number: int, status: int) -> None:
        """Tell the server of an end that is neither its own order nor that of a slice of time."""
        if number in self._ordered:
            self._ordered.remove(number)
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGPROF:
            # A server that does not listen is told nothing, rather than waited for.
            with suppress(OSError):
                self._control.send(DEATH.pack(number, os.WTERMSIG(status)), socket.MSG_DONTWAIT)


def _fork(task: Callable[[], None]) -> int:
    """Have ``task`` done in a process of its own, which ends with this one; return its number."""
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        status = 1
        try:
            confinement.die_with_parent()
            # Where this one ended before that, another is the parent now.
            if os.getppid() == parent:
                task()
                status = 0
        finally:
            os._exit(status)
    return process


def _try_confinement(serve: Callable[[int], None]) -> str:
    """Return "" where a worker is cut off as it should be and answers all the same, otherwise why not.

    Tried in processes of their own; ``serve`` is what a worker does.
    """
    told = _told(lambda: confinement.confine().encode("utf-8"))
    if told is None:
        return "the process that tried it died"
    if told:
        return told.decode("utf-8")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = _fork(lambda: serve(theirs.fileno()))
        theirs.close()
        try:
            frames.write_frame(ours.fileno(), to_check("ASK {}").frame(0))
            answer = frames.FrameReader(ours.fileno()).read(time.monotonic() + TRYING)
        except (OSError, TimeoutError):
            answer = None
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return (
        "" if answer is not None and answer.kind is FrameKind.END else "a worker that is cut off does not answer here"
    )


def _told(task: Callable[[], bytes]) -> bytes | None:
    """Return what ``task`` gives in a process of its own, or None where that died."""
    reading, writing = os.pipe()
    process = _fork(lambda: frames.write_frame(writing, task()))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(process, 0)
    return told if os.waitstatus_to_exitcode(status) == 0 else None


if __name__ == "__main__":
    main(int(sys.argv[1]))
    # Not by way of the interpreter, which would first give a large store back piece by piece.
    os._exit(0)
