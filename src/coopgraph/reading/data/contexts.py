"""JSON-LD context and frames that a release publishes."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path

from coopgraph.errors import NotFound
from coopgraph.model import release_folder
from coopgraph.rdf.jsonld import Context, JsonLdFrame


class PublishedContexts:
    """The JSON-LD contexts and frames of the releases in the folder ``var``, read once and kept for the last few.

    Nothing is kept of a release that does not stand any more: each look raises what
    :func:`coopgraph.model.release_folder.file` raises. Thread-safe.
    """

    _KEPT = 4

    def __init__(self, var: Path) -> None:
        self.var = var
        self._lock = threading.Lock()
        self._by_release: OrderedDict[str, _Release] = OrderedDict()

    def context(self, release: str) -> Context:
        """Return the context of ``release``."""
        return self._of(release).context

    def frame(self, release: str, name: str) -> JsonLdFrame | None:
        """Return the frame ``name`` of ``release`` (``organization``), or None where it publishes none of that name."""
        kept = self._of(release)
        if name not in kept.frames:
            try:
                place = release_folder.file(self.var, release, f"frame/{name}.jsonld")
            except NotFound:
                return None
            kept.frames[name] = kept.context.frame(json.loads(place.read_bytes()))
        return kept.frames[name]

    def _of(self, release: str) -> _Release:
        with self._lock:
            known = self._by_release.pop(release, None)
        if known is None or not release_folder.stands(self.var, release):
            known = _Release(Context(release_folder.file(self.var, release, release_folder.CONTEXT).read_bytes()))
        with self._lock:
            self._by_release[release] = known
            while len(self._by_release) > self._KEPT:
                self._by_release.popitem(last=False)
        return known


class _Release:
    """What is kept of a release: its context, and those of its frames that were asked for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.frames: dict[str, JsonLdFrame] = {}
