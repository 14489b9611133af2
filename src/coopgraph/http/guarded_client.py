"""Guarded HTTP client, for addresses that others chose: it never reaches into a private network.

A name is resolved once, all its addresses must be public, and the connection goes to one of these, so that a second
answer of the name's owner changes nothing. Redirects are told, not followed. An answer that trickles in is broken off.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_AS_THEY_STAND = "/:@!$&'()*+,;=~%?-._"

MOST_STEPS = 3
"""How many times its patience an exchange may take in all, from the connection to the end of the answer's head."""


class PrivateAddress(OSError):
    """A server that was to be asked lies in a private network."""


class GuardedReply(NamedTuple):
    """What a server answered: its status, and where it redirects to (empty: nowhere). The body is not read."""

    status: int
    location: str


def send(
    method: str,
    url: str,
    *,
    patience: float,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    inside: Collection[str] = (),
) -> GuardedReply:
    """Send one request; each step of it may take ``patience`` seconds, and all of them :data:`MOST_STEPS` times that.

    Hosts of ``inside`` may have private addresses.

    Raises :class:`PrivateAddress`, another OSError, HTTPException or ValueError where there is no answer.
    """
    told = urlsplit(url)
    host = told.hostname or ""
    port = told.port or (443 if told.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=patience)
    with _connected(host, port, patience, private=host in inside) as plain:
        tls = ssl.create_default_context() if told.scheme == "https" else None
        connection.sock = tls.wrap_socket(plain, server_hostname=host) if tls else plain
        try:
            with _ended_after(MOST_STEPS * patience, connection.sock):
                target = quote((told.path or "/") + (f"?{told.query}" if told.query else ""), _AS_THEY_STAND)
                connection.request(method, target, body or None, {**(headers or {}), "Connection": "close"})
                answer = connection.getresponse()
                return GuardedReply(answer.status, answer.headers.get("Location", ""))
        finally:
            connection.close()


@contextmanager
def _ended_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Shut the connection down where the block takes longer, and raise TimeoutError."""
    too_late = threading.Event()

    def end() -> None:
        too_late.set()
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if too_late.is_set():
            raise TimeoutError


def _connected(host: str, port: int, patience: float, *, private: bool) -> socket.socket:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(map(is_public, found)):
        raise PrivateAddress("private address")
    problem = OSError("no address")
    for address in found:
        try:
            return socket.create_connection((address, port), patience)
        except OSError as error:
            problem = error
    raise problem


def is_askable(url: str) -> bool:
    """Return whether ``url`` is an address (RFC 3986) of http or https with a host that can be, and names no user."""
    try:
        told = urlsplit(url)
        fits = told.port != 0 and bool((told.hostname or "").encode("idna"))
    except ValueError:
        return False
    plain = url.isprintable() and not set(url) & set(' "<>\\^`{|}')
    return fits and plain and told.scheme in ("http", "https") and "@" not in told.netloc


def is_written_private(host: str) -> bool:
    """Return whether ``host`` is localhost or a private address, in each way of writing it that a resolver takes.

    Where another name leads is known only when it is asked. ``host`` is that of an address that :func:`is_askable`.
    """
    name = host.encode("idna").decode().lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with suppress(OSError):
        # Also 127.1, 0x7f.1 and 2130706433.
        name = socket.inet_ntoa(socket.inet_aton(name))
    try:
        return not is_public(name)
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Return whether ``address`` is public, also where it stands for another (RFC 3056, 4291, 6052, 9637)."""
    known = ipaddress.ip_address(address.partition("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if known in _NAT64:
            inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if known.is_site_local or known in _DOCUMENTATION:
            return False
    return known.is_global and not known.is_multicast and not known.is_reserved
