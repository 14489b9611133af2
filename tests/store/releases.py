"""Releases made by hand: the smallest folder that the readers take for one."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, ReleaseFile, ReleaseId

EX = "http://example.org/"


def release(var: Path, number: int, *, damaged: bool = False, triples: Sequence[str] = ()) -> ReleaseId:
    """A release whose default graph holds these ``triples``, or else one, about its number."""
    name = ReleaseId(f"2026-01-{number:02}-{number:08x}")
    folder = var / release_folder.RELEASES / name
    folder.mkdir(parents=True)
    lines = sorted(triples) or [f'<{EX}s> <{EX}p> "{number}"']
    dump = gzip.compress("".join(f"{line} <{EX}g> .\n" for line in lines).encode(), mtime=0)
    (folder / release_folder.DUMP).write_bytes(dump)
    sha256 = hashlib.sha256(b"other" if damaged else dump).hexdigest()
    entry = ReleaseFile(sha256, len(dump), "application/gzip")
    manifest = _manifest(name, {release_folder.DUMP: entry}, len(lines))
    (folder / release_folder.MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return name


def _manifest(name: ReleaseId, files: dict[str, ReleaseFile], triples: int) -> Manifest:
    known: dict[str, object] = {
        "id": name,
        "previous": None,
        "files": files,
        "graphs": {EX + "g": triples},
        "triples": triples,
        "default_graph": (EX + "g",),
    }
    known["created"] = f"{name[:10]}T12:00:00Z"
    texts = {field: "" for field, kind in Manifest.__annotations__.items() if kind == "str"}
    numbers = {field: 0 for field, kind in Manifest.__annotations__.items() if kind == "int"}
    return Manifest(**{**texts, **numbers, **known})  # type: ignore[arg-type]


def make_current(var: Path, name: str) -> None:
    (var / release_folder.CURRENT).write_text(json.dumps({"release": name}), encoding="utf-8")
