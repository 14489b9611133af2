"""Endpoint store: a release on another server; follows what is pushed there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from coopgraph.errors import CoopgraphError, NotFound
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.store.oxigraph.loading import StoreContents
from coopgraph.store.registry.opening import EngineConfiguration
from coopgraph.store.registry.release_stores import LOOK_AGAIN
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.credentials import Credentials
from coopgraph.store.sparql_http.push_marker import PushMarker
from coopgraph.store.sparql_http.store import HttpStore

OWN = "dataset-endpoint"
"""Name of what a server holds to which no release was pushed."""


class EndpointStore:
    """The release that was pushed to the server at ``endpoint``, or that server's own dataset where none was.

    ``var`` is where files of its releases may be: of one that is there, JSON-LD is compacted with its context.
    Raises WrongUsage for an address that is none, StoreDown where the server does not answer.
    """

    has_past = False
    """Another server holds one release; its past is in files, and cannot be asked."""

    def __init__(
        self, endpoint: str, engine: EngineConfiguration, credentials: Credentials | None, var: Path | None = None
    ) -> None:
        self._endpoint = endpoint
        self._var = var
        self._engine = engine
        self._client = SparqlHttpClient(endpoint, credentials)
        self._lock = threading.Lock()
        self._parser = engine.open(StoreContents(()))
        self._scout = HttpStore(endpoint, self._client, self._parser, workers=1, waiting=0)
        self._store = self._scout
        self._looking = False
        self.trouble = ""
        """Why the server's newest release is not known, in a sentence; empty where all is well."""
        try:
            self._client.greet(endpoint)
            self._scout.probe()
            self._pushed = self._scout.pushed()
        except CoopgraphError:
            self.close()
            raise
        self._store = self._opened(self._pushed)
        self._looked = time.monotonic()

    @property
    def pushed(self) -> PushMarker | None:
        """The release on the server, as last seen."""
        return self._pushed

    def current(self) -> str:
        """Return the name of the release that is served."""
        with self._lock:
            due = time.monotonic() - self._looked >= LOOK_AGAIN and not self._looking
            if due:
                self._looked, self._looking = time.monotonic(), True
        if due:
            # Not here: who asks is not to wait for another server.
            threading.Thread(target=self._look, name="coopgraph-look", daemon=True).start()
        return self._pushed.release if self._pushed else OWN

    def without_waiting(self) -> None:
        """Return None: another server is always waited for."""

    def store(self, release: str) -> HttpStore:
        """Return the open store of ``release``. Raises NotFound for any but the one on the server."""
        with self._lock:
            if release == (self._pushed.release if self._pushed else OWN):
                return self._store
        raise NotFound(
            Message("The release {release} is not on the server behind this service.", release=release),
            Message("It holds one release at a time; files of others may be under /releases."),
        )

    def close(self) -> None:
        """End what runs here; the server is left as it is."""
        with self._lock:
            store = self._store
        store.close()
        self._scout.close()

    def _look(self) -> None:
        try:
            found = self._scout.pushed()
        except CoopgraphError as error:
            self.trouble = str(error)
        else:
            self.trouble = ""
            if found != self._pushed:
                opened = self._opened(found)
                with self._lock:
                    self._pushed, self._store = found, opened
        finally:
            self._looking = False

    def _opened(self, found: PushMarker | None) -> HttpStore:
        return HttpStore(
            self._endpoint,
            self._client,
            self._parser,
            workers=self._engine.workers,
            waiting=self._engine.waiting,
            served=found,
            published=self._published(found.release) if found else None,
        )

    def _published(self, release: str) -> PublishedJsonLd | None:
        if self._var is None:
            return None
        try:
            return PublishedJsonLd.of_folder(release_folder.file(self._var, release, release_folder.MANIFEST).parent)
        except (CoopgraphError, OSError):
            return None
