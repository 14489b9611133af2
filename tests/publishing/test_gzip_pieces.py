"""Pieces packed one by one make one gzip member that any reader unpacks."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.publishing.gzip_pieces import gzip_file, piece


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=300)))
def test_a_file_of_pieces_is_one_member_with_their_content(contents: list[bytes]) -> None:
    packed = b"".join(gzip_file(map(piece, contents)))
    assert gzip.decompress(packed) == b"".join(contents)
    reader = zlib.decompressobj(wbits=31)  # of one member, with its checksum
    assert reader.decompress(packed) == b"".join(contents)
    assert reader.eof
    assert reader.unused_data == b""


def test_long_pieces_have_the_checksum_of_the_whole() -> None:
    contents = [bytes(1_000_003), b"x" * 70_001, b""]
    assert gzip.decompress(b"".join(gzip_file(map(piece, contents)))) == b"".join(contents)


def test_a_piece_refers_to_nothing_before_it() -> None:
    words = b"the same words again " * 100
    first, second = piece(words), piece(words)
    assert first == second
    assert gzip.decompress(b"".join(gzip_file([piece(b"other"), second]))) == b"other" + words
