"""Federated query (SERVICE): the query with the answers of other servers put in their place.

A call is answered before the query runs: its pattern is asked whole at its target, and the rows that come back stand in
the query as VALUES, which join with what surrounds them as the call does (SPARQL 1.1 Federated Query, section 2.4). The
engine itself asks nobody. Only servers that the operator lists are asked, and what cannot be answered in this way is
refused in words: a target that is a variable, a call within another call or within EXISTS.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any, Protocol

from coopgraph.errors import FederationFailed, QueryTimeout, ResultTooLarge
from coopgraph.messages.message import Message
from coopgraph.rdf.binding import term_of_binding
from coopgraph.rdf.terms import BlankNode
from coopgraph.sparql.service_calls import ServiceCall
from coopgraph.store.protocol import CancellationToken

MOST_SERVICE_ROWS = 10_000
"""How many rows a call may give."""

SERVICE_TIME = 10.0
"""Longest time in seconds for one call."""


class Servers(Protocol):
    """Other servers, as they are asked."""

    def rows(
        self, target: str, query: str, *, timeout: float, token: str | None, cancellation: CancellationToken | None
    ) -> bytes:
        """Return the rows that ``target`` gives, as SPARQL Query Results JSON, unread.

        Raises FederationFailed, FederationRefused, ResultTooLarge, QueueFull or QueryCancelled.
        """
        ...

    def cancel(self, token: str) -> bool:
        """Stop what is asked for the query named ``token``; False where that is nothing."""
        ...


class Federation:
    """Answers calls; ``allowed`` are the addresses that may be asked, all of them of ``servers``."""

    def __init__(self, allowed: Iterable[str], servers: Servers) -> None:
        self.allowed = frozenset(allowed)
        self._servers = servers

    def answered(
        self,
        query: str,
        asked: tuple[ServiceCall, ...],
        *,
        timeout: float,
        token: str | None = None,
        cancellation: CancellationToken | None = None,
    ) -> str:
        """Return ``query`` with the rows of its calls in their place, within ``timeout`` seconds.

        Raises FederationFailed (a SILENT call that fails gives one row without values instead), ResultTooLarge, and
        QueryTimeout.
        """
        until = time.monotonic() + timeout
        parts = []
        end = 0
        for call in asked:
            left = until - time.monotonic()
            if left <= 0:
                raise QueryTimeout(
                    Message("The other servers took all the time that one query has."), Message("Ask them for less.")
                )
            try:
                body = self._servers.rows(
                    call.target, call.query, timeout=min(SERVICE_TIME, left), token=token, cancellation=cancellation
                )
                values = _values(call, body)
            except FederationFailed:
                if not call.silent:
                    raise
                values = "{}"
            parts += [query[end : call.start], values]
            end = call.end
        return "".join(parts) + query[end:]

    def cancel(self, token: str) -> bool:
        """Stop what is asked for the query named ``token``; False where that is nothing."""
        return self._servers.cancel(token)


def _values(call: ServiceCall, body: bytes) -> str:
    """Return the rows of a result in JSON as a group with VALUES."""
    try:
        document = json.loads(body)
        names = tuple(document["head"].get("vars", ()))
        rows = document["results"]["bindings"]
        if len(rows) > MOST_SERVICE_ROWS:
            raise ResultTooLarge(
                Message(
                    "{server} gives more than {limit:,} rows, the most that one SERVICE may give.",
                    server=call.target,
                    limit=MOST_SERVICE_ROWS,
                ),
                Message("Narrow what is asked there."),
                limit=MOST_SERVICE_ROWS,
            )
        # A name that the pattern does not have would bind another variable of the query.
        if not call.variables.issuperset(names) or len(set(names)) != len(names):
            raise ValueError("a variable that was not asked for, or one twice")
        lines = ["(" + " ".join(_term(call, row.get(name)) for name in names) + ")" for row in rows]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FederationFailed(
            Message("{server} sent what is no SPARQL result.", server=call.target), Message("Ask its operator.")
        ) from error
    return "{ VALUES (" + " ".join("?" + name for name in names) + ") { " + " ".join(lines) + " } }"


def _term(call: ServiceCall, value: dict[str, Any] | None) -> str:
    if value is None:
        return "UNDEF"
    if not isinstance(value["value"], str):
        raise TypeError("a term's value must be text")
    found = term_of_binding(value)
    if isinstance(found, BlankNode):
        raise FederationFailed(
            Message("{server} gives a blank node, which is nothing outside of that server.", server=call.target),
            Message("Ask there for a name or a value instead, in a subquery that selects it."),
        )
    return str(found)
