"""Release name, manifest and tombstone, and their file forms (JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NewType

ReleaseId = NewType("ReleaseId", str)
"""``YYYY-MM-DD-xxxxxxxx``: the day of the build (UTC) and the first eight digits of the release's content hash.

The content hash is the SHA-256 over names and checksums of the files that follow from the tree alone (all but report
and changes), so that two releases of one day share their name exactly where they share their content.
"""

RELEASE_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release: its size in bytes, SHA-256 in hexadecimal, and media type."""

    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release holds. All but ``id``, ``created`` and ``message`` follows from the tree and its predecessor.

    ``canonical_hash`` is the SHA-256 of the graph's canonical N-Quads (RDFC-1.0), that is of the unpacked dump.
    ``graphs`` counts the triples of each graph by the graph's IRI; ``default_graph`` names those whose union is the
    endpoint's default graph, and ``triples`` counts that union. ``added`` and ``removed`` count the quads that differ
    from ``previous``. ``files`` names every file but the manifest, by its path inside the release's folder.
    """

    id: ReleaseId
    created: str
    message: str
    previous: ReleaseId | None
    software: str
    canonical_hash: str
    graphs: Mapping[str, int]
    default_graph: tuple[str, ...]
    triples: int
    claims: int
    citations: int
    warnings: int
    added: int
    removed: int
    files: Mapping[str, ReleaseFile]

    def to_json(self) -> str:
        """Return the manifest as JSON text: sorted keys, two spaces, final newline."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what :meth:`to_json` wrote. Raises ValueError for anything else."""
        try:
            raw: dict[str, Any] = json.loads(text)
            raw["files"] = {name: ReleaseFile(**entry) for name, entry in raw["files"].items()}
            raw["default_graph"] = tuple(raw["default_graph"])
            return cls(**raw)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("not a manifest") from error


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What remains of a withdrawn release: its name, the time of its withdrawal (UTC), and the public reason."""

    id: ReleaseId
    withdrawn: str
    reason: str

    def to_json(self) -> str:
        """Return the tombstone as JSON text: sorted keys, two spaces, final newline."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Tombstone:
        """Read what :meth:`to_json` wrote. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError("not a tombstone") from error
