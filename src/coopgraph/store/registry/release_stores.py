"""Release stores: an open store for each release in use; follows the current one, lets the old one end in peace."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path

from coopgraph.errors import CoopgraphError, NotFound, QueueFull, StoreDown
from coopgraph.messages.message import Message
from coopgraph.model import release_folder
from coopgraph.store.oxigraph.pool import Pool
from coopgraph.store.registry.opening import EngineConfiguration, open_release

LOOK_AGAIN = 1.0
"""Seconds between two looks at ``current.json``."""

WARM = 2
"""How many releases beside the current one stay open at most."""

TRY_AGAIN = 60.0
"""Seconds after which a release that could not be opened is tried again: somebody may have mended it."""

OPENING_WAIT = 2.0
"""Seconds that a query waits for a past release while another one, or the same, is being opened."""

_log = logging.getLogger("coopgraph.stores")


class ReleaseStores:
    """The releases in ``var``. ``grace`` is how long a store that is put away may finish its answers, in seconds.

    The current release is opened by the first who asks. When another becomes current, it is opened beside the old one
    and takes over only when it is ready; one that cannot be opened leaves the old one in place.
    """

    has_past = True
    """See :class:`coopgraph.context.ManagedStores`."""

    def __init__(self, var: Path, engine: EngineConfiguration, *, grace: float) -> None:
        self._var = var
        self._engine = engine
        self._grace = grace
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}
        self._warming = threading.Lock()
        self._open: OrderedDict[str, Pool] = OrderedDict()
        self._current: str | None = None
        self._looked = float("-inf")
        self._refused: str | None = None
        self._refused_until = 0.0
        self._switching = False
        self._trouble_of_sign = ""
        self._trouble_of_release = ""

    @property
    def trouble(self) -> str:
        """Why the newest release is not served, or not known, in a sentence; empty where all is well."""
        return self._trouble_of_sign or self._trouble_of_release

    def current(self) -> str:
        """Return the name of the release that is served. Raises StoreDown where none was built."""
        now = time.monotonic()
        with self._lock:
            due = now - self._looked >= LOOK_AGAIN and not self._switching
            if due:
                self._looked = now
            served = self._current
        if served is None:
            return self._first()
        if due:
            named = self._named()
            if named == served:
                self._trouble_of_release = ""
            if named is not None and named != served and (named != self._refused or now >= self._refused_until):
                self._begin_to_switch(named)
        return served

    def without_waiting(self) -> tuple[str, Pool] | None:
        """Return the release that is served and its store; None where it must be opened first. Does not wait."""
        if self._current is None:
            return None
        release = self.current()
        store = self._held(release)
        return None if store is None else (release, store)

    def store(self, release: str) -> Pool:
        """Return the open store of ``release``, opening it where it is not.

        Raises NotFound, Gone, OurFault, and QueueFull while another past release is being opened.
        """
        if release != self._current:
            release_folder.manifest(self._var, release)
        held = self._held(release)
        if held is not None:
            return held
        if release == self._current:
            return self._opened(release)
        # Anybody may ask for any past release; that must not cost the present its memory and its time.
        if not self._warming.acquire(timeout=OPENING_WAIT):
            raise QueueFull(
                Message("A past release is being opened, one at a time."), Message("Ask again soon."), retry_after=5
            )
        try:
            return self._opened(release)
        finally:
            self._warming.release()

    def close(self) -> None:
        """Close every store: its processes end. Idempotent."""
        with self._lock:
            stores, self._open = tuple(self._open.values()), OrderedDict()
        for store in stores:
            store.close()

    def _first(self) -> str:
        named = release_folder.current(self._var)
        if named is None:
            raise StoreDown(
                Message("No release has been built yet."),
                Message("Run `coopgraph build`, or `coopgraph serve`, which does."),
            )
        self._opened(named)
        with self._lock:
            self._current = self._current or named
            return self._current

    def _named(self) -> str | None:
        """Return the release that the sign names; None where it cannot be read. What is wrong is logged once."""
        trouble = ""
        try:
            named = release_folder.current(self._var)
            if named is None:
                trouble = f"The file {release_folder.CURRENT}, which names the current release, is missing."
        except CoopgraphError as error:
            named, trouble = None, str(error)
        if trouble and trouble != self._trouble_of_sign:
            _log.error("%s The release read last stays.", trouble)
        self._trouble_of_sign = trouble
        return named

    def _begin_to_switch(self, named: str) -> None:
        """Switch in a thread of its own, one at a time: a slow one must not undo a later one."""
        with self._lock:
            if self._switching:
                return
            self._switching = True
        threading.Thread(target=self._switch, args=(named,), name="coopgraph-switch", daemon=True).start()

    def _switch(self, named: str) -> None:
        try:
            self._take_over(named)
        finally:
            with self._lock:
                self._switching = False

    def _take_over(self, named: str) -> None:
        try:
            self._opened(named)
        except CoopgraphError as error:
            self._refused, self._refused_until = named, time.monotonic() + TRY_AGAIN
            self._trouble_of_release = (
                f"The release {named} cannot be served, so the one before it stays. {error.message}"
            )
            _log.error(self._trouble_of_release)
            return
        with self._lock:
            self._current = named
        self._trouble_of_release = ""
        _log.info("Release %s is now served.", named)
        self._put_away()

    def _held(self, release: str) -> Pool | None:
        with self._lock:
            held = self._open.get(release)
            if held is None or not held.alive:
                return None
            self._open.move_to_end(release)
            return held

    def _opened(self, release: str) -> Pool:
        with self._opening.setdefault(release, threading.Lock()):
            held = self._held(release)
            if held is None:
                held = open_release(self._var, release_folder.manifest(self._var, release), self._engine)
                self._place(release, held)
            return held

    def _place(self, release: str, store: Pool) -> None:
        with self._lock:
            dead = self._open.pop(release, None)
            self._open[release] = store
        if dead is not None:
            _log.error("The process that holds release %s had ended, so another was started.", release)
            dead.close()
        self._put_away()

    def _put_away(self) -> None:
        with self._lock:
            others = [name for name in self._open if name != self._current]
            leaving = [self._open.pop(name) for name in others[: max(0, len(others) - WARM)]]
        for store in leaving:
            threading.Thread(target=store.close, args=(self._grace,), name="coopgraph-drain", daemon=True).start()


class DatasetStore:
    """One store that stands for everything, under one name."""

    trouble = ""
    has_past = False

    def __init__(self, name: str, store: Pool) -> None:
        self._name = name
        self._store = store

    def current(self) -> str:
        """Return the one name."""
        return self._name

    def without_waiting(self) -> tuple[str, Pool]:
        """Return the one name and the one store."""
        return self._name, self._store

    def store(self, release: str) -> Pool:
        """Return the one store. Raises NotFound for any other name."""
        if release != self._name:
            raise NotFound(
                Message("There is no release {release} here.", release=release),
                Message("This service has one dataset and no history."),
            )
        return self._store

    def close(self) -> None:
        """Close the one store: its processes end. Idempotent."""
        self._store.close()
