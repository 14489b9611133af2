"""Listener: accepts connections, and keeps what they share: how many there are, the time, the known requests."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from hashlib import blake2b
from secrets import token_bytes
from typing import Generic

from coopgraph.server.http1.application import Application, Key
from coopgraph.server.http1.connection import Connection

CONNECTIONS = 2048
"""Connections held at once, most of them idle; a request that is half sent holds a connection and nothing else."""

KNOWN = 1024
"""Requests that are remembered."""

KNOWN_SIZE = 4096
"""Bytes of the longest of them."""

TICK = 0.5
"""Seconds between two looks at the clock and at all connections."""


class Listener(Generic[Key]):
    """Serves ``application`` to those who connect.

    ``date`` is the header of that name, ``now`` the seconds in which the loop has listened, both at most a second old.
    ``stopping``: no request after the present one.
    """

    def __init__(self, application: Application[Key]) -> None:
        self.application = application
        self.stopping = False
        self._connections: set[Connection[Key]] = set()
        self._hash = blake2b(key=token_bytes(32), digest_size=16)
        self._known: dict[bytes, Key] = {}
        self._loop = asyncio.get_running_loop()
        self.now, self._looked = 0.0, self._loop.time()
        self._look()

    async def start(self, host: str, port: int) -> None:
        """Listen from now on. Raises OSError."""
        self._server = await self._loop.create_server(lambda: Connection(self), host, port, backlog=CONNECTIONS)
        self._ticking = self._loop.create_task(self._tick())

    async def stop(self, grace: float) -> bool:
        """Take no more requests; give the present ones ``grace`` seconds. Return whether all have ended."""
        self.stopping = True
        self._server.close()
        for connection in tuple(self._connections):
            connection.stop()
        until = self._loop.time() + grace
        while self._connections and self._loop.time() < until:
            await asyncio.sleep(0.01)
        return not self._connections

    def abort(self) -> None:
        """Break off all connections that are left."""
        self._ticking.cancel()
        for connection in tuple(self._connections):
            connection.abort()

    # What connections are told

    def opened(self, connection: Connection[Key]) -> bool:
        """Count a connection; False where there are too many."""
        has_room = len(self._connections) < CONNECTIONS or self._close_idlest()
        self._connections.add(connection)
        return has_room

    def closed(self, connection: Connection[Key]) -> None:
        """Forget a connection that has ended; another may come in its place."""
        self._connections.discard(connection)

    def _close_idlest(self) -> bool:
        """Close the connection that has been idle for longest: nobody takes all of them by holding them."""
        idle = ((held.idle_until, held) for held in self._connections)
        candidates = [(until, held) for until, held in idle if until is not None]
        if not candidates:
            return False
        _, idlest = min(candidates, key=lambda candidate: candidate[0])
        self._connections.discard(idlest)
        idlest.abort()
        return True

    def recognized(self, sent: bytes) -> Key | None:
        """Return what a request of exactly these bytes asked before."""
        return self._known.get(self._mark(sent)) if len(sent) <= KNOWN_SIZE else None

    def remember(self, sent: bytes, asked: Key) -> None:
        """Remember what a request of these bytes asks."""
        if len(sent) > KNOWN_SIZE:
            return
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[self._mark(sent)] = asked

    def _mark(self, sent: bytes) -> bytes:
        """Return what stands for the bytes of a request: they may hold a reader's address, and are not kept."""
        marked = self._hash.copy()
        marked.update(sent)
        return marked.digest()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._look()
            for connection in tuple(self._connections):
                connection.check()

    def _look(self) -> None:
        # While the loop is kept from listening, no client's time passes: what it has sent may wait to be read.
        before, self._looked = self._looked, self._loop.time()
        self.now += min(self._looked - before, TICK)
        self.date = f"date: {formatdate(usegmt=True)}\r\n".encode("ascii")
