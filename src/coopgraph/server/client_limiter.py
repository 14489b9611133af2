"""Client limiter: how many queries one client has at once, without keeping who it is.

An address becomes a keyed hash before anything else sees it; the key is made anew with each start and never leaves the
process, and a hash is forgotten when its last query ends.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
import threading
from collections import Counter

from coopgraph.errors import TooManyRequests
from coopgraph.messages.message import Message

RETRY_AFTER_LIMIT = 5
"""Seconds after which a client that had too many queries may ask again."""

Caller = bytes
"""Whose request it is, as a keyed hash of an address: the address itself is not kept."""

_log = logging.getLogger("coopgraph")


class ClientLimiter:
    """Lets each client have ``limit`` queries at once. ``proxies`` of the operator's own stand before the service."""

    def __init__(self, *, limit: int, proxies: int) -> None:
        self._limit = limit
        self._proxies = proxies
        self._key = secrets.token_bytes(32)
        self._told = False
        self._lock = threading.Lock()
        self._queries: Counter[Caller] = Counter()

    def of(self, peer: str, forwarded: str) -> Caller | None:
        """Return whose request it is that came from ``peer`` (address and port).

        ``forwarded`` is X-Forwarded-For, believed as far as proxies are known to have written it. None for a request
        from this machine where no proxy is known: that says nothing about who asks.
        """
        if not self._proxies and peer.startswith("127."):
            if forwarded and not self._told:
                self._tell_of_proxy()
            return None
        entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
        if self._proxies and entries:
            return self._hash(_network(entries[-self._proxies :][0]))
        address = _network(peer)
        if isinstance(address, str) or (not self._proxies and address.is_loopback):
            return None
        return self._hash(address)

    def _tell_of_proxy(self) -> None:
        """Warn once that a proxy stands before the service which the settings do not know."""
        self._told = True
        _log.warning(
            "X-Forwarded-For comes from this machine and the setting proxies is 0: clients are not told apart, "
            "and none has a limit of its own. Say how many proxies there are (COOPGRAPH_PROXIES=1)."
        )

    def slot(self, caller: Caller | None, *, held: bool = False) -> ClientSlot:
        """Return one of the client's places, which is ``held`` already or is taken when it is entered."""
        return ClientSlot(self, caller, held=held)

    @property
    def limit(self) -> int:
        """How many queries one client may have at once."""
        return self._limit

    def enter(self, caller: Caller | None) -> bool:
        """Take one of the client's places, to be given back by :meth:`leave`; False where it has none left."""
        if caller is None:
            return True
        with self._lock:
            free = self._queries[caller] < self._limit
            self._queries[caller] += free
        return free

    def free(self, caller: Caller | None) -> int:
        """Return how many of the client's places are free now; all of them for one that is not counted."""
        with self._lock:
            return self._limit - (self._queries.get(caller, 0) if caller is not None else 0)

    def leave(self, caller: Caller | None) -> None:
        """Give a place back."""
        if caller is not None:
            with self._lock:
                self._queries[caller] -= 1
                if not self._queries[caller]:
                    del self._queries[caller]

    def _hash(self, address: object) -> Caller:
        return hashlib.blake2b(str(address).encode("utf-8"), key=self._key, digest_size=16).digest()


class ClientSlot:
    """A client's place, from when it is first entered until it is given back, which is when the response is sent."""

    def __init__(self, limiter: ClientLimiter, caller: Caller | None, *, held: bool) -> None:
        self._limiter = limiter
        self._caller = caller
        self._held = held
        self._asked = held

    def __enter__(self) -> None:
        """Take the place. Raises TooManyRequests where the client has none left."""
        if self._held:
            return
        self._asked = True
        if not self._limiter.enter(self._caller):
            raise TooManyRequests(
                Message(
                    "You have {limit} queries running, waiting or being sent, as many as a client may have.",
                    limit=self._limiter.limit,
                ),
                Message("Wait for one to end, or cancel it with DELETE /sparql/{token}."),
                retry_after=RETRY_AFTER_LIMIT,
            )
        self._held = True

    def __exit__(self, *_: object) -> None:
        """Keep the place: the response is still to be sent."""

    def rate_limit_fields(self) -> list[tuple[str, str]]:
        """Return the header fields that name the client's share and what is left of it, where a place was asked for.

        As in https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: queries at once, not in a time.
        """
        if not self._asked:
            return []
        return [
            ("ratelimit-policy", f'"queries";q={self._limiter.limit};qu="concurrent-requests"'),
            ("ratelimit", f'"queries";r={self._limiter.free(self._caller)}'),
        ]

    def give_back(self) -> None:
        """Give the place back, where it is held."""
        if self._held:
            self._held = False
            self._limiter.leave(self._caller)


def _network(written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | str:
    """Return the address in ``written``, with or without a port; of IPv6 the /64 that one client has; else the text."""
    host, _, _ = written.rpartition(":")
    for candidate in (written, host):
        try:
            address = ipaddress.ip_address(candidate.strip("[]").partition("%")[0])
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is None:
                return ipaddress.ip_network((address, 64 if not address.is_loopback else 128), strict=False)
            address = address.ipv4_mapped
        return ipaddress.ip_network(address)
    return written
