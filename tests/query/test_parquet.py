from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pyarrow.parquet as pq
import pytest

from coopgraph.errors import QueryCancelled, QueryMemory, QueryTimeout, QueueFull, ResultTooLarge
from coopgraph.query.parquet import Packer
from coopgraph.rdf.formats import JSON, PARQUET
from coopgraph.store.protocol import Answer, CancellationToken

HEAD = b'{"head":{"vars":["x"]},"results":{"bindings":['
ROW = b'{"x":{"type":"literal","value":"1"}}'
BODY = HEAD + ROW + b"]}}"
LARGE = HEAD + b",".join([ROW] * 200_000) + b"]}}"


def answer(*chunks: bytes | Exception) -> Answer:
    def given() -> Iterator[bytes]:
        for chunk in chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    return Answer("bindings", JSON, given(), lambda: None)


def _drained(made: Answer) -> None:
    with suppress(QueryCancelled):
        list(made.chunks)


def packed(*chunks: bytes | Exception, timeout: float = 30, cancellation: CancellationToken | None = None) -> bytes:
    made = Packer().pack(answer(*chunks), timeout=timeout, cancellation=cancellation)
    assert made.format is PARQUET
    return b"".join(made.chunks)


def test_rows_become_a_whole_file() -> None:
    assert pq.read_table(io.BytesIO(packed(BODY[:20], BODY[20:]))).to_pylist() == [{"x": "1"}]


def test_rows_that_fail_on_the_way_give_no_file() -> None:
    with pytest.raises(ResultTooLarge):
        packed(BODY[:50], ResultTooLarge("too large"))


def test_rows_that_end_too_soon_give_no_file() -> None:
    with pytest.raises(QueryMemory):
        packed(BODY[:-3])


def test_a_conversion_past_its_time_is_stopped_and_says_the_limit() -> None:
    with pytest.raises(QueryTimeout) as caught:
        packed(LARGE, timeout=0.1)
    assert caught.value.limit == 0.1


def test_a_client_that_leaves_stops_the_conversion() -> None:
    cancellation = CancellationToken()
    # Before it can have ended: a conversion's program alone takes longer to start.
    threading.Timer(0.1, cancellation.announce).start()
    with pytest.raises(QueryCancelled):
        packed(LARGE, cancellation=cancellation)


def test_a_client_that_has_left_starts_none() -> None:
    cancellation = CancellationToken()
    cancellation.announce()
    with pytest.raises(QueryCancelled):
        packed(BODY, cancellation=cancellation)


def test_who_waits_too_long_for_a_turn_is_told_to_come_back() -> None:
    packer = Packer(most=1)
    first = packer.pack(answer(LARGE), timeout=60, cancellation=None)
    running = threading.Thread(target=_drained, args=(first,))
    running.start()
    time.sleep(0.3)
    second = packer.pack(answer(BODY), timeout=0.01, cancellation=None)
    with pytest.raises(QueueFull) as caught:
        list(second.chunks)
    assert caught.value.retry_after > 0
    first.close()
    running.join()
