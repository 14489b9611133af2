"""Resident SHACL validator: a child process with prepared shapes that validates small data sets as they come."""

from __future__ import annotations

import contextlib
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
    ValidationResult,
    engine_failure,
    engine_overrun,
    n_triples,
    read_report,
)


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
        names = "\n".join(start).encode()
        if not names:
            return ()
        asked = frame(names, n_triples(data))
        with self._lock:
            return read_report(self._answer(self._running(), asked))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            # -P: a folder named coopgraph in the working directory must not take the package's place.
            command = [sys.executable, "-P", "-m", "coopgraph.validation.engines.resident", str(round(self._deadline))]
            try:
                self._child = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
            except OSError as error:
                raise OurFault(
                    Message("The SHACL engine cannot be started."), Message("Are there too many processes?")
                ) from error
            self._write(self._child, self._shapes)
        return self._child

    def _answer(self, child: subprocess.Popen[bytes], asked: bytes) -> bytes:
        late = Event()

        def stop() -> None:
            late.set()
            child.kill()

        stopped = Timer(BUSY * self._deadline, stop)
        stopped.start()
        try:
            self._write(child, asked)
            assert child.stdout is not None
            length = child.stdout.readline()
            report = child.stdout.read(int(length)) if length else b""
        finally:
            stopped.cancel()
        if not length or len(report) < int(length):
            assert child.stderr is not None
            complaint = child.stderr.read()
            self._end()
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

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout, child.stderr):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
            child.wait()
