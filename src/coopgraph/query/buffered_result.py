"""Buffered result: one that is complete before its first byte leaves.

HTTP has no way to take a status back, and a server may end a broken stream like a good one. So a result is collected
first: what fails on the way becomes a proper error, and what is sent has a length and a checksum.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from typing import IO

from coopgraph.errors import NoRoom
from coopgraph.messages.message import Message
from coopgraph.store.protocol import Answer


@dataclass(frozen=True, slots=True)
class BufferedResult:
    """A complete result: its ``size`` in bytes, its SHA-256, and its bytes in ``content``, read from the start.

    ``content`` is bytes, or a file without a name on disk that is gone when it is closed.
    """

    answer: Answer
    content: bytes | IO[bytes]
    size: int
    sha256: bytes


def collect(answer: Answer, held_back: int) -> BufferedResult:
    """Return the whole of ``answer``: in memory up to ``held_back`` bytes, on disk beyond.

    Raises what the answer's chunks raise, and :class:`NoRoom` where the disk takes no more.
    """
    digest = hashlib.sha256()
    size = 0
    parts: list[bytes] = []
    file: IO[bytes] | None = None
    try:
        for chunk in answer.chunks:
            digest.update(chunk)
            size += len(chunk)
            parts.append(chunk)
            if file is None and size > held_back:
                file = tempfile.TemporaryFile(prefix="coopgraph-")  # noqa: SIM115 - outlives this function
            if file is not None:
                file.write(b"".join(parts))
                parts.clear()
        if file is not None:
            file.flush()
            file.seek(0)
    except OSError as error:
        _discard(answer, file)
        raise NoRoom(
            Message("There is no room here to prepare so large a result."), Message("Ask for less, or later.")
        ) from error
    except BaseException:
        _discard(answer, file)
        raise
    return BufferedResult(answer, b"".join(parts) if file is None else file, size, digest.digest())


def _discard(answer: Answer, file: IO[bytes] | None) -> None:
    answer.close()
    if file is not None:
        file.close()
