"""SERVICE: which other servers a query asks, and the query with their answers put in their place.

A call is answered before the query runs: its pattern is asked whole at its target, and the rows that come back stand in
the query as VALUES, which join with what surrounds them as the call does (SPARQL 1.1 Federated Query, section 2.4). The
engine itself asks nobody. Only servers that the operator lists are asked, and what cannot be answered in this way is
refused in words: a target that is a variable, a call within another call or within EXISTS.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from coopgraph.errors import FederationFailed, FederationRefused, QueryTimeout, ResultTooLarge
from coopgraph.model.iris import BASE
from coopgraph.rdf.binding import term
from coopgraph.rdf.sparql import Token, keywords, place, resolve, tokens
from coopgraph.rdf.terms import BlankNode
from coopgraph.sparql.brackets import closing
from coopgraph.store.protocol import Departure

CALLS = 4
"""How many calls one query may make."""

ROWS = 10_000
"""How many rows a call may give."""

TIME = 10.0
"""Longest time in seconds for one call."""

_HINT = "Ask both servers yourself and join their answers, or load a dump from /releases beside your data."


@dataclass(frozen=True, slots=True)
class Call:
    """A SERVICE pattern: where it stands in the query (in characters), its target's IRI, and what is asked there."""

    start: int
    end: int
    target: str
    silent: bool
    query: str
    variables: frozenset[str]


class Servers(Protocol):
    """Other servers, as they are asked."""

    def rows(self, target: str, query: str, *, timeout: float, token: str | None, departed: Departure | None) -> bytes:
        """Return the rows that ``target`` gives, as SPARQL Query Results JSON, unread.

        Raises FederationFailed, FederationRefused, ResultTooLarge, QueueFull or QueryCancelled.
        """
        ...

    def cancel(self, token: str) -> bool:
        """Stop what is asked for the query named ``token``; False where that is nothing."""
        ...


def calls(
    query: str, found: tuple[Token, ...], declarations: tuple[Token, ...], allowed: Iterable[str]
) -> tuple[Call, ...]:
    """Return the calls of ``query``, whose tokens are ``found``; all their targets are among ``allowed``.

    ``declarations`` are those that count for it, its own and preset ones.

    Raises FederationRefused, with the place, for every other way of asking another server.
    """
    words = [word for word in keywords(found) if "SERVICE" in word.upper]
    if not words:
        return ()
    permitted = frozenset(allowed)
    if not permitted:
        _refuse(query, words[0], "the query asks another server (SERVICE). This service asks no other.")
    if len(words) > CALLS:
        _refuse(query, words[CALLS], f"the query asks other servers for the {CALLS + 1}th time.", "Ask in parts.")
    positions = {token: position for position, token in enumerate(found)}
    inside = _inside_exists(found)
    known: list[Call] = []
    for word in words:
        position = positions.get(word)
        if position is None or word.upper != "SERVICE":
            _refuse(query, word, "SERVICE touches its neighbours.", "Write spaces around it and around its target.")
        if known and word.start < known[-1].end:
            _refuse(query, word, "a SERVICE stands within another.")
        if position in inside:
            _refuse(query, word, "a SERVICE stands within EXISTS.", "Join it in a pattern of its own before.")
        known.append(_call(query, found, position, declarations, permitted))
    return tuple(known)


def without_calls(query: str) -> str:
    """Return ``query`` with GRAPH for SERVICE: as long, and well-formed where ``query`` is, but it asks nobody."""
    found = tokens(query)
    parts = []
    done = position = 0
    for word in keywords(found):
        if "SERVICE" in word.upper:
            end = word.start + len(word.text)
            while position < len(found) and found[position].start < end:
                position += 1
            follower = found[position] if position < len(found) else word
            if follower.upper == "SILENT":
                end = follower.start + len(follower.text)
            quiet = query[word.start : end].upper().replace("SERVICE", "GRAPH  ").replace("SILENT", " " * 6)
            parts += [query[done : word.start], quiet]
            done = end
    return "".join(parts) + query[done:]


class Federation:
    """Answers calls; ``allowed`` are the addresses that may be asked, all of them of ``servers``."""

    def __init__(self, allowed: Iterable[str], servers: Servers) -> None:
        self.allowed = frozenset(allowed)
        self._servers = servers

    def answered(
        self,
        query: str,
        asked: tuple[Call, ...],
        *,
        timeout: float,
        token: str | None = None,
        departed: Departure | None = None,
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
                raise QueryTimeout("The other servers took all the time that one query has.", "Ask them for less.")
            try:
                body = self._servers.rows(
                    call.target, call.query, timeout=min(TIME, left), token=token, departed=departed
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


def _refuse(query: str, word: Token, what: str, hint: str = _HINT) -> NoReturn:
    where = place(query, word.start)
    raise FederationRefused(f"At line {where.line}, column {where.column}, {what}", hint)


def _inside_exists(found: tuple[Token, ...]) -> frozenset[int]:
    """Return the positions of the tokens within the braces of an EXISTS."""
    inside: list[int] = []
    opened: list[bool] = []
    for position, token in enumerate(found):
        if token.text == "{":
            opened.append(any(opened[-1:]) or (position > 0 and found[position - 1].upper == "EXISTS"))
        elif token.text == "}" and opened:
            opened.pop()
        elif opened and opened[-1]:
            inside.append(position)
    return frozenset(inside)


def _call(
    query: str, found: tuple[Token, ...], position: int, declarations: tuple[Token, ...], allowed: frozenset[str]
) -> Call:
    word = found[position]
    silent = found[position + 1 : position + 2] != () and found[position + 1].upper == "SILENT"
    at = position + 1 + silent
    target = found[at] if at < len(found) else word
    if target.kind == "variable":
        _refuse(query, target, f"the target {target.text} is a variable.", "Name the server's address.")
    closed = closing(found, at + 1)
    if target.kind not in ("iri", "name") or closed is None or found[at + 1].text != "{":
        _refuse(query, word, "SERVICE is not followed by an address and a pattern in braces.")
    try:
        (address,) = resolve(declarations, (target,))
    except ValueError:
        _refuse(query, target, "the address after SERVICE is not valid, or its prefix is not declared.")
    if address not in allowed:
        _refuse(query, target, f"the query asks {address}, which is not among the servers that this service may ask.")
    pattern = found[at + 1 : closed + 1]
    end = found[closed].start + 1
    head = " ".join(item.text for item in declarations)
    return Call(
        word.start,
        end,
        address,
        silent,
        f"BASE <{BASE}> {head} SELECT * WHERE {query[pattern[0].start : end]}",
        frozenset(item.text[1:] for item in pattern if item.kind == "variable"),
    )


def _values(call: Call, body: bytes) -> str:
    """Return the rows of a result in JSON as a group with VALUES."""
    try:
        document = json.loads(body)
        names = tuple(document["head"].get("vars", ()))
        rows = document["results"]["bindings"]
        if len(rows) > ROWS:
            raise ResultTooLarge(
                f"{call.target} gives more than {ROWS:,} rows, the most that one SERVICE may give.",
                "Narrow what is asked there.",
                limit=ROWS,
            )
        # A name that the pattern does not have would bind another variable of the query.
        if not call.variables.issuperset(names) or len(set(names)) != len(names):
            raise ValueError("a variable that was not asked for, or one twice")
        lines = ["(" + " ".join(_term(call, row.get(name)) for name in names) + ")" for row in rows]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FederationFailed(f"{call.target} sent what is no SPARQL result.", "Ask its operator.") from error
    return "{ VALUES (" + " ".join("?" + name for name in names) + ") { " + " ".join(lines) + " } }"


def _term(call: Call, value: dict[str, Any] | None) -> str:
    if value is None:
        return "UNDEF"
    if not isinstance(value["value"], str):
        raise TypeError("a term's value must be text")
    found = term(value)
    if isinstance(found, BlankNode):
        raise FederationFailed(
            f"{call.target} gives a blank node, which is nothing outside of that server.",
            "Ask there for a name or a value instead, in a subquery that selects it.",
        )
    return str(found)
