"""Frames of bytes between the server and a worker: one byte kind, four bytes length (big-endian), the payload."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections import deque
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

DATA_SIZE = 64 * 1024
"""Largest payload of a data frame, in bytes."""

_HEADER = struct.Struct(">BI")


class FrameKind(IntEnum):
    """What a frame says."""

    QUESTION = 1
    """To the worker: a line of JSON, how to answer, then a query. To the loading process, JSON: what to load."""
    HEAD = 2
    """From the worker, JSON: the result's form and the name of its format."""
    DATA = 3
    """From the worker: bytes of the result."""
    END = 4
    """From the worker, JSON: the result is whole; ``spent`` where the worker takes no further query."""
    ERROR = 5
    """From the worker, JSON: there is no (whole) result, and why."""


_KINDS = {kind.value: kind for kind in FrameKind}


class Frame(NamedTuple):
    """One frame between the server and a worker: its kind and its payload."""

    kind: FrameKind
    payload: bytes

    def json(self) -> dict[str, Any]:
        """Return the payload of a JSON frame."""
        value: dict[str, Any] = json.loads(self.payload)
        return value


def header(kind: FrameKind, length: int) -> bytes:
    """Return the bytes that a frame of so many bytes begins with."""
    return _HEADER.pack(kind, length)


def json_frame(kind: FrameKind, value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a frame whose payload is ``value`` as JSON."""
    payload = json.dumps(value).encode("utf-8")
    return header(kind, len(payload)) + payload


def write_frame(descriptor: int, *pieces: bytes) -> None:
    """Write all ``pieces``, one after the other. Raises OSError where the other side is gone."""
    written = os.writev(descriptor, pieces)
    if written < sum(map(len, pieces)):
        view = memoryview(b"".join(pieces))[written:]
        while view:
            view = view[os.write(descriptor, view) :]


class FrameReader:
    """Reads the frames that come on a descriptor; those that came together cost one call of the system."""

    __slots__ = ("_came", "_descriptor", "_rest")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._came: deque[Frame] = deque()
        self._rest = b""

    def read(self, deadline: float | None = None) -> Frame | None:
        """Return the next frame, or None where the other side closed or died, also in the middle of a frame.

        ``deadline`` is a moment of ``time.monotonic``; past it, TimeoutError is raised and the connection is useless.
        """
        while not self._came:
            if deadline is not None:
                _await_readable(self._descriptor, deadline)
            if not self._fill():
                return None
        return self._came.popleft()

    def receive(self) -> list[Frame] | None:
        """Return the frames that have come, maybe none yet; None where the other side closed or died.

        Does not wait where the descriptor is readable, or one that never waits.
        """
        if not self._fill():
            return None
        came = list(self._came)
        self._came.clear()
        return came

    def _fill(self) -> bool:
        """Take in what has come, waiting for it; False where nothing will come any more."""
        try:
            piece = os.read(self._descriptor, _HEADER.size + DATA_SIZE)
        except BlockingIOError:
            # The loop was told of what another has read since.
            return True
        except ConnectionError:
            return False
        data = self._rest + piece
        start, size = 0, len(data)
        while size - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(data, start)
            end = start + _HEADER.size + length
            if size < end:
                break
            self._came.append(Frame(_KINDS[kind], data[start + _HEADER.size : end]))
            start = end
        self._rest = data[start:]
        return bool(piece)


def _await_readable(descriptor: int, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not waiting.poll(remaining * 1000):
        raise TimeoutError
