"""Resident SHACL validator: a child process with prepared shapes that validates small data sets as they come.

A process outlives its validator: the next one of the same shapes takes it over, which saves the start and the
preparation. Those that nobody uses are few, and end with this process.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from threading import Event, Lock, Timer

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.rdf.terms import Triple
from coopgraph.validation.engines.child import frame
from coopgraph.validation.shacl import (
    BUSY,
    ENGINES,
    MOST_CHILDREN,
    ValidationResult,
    engine_failure,
    engine_overrun,
    n_triples,
    read_report,
)

_UNPREPARED = b""


class ResidentValidator:
    """A validator whose process starts at once, prepares the shapes while the caller goes on, and stays until closed.

    It may be used by several threads; they wait for one another. A process that was stopped or died is started anew.
    """

    name = "fast"

    def __init__(self, shapes: Iterable[Triple], classes: Iterable[Triple]) -> None:
        """Prepare ``shapes``; ``classes`` are triples with every ``rdfs:subClassOf`` of the data to come."""
        self._deadline = ENGINES[self.name]
        self._shapes = frame(n_triples(shapes), n_triples(classes))
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        with self._lock:
            self._running()

    def validate(self, start: Iterable[str], data: Iterable[Triple]) -> tuple[ValidationResult, ...]:
        """Return all results of the shapes named in ``start`` on ``data``.

        Raises :class:`OurFault` where the engine does not finish in time, fails, or gives no proper report.
        """
        names = tuple(start)
        return self.results(names, n_triples(data)) if names else ()

    def results(self, start: Iterable[str], data: bytes) -> tuple[ValidationResult, ...]:
        """Return all results on data in N-Triples, of all shapes where ``start`` names none; see :meth:`validate`."""
        asked = frame("\n".join(start).encode(), data)
        with self._lock:
            return read_report(self._answer(self._running(), asked))

    def stop(self) -> None:
        """End the process whatever it does: who waits for its results is told that it failed."""
        if child := self._child:
            child.kill()

    def close(self) -> None:
        """Let the process go; the next validator of the same shapes may have it."""
        with self._lock:
            child, self._child = self._child, None
            if child is not None:
                _IDLE.put(self._shapes, child)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            self._child, prepared = _IDLE.take(self._shapes)
            if not prepared:
                self._write(self._child, self._shapes)
        return self._child

    def _answer(self, child: subprocess.Popen[bytes], asked: bytes) -> bytes:
        late = Event()

        def stop() -> None:
            late.set()
            child.kill()

        stopped = Timer(BUSY * self._deadline, stop)
        stopped.start()
        whole = False
        try:
            self._write(child, asked)
            assert child.stdout is not None
            length = child.stdout.readline()
            report = child.stdout.read(int(length)) if length else b""
            whole = bool(length) and len(report) == int(length)
            if not whole:
                assert child.stderr is not None
                complaint = child.stderr.read()
        finally:
            stopped.cancel()
            if not whole:
                self._child = None
                _end(child)
        if not whole:
            if late.is_set() or child.returncode == -signal.SIGXCPU:
                raise engine_overrun(self.name, self._deadline)
            raise engine_failure(self.name, complaint, child.returncode)
        return report

    def _write(self, child: subprocess.Popen[bytes], data: bytes) -> None:
        assert child.stdin is not None
        # Of a child that is gone the missing report tells.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(data)
            child.stdin.flush()


class _IdleProcesses:
    """Processes that nobody uses, by the shapes that each has prepared, the longest unused first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: list[tuple[bytes, subprocess.Popen[bytes]]] = []

    def put(self, shapes: bytes, child: subprocess.Popen[bytes]) -> None:
        """Keep a process, and end the one that was unused for longest where there are too many."""
        with self._lock:
            self._idle.append((shapes, child))
            gone, self._idle = self._idle[:-MOST_CHILDREN], self._idle[-MOST_CHILDREN:]
        for _, unused in gone:
            _end(unused)

    def take(self, shapes: bytes) -> tuple[subprocess.Popen[bytes], bool]:
        """Return a process, and whether it has prepared these shapes; else it has prepared none."""
        with self._lock:
            for wanted in (shapes, _UNPREPARED):
                for item in self._idle:
                    if item[0] == wanted and item[1].poll() is None:
                        self._idle.remove(item)
                        return item[1], wanted == shapes
        return _start(), False

    def end(self) -> None:
        """End all."""
        with self._lock:
            gone, self._idle = self._idle, []
        for _, child in gone:
            _end(child)

    def start_one(self) -> None:
        """Start a process where none is idle."""
        if not self._idle:
            self.put(_UNPREPARED, _start())

    def forget(self) -> None:
        """Know of none, after a fork: they belong to the process that forked."""
        self._lock = Lock()
        self._idle = []


def start_one() -> None:
    """Start a process, if none is idle, for a validator that comes soon."""
    _IDLE.start_one()


def _start() -> subprocess.Popen[bytes]:
    # -P: a folder named coopgraph in the working directory must not take the package's place.
    seconds = str(round(ENGINES[ResidentValidator.name]))
    command = [sys.executable, "-P", "-m", "coopgraph.validation.engines.resident", seconds]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise OurFault(
            Message("The SHACL engine cannot be started."), Message("Are there too many processes?")
        ) from error


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    child.wait()


_IDLE = _IdleProcesses()
atexit.register(_IDLE.end)
os.register_at_fork(after_in_child=_IDLE.forget)
