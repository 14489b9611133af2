"""Worker supervisor: our side of the fork server (:mod:`.fork_server`), and of each worker's connection."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coopgraph.errors import StoreDown, SyntaxProblem, UnreadableInput
from coopgraph.messages.message import Message
from coopgraph.store.oxigraph import frames
from coopgraph.store.oxigraph.fork_server import DEATH, FORK, KILL, ORDER
from coopgraph.store.oxigraph.frames import FrameKind
from coopgraph.store.oxigraph.loading import StoreContents

SENDING = 30.0
"""Seconds that a query may take on its way to a worker; a large one leaves only as the worker takes it in."""

NEWS = 0.05
"""Seconds that the loading process has to say how a worker ended, once that has closed its connection."""

REMEMBERED_ENDS = 64
"""Workers of which it is remembered how they ended."""

FRESH = 0.01
"""Seconds in which a worker that has said something is taken to live."""

_log = logging.getLogger("coopgraph.store")


class Worker:
    """Our end of a worker's connection."""

    __slots__ = ("_call", "_heard_at", "_loop", "_reader", "_socket", "_standing", "_watched", "answers", "number")

    def __init__(self, number: int, connection: socket.socket) -> None:
        self.number = number
        self.answers = 0
        self._socket = connection
        # The event loop's watching makes the descriptor one that never waits; with a time given, Python waits itself.
        connection.settimeout(SENDING)
        self._reader = frames.FrameReader(connection.fileno())
        self._standing = select.poll()
        self._standing.register(connection, select.POLLIN)
        self._heard_at = 0.0
        self._call: Callable[[], object] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watched = -1

    def attend(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
        """Have ``loop``, which is the running one, call ``call`` whenever there is something to read."""
        self._call = call
        if self._loop is not loop:
            # A descriptor of the loop's own, which nobody closes behind its back. It is watched from answer to answer.
            self._loop, self._watched = loop, os.dup(self._socket.fileno())
            loop.add_reader(self._watched, self._heard)

    def unattend(self) -> None:
        """Have nothing called any more."""
        self._call = None

    def _heard(self) -> None:
        if self._call is not None:
            self._call()
        elif self._loop is not None:
            # A thread reads this answer, or the worker has ended.
            self._loop.remove_reader(self._watched)
            os.close(self._watched)
            self._loop = None

    def read(self, deadline: float) -> frames.Frame | None:
        """Return its next frame: see :meth:`.frames.Reader.read`."""
        return self._reader.read(deadline)

    def receive(self) -> list[frames.Frame] | None:
        """Return what it has said: see :meth:`.frames.Reader.receive`."""
        self._heard_at = time.monotonic()
        return self._reader.receive()

    def write(self, data: bytes) -> None:
        """Send ``data``. Raises OSError where the worker is gone."""
        try:
            sent = os.write(self._socket.fileno(), data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._socket.sendall(memoryview(data)[sent:])

    def lives(self) -> bool:
        """Whether the other end is still open; an idle worker has nothing to say, so anything to read is its end."""
        return time.monotonic() < self._heard_at + FRESH or not self._standing.poll(0)

    def close(self) -> None:
        """Give our end back."""
        self._socket.close()


class WorkerSupervisor:
    """The loading process and our orders to it; ``report`` is what it said once it had loaded.

    Raises UnreadableInput (SyntaxProblem with line and column) or StoreDown.
    """

    def __init__(self, contents: StoreContents, memory: int) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._fleeting = Path(contents.directory).parent if contents.fleeting else None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._heard = threading.Lock()
        self._deaths: dict[int, int] = {}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "coopgraph.store.oxigraph.fork_server", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # A fault's last words may quote the query, and no query text may reach a log.
                stderr=subprocess.DEVNULL,
                # One for what is loaded, one for the thread that answers: it looks for room where little lies about.
                env={"MALLOC_ARENA_MAX": "2"},
                cwd="/",
                start_new_session=True,
            )
        self.report = self._load(contents, memory)

    def _load(self, contents: StoreContents, memory: int) -> dict[str, Any]:
        try:
            self._control.sendall(
                frames.json_frame(FrameKind.QUESTION, {"contents": contents.to_dict(), "memory": memory})
            )
            frame = frames.FrameReader(self._control.fileno()).read()
        except OSError:
            frame = None
        if frame is not None and frame.kind is FrameKind.END:
            return frame.json()
        self.close()
        if frame is None:
            raise StoreDown(
                Message("The dataset could not be loaded into memory."),
                Message("There may be too little memory on this machine; `coopgraph doctor` says more."),
            )
        problem = frame.json()
        if problem["line"] is not None or problem["problem"] == "syntax":
            raise SyntaxProblem(
                Message("{path} breaks the syntax that its name says.", path=problem["path"]),
                Message("Mend the file, or name it after its true format (.nq, .trig, .ttl, .nt)."),
                line=problem["line"],
                column=problem["column"],
            )
        raise UnreadableInput(
            Message("{path} cannot be read: {reason}.", path=problem["path"], reason=problem["problem"]),
            Message("Name a file that is there."),
        )

    @property
    def alive(self) -> bool:
        """Whether the loading process still runs."""
        return self._process.poll() is None

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped the loading process, as SIGSTOP does, so that it hears no orders (Linux)."""
        try:
            state = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state in ("T", "t")

    def signal_of(self, worker: Worker) -> int | None:
        """Return the number of the signal that ended ``worker`` without our order; None where that is not known."""
        self._hear(worker.number, NEWS)
        return self._deaths.pop(worker.number, None)

    def _hear(self, number: int, patience: float) -> None:
        """Take in how workers have ended; wait a moment for the news of one."""
        until = time.monotonic() + patience
        waiting = select.poll()
        with self._heard:
            try:
                waiting.register(self._control, select.POLLIN)
                while number not in self._deaths and waiting.poll(max(0.0, until - time.monotonic()) * 1000):
                    news = self._control.recv(DEATH.size, socket.MSG_DONTWAIT | socket.MSG_PEEK)
                    if len(news) < DEATH.size:
                        return
                    ended, by = DEATH.unpack(self._control.recv(DEATH.size))
                    self._deaths[ended] = by
                    if len(self._deaths) > REMEMBERED_ENDS:
                        # Of one that had no query, nobody asks.
                        del self._deaths[next(iter(self._deaths))]
                    _log.info("A query worker was ended by %s.", signal.Signals(by).name)
            except (OSError, ValueError):
                # The loading process is gone, or was ended by us.
                return

    def fork(self) -> Worker:
        """Order a worker; its first query may be written at once. Raises StoreDown."""
        self._hear(0, 0.0)
        number = next(self._numbers)
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise StoreDown(
                Message("The service has no room for another query process."), Message("Ask again in a moment.")
            ) from error
        with theirs:
            try:
                with self._lock:
                    socket.send_fds(self._control, [ORDER.pack(FORK, number)], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise StoreDown(Message("The query engine has stopped."), Message("Ask again in a moment.")) from error
        return Worker(number, ours)

    def kill(self, worker: Worker, *, close: bool = True) -> None:
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
        if self._fleeting is not None:
            # The loading process does this itself, unless it was killed.
            shutil.rmtree(self._fleeting, ignore_errors=True)
