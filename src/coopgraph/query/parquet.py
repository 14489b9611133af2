"""Parquet results: the engine gives rows, a process of its own makes a file of them, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from coopgraph.errors import NoRoom, QueryCancelled, QueryMemory, QueryTimeout, QueueFull
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import JSON, PARQUET
from coopgraph.store.protocol import Answer, CancellationToken

ROWS_FORMAT = JSON
"""The format in which the engine is asked for rows that become Parquet."""

_PIECE = 64 * 1024


class Packer:
    """Turns answers in the format :data:`ROWS_FORMAT` into answers in Parquet, ``most`` at once. Thread-safe."""

    def __init__(self, most: int = 1) -> None:
        self._free = threading.BoundedSemaphore(most)

    def pack(self, answer: Answer, *, timeout: float, cancellation: CancellationToken | None) -> Answer:
        """Return ``answer`` as Parquet. Its chunks raise what those of ``answer`` raise, and the errors of limits.

        Converting may take ``timeout`` seconds more, and as many to wait for its turn.
        """
        work = _Work()
        if cancellation is not None:
            cancellation.watch(work.stop)

        def close() -> None:
            work.stop()
            answer.close()

        return answer._replace(format=PARQUET, chunks=self._chunks(answer, work, timeout), close=close)

    def _chunks(self, answer: Answer, work: _Work, timeout: float) -> Iterator[bytes]:
        with tempfile.TemporaryFile(prefix="coopgraph-") as rows, tempfile.TemporaryFile(prefix="coopgraph-") as file:
            try:
                for chunk in answer.chunks:
                    rows.write(chunk)
                rows.flush()
            except OSError as error:
                answer.close()
                raise NoRoom(
                    Message("There is no room here to prepare so large a result."), Message("Ask for less.")
                ) from error
            if not self._free.acquire(timeout=timeout):
                raise QueueFull(
                    Message("Others wait for Parquet already."), Message("Ask again soon, or for CSV."), retry_after=5
                )
            try:
                work.run(rows, file, timeout)
            finally:
                self._free.release()
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece


class _Work:
    """One conversion; may be stopped from any thread, before it begins too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self, rows: IO[bytes], file: IO[bytes], timeout: float) -> None:
        rows.seek(0)
        with self._lock:
            if self._stopped:
                raise _left()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "coopgraph.rdf.parquet", str(int(timeout) + 1)],
                stdin=rows,
                stdout=file,
                # A fault's last words may quote the data, and none of it may reach a log.
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise QueryTimeout(
                Message("The result could not be made a Parquet file within {seconds:g} seconds.", seconds=timeout),
                Message("Ask for less, or for CSV."),
                limit=timeout,
            ) from None
        finally:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        if self._stopped:
            raise _left()
        if code:
            raise QueryMemory(
                Message("The result could not be made a Parquet file within its limits."),
                Message("Ask for less, or for CSV."),
            )

    def stop(self) -> None:
        """End the conversion; nothing happens where it has ended."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()


def _left() -> QueryCancelled:
    return QueryCancelled(Message("The client left before the answer was complete."))
