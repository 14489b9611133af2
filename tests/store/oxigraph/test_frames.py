"""Frames come out as they went in, however they are cut on the way."""

from __future__ import annotations

import os
import socket

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.store.oxigraph import frames
from coopgraph.store.oxigraph.frames import DATA_SIZE, FrameKind
from tests.conftest import example_count

PAYLOADS = st.lists(st.binary(max_size=40) | st.just(b"x" * DATA_SIZE), max_size=4)


@given(PAYLOADS, st.lists(st.integers(1, DATA_SIZE), min_size=1, max_size=5))
@settings(deadline=None, max_examples=example_count(100))
def test_frames_come_whole_however_they_are_cut(payloads: list[bytes], cuts: list[int]) -> None:
    sent = b"".join(frames.header(FrameKind.DATA, len(payload)) + payload for payload in payloads)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        reader = frames.FrameReader(ours.fileno())
        found: list[frames.Frame] = []
        at = 0
        while at < len(sent):
            piece = sent[at : at + cuts[len(found) % len(cuts)]]
            theirs.sendall(piece)
            at += len(piece)
            while came := reader.receive():
                found += came
            # Nothing more is there: that is no end.
            assert reader.receive() == []
        theirs.close()
        assert reader.receive() is None
    assert [frame.payload for frame in found] == payloads


def test_many_pieces_are_written_as_one_whole_even_where_the_reader_is_slow() -> None:
    reading, writing = os.pipe()
    pieces = [bytes([number]) * 30_000 for number in range(9)]
    child = os.fork()
    if child == 0:
        frames.write_frame(writing, *pieces)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"".join(pieces)
    assert os.waitpid(child, 0)[1] == 0
