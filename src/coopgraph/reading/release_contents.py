"""Contents of a past release, told from its dump: whether it holds a thing, without opening it."""

from __future__ import annotations

import gzip
from array import array
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from coopgraph.errors import CoopgraphError
from coopgraph.model import release_folder
from coopgraph.model.iris import entity_name
from coopgraph.rdf.namespaces import OWL

REMEMBERED_RELEASES = 64
"""Releases whose subjects are remembered, with 8 bytes for each subject."""

_DEPRECATED = f" {OWL.deprecated} ".encode()


class _Held(NamedTuple):
    """Hashes of the subjects of a release, sorted; and the subjects that were withdrawn."""

    hashes: array[int]
    withdrawn: frozenset[bytes]


def holds(var: Path, release: str, iri: str) -> bool:
    """Return whether ``release`` says something about ``iri``, and did not withdraw it."""
    try:
        held = _held(var, release)
    except (CoopgraphError, OSError, EOFError):
        return False
    written = f"<{iri}>".encode()
    if entity_name(iri) and written in held.withdrawn:
        return False
    sought = hash(written)
    place = bisect_left(held.hashes, sought)
    return place < len(held.hashes) and held.hashes[place] == sought


@lru_cache(maxsize=REMEMBERED_RELEASES)
def _held(var: Path, release: str) -> _Held:
    found, withdrawn, before = set(), set(), b""
    with gzip.open(release_folder.file(var, release, release_folder.DUMP)) as lines:
        for line in lines:
            # Canonical N-Quads: no space but between the terms, and the lines of a subject follow each other.
            subject = line.partition(b" ")[0]
            if subject != before:
                found.add(hash(subject))
                before = subject
            if line.startswith(_DEPRECATED, len(subject)):
                withdrawn.add(subject)
    return _Held(array("q", sorted(found)), frozenset(withdrawn))
