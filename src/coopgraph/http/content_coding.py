"""Content codings (RFC 9110, sections 8.4 and 12.5.3): which one a client prefers, compressors, and coded ETags.

A coded answer is another representation, so its ETag says its coding (``"…-zstd"``).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import brotli
import zstandard

from coopgraph.http.quality_values import LONGEST_LIST, weighted


class Compressor(NamedTuple):
    """A compressor at work: ``take`` a piece in, and give out what is left at the ``finish``."""

    take: Callable[[bytes], bytes]
    finish: Callable[[], bytes]


def _zstd() -> Compressor:
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    return Compressor(compressor.compress, compressor.flush)


def _brotli() -> Compressor:
    compressor = brotli.Compressor(quality=4)
    return Compressor(compressor.process, compressor.finish)


def _gzip() -> Compressor:
    compressor = zlib.compressobj(level=6, wbits=16 + zlib.MAX_WBITS)
    return Compressor(compressor.compress, compressor.flush)


CODINGS: dict[str, Callable[[], Compressor]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
"""The codings there are, the one that costs least first."""

_OLD_NAME = re.compile(r"(?i)\bx-gzip\b")
"""Is to be taken for gzip (RFC 9110, section 8.4.1.3)."""


class CodingPreference(NamedTuple):
    """What a client asks: the ``coding`` to use (empty: none), and whether it refuses an answer without coding.

    ``taken``: all codings of ours that it takes.
    """

    coding: str
    refuses_plain: bool
    taken: frozenset[str]


@lru_cache(maxsize=1024)
def coding_preference(accept_encoding: str) -> CodingPreference:
    """Read an ``Accept-Encoding`` header; what it does not name is not used, unless plain answers are refused.

    Where nothing of ours is acceptable, the answer is plain all the same, as the section allows.
    """
    named = weighted(_OLD_NAME.sub("gzip", accept_encoding))
    plain = named.get("identity", 0.0)
    refuses_plain = not plain and ("identity" in named or ("*" in named and not named["*"]))
    others = named.get("*", 0.0) if refuses_plain else 0.0
    qualities = {name: named.get(name, others) for name in CODINGS}
    taken = [name for name, quality in qualities.items() if quality]
    best = max(taken, key=qualities.__getitem__, default="")
    if best and qualities[best] < plain:
        best = ""
    return CodingPreference(best, refuses_plain, frozenset(taken))


def matching(if_none_match: str, tag: str, asked: CodingPreference) -> str | None:
    """Return which of the client's tags is ``tag`` in a coding that it takes; None where it has no such copy.

    Compares weakly (RFC 9110, section 13.1.2); ``tag`` may carry a coding itself.
    """
    stem, _ = tag_parts(tag)
    for given in _tags(if_none_match):
        known, coding = tag_parts(given)
        if known == stem and (not coding or coding in asked.taken):
            return given
    return f'"{stem}"' if if_none_match.strip() == "*" else None


def tag_parts(tag: str) -> tuple[str, str]:
    """Return an ETag without its coding, and the coding."""
    stem, dash, coding = tag.strip('"').rpartition("-")
    return (stem, coding) if dash and coding in CODINGS else (tag.strip('"'), "")


def tags_taken(if_none_match: str, asked: CodingPreference) -> str:
    """Return the tags of an ``If-None-Match`` without codings, those left out whose coding the client does not take."""
    if if_none_match.strip() == "*":
        return if_none_match
    parts = map(tag_parts, _tags(if_none_match))
    return ", ".join(f'"{stem}"' for stem, coding in parts if not coding or coding in asked.taken)


def tags_without_coding(if_match: str) -> str:
    """Return an ``If-Match`` whose tags name no coding. ``*`` holds for all that is there, and becomes empty.

    What is not there is told so (RFC 9110, sections 13.1.1 and 13.2.1).
    """
    named = if_match[:LONGEST_LIST].strip()
    return "" if named == "*" else _TAG.sub(lambda tag: f'"{tag_parts(tag[0])[0]}"', named)


_TAG = re.compile(r'"[^"]*"')


def _tags(header: str) -> Iterator[str]:
    return (found[0] for found in _TAG.finditer(header[:LONGEST_LIST]))
