"""The JSON-LD context and the frames that a release publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from coopgraph.errors import NotFound
from coopgraph.model import release_folder
from coopgraph.rdf.jsonld import Context

CONTEXT = "context/v1.jsonld"


@lru_cache(maxsize=8)
def context(var: Path, release: str) -> Context:
    """Return the context of ``release``."""
    return Context(release_folder.file(var, release, CONTEXT).read_bytes())


@lru_cache(maxsize=64)
def frame(var: Path, release: str, name: str) -> Mapping[str, Any] | None:
    """Return the frame ``name`` of ``release`` (``organization``), or None where it publishes none of that name."""
    try:
        place = release_folder.file(var, release, f"frame/{name}.jsonld")
    except NotFound:
        return None
    found: Mapping[str, Any] = json.loads(place.read_bytes())
    return found
