"""JSON-LD context and frames that a release publishes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from coopgraph.model import release_folder
from coopgraph.rdf.jsonld import Context, JsonLdFrame
from coopgraph.rdf.published_jsonld import PublishedJsonLd


class PublishedContexts:
    """The JSON-LD contexts and frames of the releases in the folder ``var``, read once and kept for the last few.

    Nothing is kept of a release that does not stand any more: each look raises what
    :func:`coopgraph.model.release_folder.file` raises. Thread-safe.
    """

    _KEPT = 4

    def __init__(self, var: Path) -> None:
        self.var = var
        self._lock = threading.Lock()
        self._by_release: OrderedDict[str, PublishedJsonLd] = OrderedDict()

    def context(self, release: str) -> Context:
        """Return the context of ``release``."""
        return self.of(release).context

    def frame(self, release: str, name: str) -> JsonLdFrame | None:
        """Return the frame ``name`` of ``release`` (``organization``), or None where it publishes none of that name."""
        return self.of(release).frames.get(name)

    def of(self, release: str) -> PublishedJsonLd:
        """Return the context and frames of ``release``."""
        with self._lock:
            known = self._by_release.pop(release, None)
        if known is None or not release_folder.stands(self.var, release):
            known = PublishedJsonLd.of_folder(release_folder.file(self.var, release, release_folder.CONTEXT).parents[1])
        with self._lock:
            self._by_release[release] = known
            while len(self._by_release) > self._KEPT:
                self._by_release.popitem(last=False)
        return known
