"""Weighted lists of a request: what an ``Accept``, ``Accept-Encoding`` … field names, each with its quality.

RFC 9110, section 12.4.2. Anyone may send a long one, so only its beginning is read, in time that grows with its length
alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

LONGEST_LIST = 2048
"""Characters of a list in a request's head that are read; what clients send has a tenth of that."""

MOST_ITEMS = 100
"""Members of a weighted list that are read."""

_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"?')
_NAME = re.compile(r"[!#$%&'*+./^_`|~0-9A-Za-z-]++")
_QUALITY = re.compile(r"[01](?:\.[0-9]*)?|\.[0-9]+")


@lru_cache(maxsize=256)
def weighted(field: str) -> Mapping[str, float]:
    """Return each name in ``field``, in lower case and without parameters, and its quality from 0 to 1.

    The highest quality counts where a name is there several times; a member whose quality is none is passed over.
    """
    found: dict[str, float] = {}
    # What is quoted is a parameter's value, which may hold a comma.
    for member in _QUOTED.sub("", _read(field)).split(",", MOST_ITEMS)[:MOST_ITEMS]:
        name, *parameters = member.split(";")
        name = name.strip().lower()
        quality = _quality(parameters)
        if quality is not None and _NAME.fullmatch(name):
            found[name] = max(quality, found.get(name, 0.0))
    return MappingProxyType(found)


def quality_of(media_type: str, ranges: Mapping[str, float]) -> float:
    """Return the quality of ``media_type`` by the most specific of ``ranges`` that holds it; 0 where none does."""
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def _read(field: str) -> str:
    """Return the beginning of ``field``, without a member that is cut through."""
    return field if len(field) <= LONGEST_LIST else field[:LONGEST_LIST].rpartition(",")[0]


def _quality(parameters: list[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            value = value.strip()
            return float(value) if _QUALITY.fullmatch(value) and float(value) <= 1 else None
    return 1.0
