"""Federated servers, asked on a query's behalf: few at a time, with limits, and never one of a private network.

A name is resolved once, all its addresses must be public, and the connection goes to one of these, so that a second
answer of the name's owner changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterable
from urllib.error import HTTPError
from urllib.parse import urlsplit

from coopgraph.errors import (
    FederationFailed,
    FederationRefused,
    QueryCancelled,
    QueryTimeout,
    ResultTooLarge,
    StoreDown,
)
from coopgraph.http.guarded_client import is_public
from coopgraph.messages.message import Message
from coopgraph.store.protocol import CancellationToken
from coopgraph.store.sparql_http.client import SparqlHttpClient
from coopgraph.store.sparql_http.queue import QueuedRequest, RequestQueue

SIZE = 4 * 1024**2
"""Largest answer, in bytes."""

AT_ONCE = 4
"""How many servers are asked at once; as many more may wait."""

ROWS_MEDIA_TYPE = "application/sparql-results+json"

_PIECE = 64 * 1024


class FederatedServers:
    """Asks the servers at ``addresses``; ``inside`` are hosts that may have private addresses.

    Raises WrongUsage for an address that is none of a server.
    """

    def __init__(self, addresses: Iterable[str], inside: Iterable[str]) -> None:
        self._clients = {address: SparqlHttpClient(address, None) for address in addresses}
        self._inside = frozenset(inside)
        self._places = RequestQueue(AT_ONCE, AT_ONCE)

    def rows(
        self, target: str, query: str, *, timeout: float, token: str | None, cancellation: CancellationToken | None
    ) -> bytes:
        """Return the rows of ``query`` at ``target``, one of the addresses, in SPARQL Query Results JSON, unread.

        Raises FederationFailed where that server does not answer with success within ``timeout`` seconds,
        FederationRefused where it is in a private network, ResultTooLarge, QueueFull, and QueryCancelled.
        """
        call = _Call(token, None if urlsplit(target).hostname in self._inside else target)
        if cancellation is not None:
            cancellation.watch(call.leave)
        self._places.take(call, timeout)
        try:
            call.limit(timeout)
            with self._clients[target].ask(target, query, ROWS_MEDIA_TYPE, call) as response:
                return _body(target, response, call)
        except HTTPError as error:
            with error:
                raise FederationFailed(
                    Message("{server} answered with the status {status}.", server=target, status=error.code), _HINT
                ) from error
        except (OSError, ValueError, http.client.HTTPException, StoreDown, QueryTimeout) as error:
            if call.problem is None:
                raise FederationFailed(
                    Message("{server} could not be asked, or broke off.", server=target), _HINT
                ) from error
            if isinstance(call.problem, QueryTimeout):
                raise FederationFailed(
                    Message("{server} did not answer within {seconds:.1f} seconds.", server=target, seconds=timeout),
                    _HINT,
                ) from error
            raise call.problem from error
        finally:
            call.end()

    def cancel(self, token: str) -> bool:
        """End what is asked for the query named ``token``; False where that is nothing."""
        return self._places.stop(token, QueryCancelled(Message("This query was cancelled.")))


_HINT = Message("Ask again later, or leave that SERVICE out.")


class _Call(QueuedRequest):
    """A call to a stranger's server where ``stranger`` is its address, otherwise to one of the operator's own."""

    def __init__(self, token: str | None, stranger: str | None) -> None:
        super().__init__(token)
        self._stranger = stranger

    def connect(self, address: tuple[str, int], timeout: float, source: tuple[str, int] | None = None) -> socket.socket:
        """Connect to an address that the host has now and that is no private one."""
        if self._stranger is None:
            return super().connect(address, timeout, source)
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
        if not all(is_public(item) for item in found):
            raise FederationRefused(
                Message("{server} lies in a private network.", server=self._stranger),
                Message("Only servers of the open network are asked."),
            )
        problem: OSError | None = None
        for item in found:
            left = self.deadline - time.monotonic()
            if left <= 0 or self.problem is not None:
                break
            try:
                return super().connect((item, address[1]), min(timeout, left), source)
            except OSError as error:
                problem = error
        raise problem or OSError("the host has no address, or there is no time left")


def _body(target: str, response: http.client.HTTPResponse, call: QueuedRequest) -> bytes:
    body = bytearray()
    while piece := response.read(_PIECE):
        body += piece
        if len(body) > SIZE:
            raise ResultTooLarge(
                Message(
                    "{server} gives more than {limit:,} bytes, the most that one SERVICE may give.",
                    server=target,
                    limit=SIZE,
                ),
                Message("Narrow what is asked there."),
                limit=SIZE,
            )
    # A connection that was cut looks like the end of a body whose length nobody said.
    if response.length or call.problem:
        raise http.client.IncompleteRead(bytes(body))
    return bytes(body)
