"""Frames of bytes between the server and a worker: one byte kind, four bytes length (big-endian), the payload."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

DATA_SIZE = 64 * 1024
"""Largest payload of a data frame, in bytes."""

_HEADER = struct.Struct(">BI")


class Kind(IntEnum):
    """What a frame says."""

    QUESTION = 1
    """To the worker, JSON: a query with its dataset and formats."""
    HEAD = 2
    """From the worker, JSON: the result's form and the name of its format."""
    DATA = 3
    """From the worker: bytes of the result."""
    END = 4
    """From the worker, JSON: the result is whole; ``spent`` where the worker takes no further question."""
    ERROR = 5
    """From the worker, JSON: there is no (whole) result, and why."""


class Frame(NamedTuple):
    """One frame."""

    kind: Kind
    payload: bytes

    def json(self) -> dict[str, Any]:
        """Return the payload of a JSON frame."""
        value: dict[str, Any] = json.loads(self.payload)
        return value


def frame(kind: Kind, payload: bytes) -> bytes:
    """Return the bytes of a frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def json_frame(kind: Kind, value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a frame whose payload is ``value`` as JSON."""
    return frame(kind, json.dumps(value).encode("utf-8"))


def write(descriptor: int, data: bytes) -> None:
    """Write all of ``data``. Raises OSError where the other side is gone."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def read(descriptor: int, deadline: float | None = None) -> Frame | None:
    """Return the next frame, or None where the other side closed or died, also in the middle of a frame.

    ``deadline`` is a moment of ``time.monotonic``; past it, TimeoutError is raised and the connection is useless.
    """
    header = _read_exactly(descriptor, _HEADER.size, deadline)
    if header is None:
        return None
    kind, length = _HEADER.unpack(header)
    payload = _read_exactly(descriptor, length, deadline)
    return None if payload is None else Frame(Kind(kind), payload)


def _read_exactly(descriptor: int, length: int, deadline: float | None) -> bytes | None:
    data = bytearray()
    while len(data) < length:
        if deadline is not None:
            _await_readable(descriptor, deadline)
        try:
            piece = os.read(descriptor, length - len(data))
        except ConnectionError:
            return None
        if not piece:
            return None
        data += piece
    return bytes(data)


def _await_readable(descriptor: int, deadline: float) -> None:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    remaining = deadline - time.monotonic()
    if remaining <= 0 or not waiting.poll(remaining * 1000):
        raise TimeoutError
