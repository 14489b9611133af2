"""Pieces of a gzip file (RFC 1952) that are packed one by one: a piece packed once serves in every file that has it.

A file of pieces is one member, as any gzip file is: each piece ends in a full flush of DEFLATE (RFC 1951), so that it
refers to nothing before it, and the checksum of the whole follows from those of the pieces. That is zlib's
``crc32_combine``, which Python does not offer: CRC-32 is arithmetic over polynomials modulo :data:`_POLYNOMIAL`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

GZIP_LEVEL = 6  # 9 takes three times as long for 2 % less

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Neither time nor name, and no system: the same pieces give the same file."""

_END = b"\x03\x00"
"""The last block of DEFLATE, without content."""

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


class Piece(NamedTuple):
    """DEFLATE blocks, and of what was packed in them the CRC-32, the length, and what that shifts a CRC by."""

    packed: bytes
    checksum: int
    length: int
    shift: int


def piece(data: bytes) -> Piece:
    """Pack ``data`` as a piece of a gzip file."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    return Piece(packed, zlib.crc32(data), len(data), _shift(len(data)))


def gzip_file(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield the bytes of the gzip file with the content of ``pieces``, one after the other."""
    checksum, length = 0, 0
    yield _HEADER
    for item in pieces:
        yield item.packed
        checksum = _product(item.shift, checksum) ^ item.checksum
        length += item.length
    yield _END + struct.pack("<II", checksum, length & 0xFFFFFFFF)


def _product(left: int, right: int) -> int:
    """Return the product of two polynomials, whose highest bit is the coefficient of 1, modulo that of CRC-32."""
    product, place = 0, _ONE
    while left:
        if left & place:
            product ^= right
            left ^= place
        place >>= 1
        right = (right >> 1) ^ _POLYNOMIAL if right & 1 else right >> 1
    return product


def _shift(length: int) -> int:
    """Return x to the power of the bits in ``length`` bytes."""
    power, base = _ONE, 1 << 23  # x to the 8th
    while length:
        if length & 1:
            power = _product(power, base)
        base = _product(base, base)
        length >>= 1
    return power
