"""Difference between two releases: lines of canonical N-Quads that only one of them has."""

from __future__ import annotations

import gzip
import heapq
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Literal

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message

Change = tuple[Literal["A", "D"], bytes]
"""``A`` (added) or ``D`` (deleted), the signs of RDF Patch, and the line with its line feed."""


def difference(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[Change]:
    """Yield what turns ``before`` into ``after``, in the order of the lines.

    Both are sorted and free of duplicates, as canonical N-Quads are; neither is held in memory. Blank nodes count as
    equal by their canonical label, so a change near some of them may rename others.
    """
    merged = heapq.merge(((line, "D") for line in before), ((line, "A") for line in after))
    for line, group in groupby(merged, key=lambda pair: pair[0]):
        signs = [sign for _, sign in group]
        if signs == ["A"]:
            yield "A", line
        elif signs == ["D"]:
            yield "D", line


def dump_lines(dump: Path) -> Iterator[bytes]:
    """Yield the lines of a release's packed dump. Raises :class:`OurFault` where it is missing or damaged."""
    try:
        with gzip.open(dump, "rb") as stream:
            yield from stream
    except (EOFError, OSError, zlib.error) as error:
        raise OurFault(
            Message("The dump of the release {release} cannot be read.", release=dump.parent.name),
            Message("`coopgraph releases show ID` says which of its files are damaged."),
        ) from error
