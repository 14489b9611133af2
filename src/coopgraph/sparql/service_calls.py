"""SERVICE calls of a query: where they stand, what each asks of which server, and the query without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from coopgraph.errors import FederationRefused
from coopgraph.messages.message import Message
from coopgraph.model.iris import BASE
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken, keywords, resolve, sparql_tokens, text_position

MOST_SERVICE_CALLS = 4
"""How many calls one query may make."""

_HINT = Message("Ask both servers yourself and join their answers, or load a dump from /releases beside your data.")


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A SERVICE pattern: where it stands in the query (in characters), its target's IRI, and what is asked there."""

    start: int
    end: int
    target: str
    silent: bool
    query: str
    variables: frozenset[str]


def service_calls(
    query: str, found: tuple[SparqlToken, ...], declarations: tuple[SparqlToken, ...], allowed: Iterable[str]
) -> tuple[ServiceCall, ...]:
    """Return the calls of ``query``, whose tokens are ``found``; all their targets are among ``allowed``.

    ``declarations`` are those that count for it, its own and preset ones.

    Raises FederationRefused, with the place, for every other way of asking another server.
    """
    words = [word for word in keywords(found) if "SERVICE" in word.upper]
    if not words:
        return ()
    permitted = frozenset(allowed)
    if not permitted:
        _refuse(query, words[0], Message("the query asks another server (SERVICE). This service asks no other."))
    if len(words) > MOST_SERVICE_CALLS:
        _refuse(
            query,
            words[MOST_SERVICE_CALLS],
            Message("the query asks other servers for the {number}th time.", number=MOST_SERVICE_CALLS + 1),
            Message("Ask in parts."),
        )
    positions = {token: position for position, token in enumerate(found)}
    inside = _inside_exists(found)
    known: list[ServiceCall] = []
    for word in words:
        position = positions.get(word)
        if position is None or word.upper != "SERVICE":
            _refuse(
                query,
                word,
                Message("SERVICE touches its neighbours."),
                Message("Write spaces around it and around its target."),
            )
        if known and word.start < known[-1].end:
            _refuse(query, word, Message("a SERVICE stands within another."))
        if position in inside:
            _refuse(
                query,
                word,
                Message("a SERVICE stands within EXISTS."),
                Message("Join it in a pattern of its own before."),
            )
        known.append(_call(query, found, position, declarations, permitted))
    return tuple(known)


def without_service_calls(query: str) -> str:
    """Return ``query`` with GRAPH for SERVICE: as long, and well-formed where ``query`` is, but it asks nobody."""
    found = sparql_tokens(query)
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


def _refuse(query: str, word: SparqlToken, what: Message, hint: Message = _HINT) -> NoReturn:
    where = text_position(query, word.start)
    raise FederationRefused(
        Message("At line {line}, column {column}, {problem}", line=where.line, column=where.column, problem=what), hint
    )


def _inside_exists(found: tuple[SparqlToken, ...]) -> frozenset[int]:
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
    query: str,
    found: tuple[SparqlToken, ...],
    position: int,
    declarations: tuple[SparqlToken, ...],
    allowed: frozenset[str],
) -> ServiceCall:
    word = found[position]
    silent = found[position + 1 : position + 2] != () and found[position + 1].upper == "SILENT"
    at = position + 1 + silent
    target = found[at] if at < len(found) else word
    if target.kind == "variable":
        _refuse(
            query,
            target,
            Message("the target {text} is a variable.", text=target.text),
            Message("Name the server's address."),
        )
    closed = closing(found, at + 1)
    if target.kind not in ("iri", "name") or closed is None or found[at + 1].text != "{":
        _refuse(query, word, Message("SERVICE is not followed by an address and a pattern in braces."))
    try:
        (address,) = resolve(declarations, (target,))
    except ValueError:
        _refuse(query, target, Message("the address after SERVICE is not valid, or its prefix is not declared."))
    if address not in allowed:
        _refuse(
            query,
            target,
            Message(
                "the query asks {address}, which is not among the servers that this service may ask.", address=address
            ),
        )
    pattern = found[at + 1 : closed + 1]
    end = found[closed].start + 1
    head = " ".join(item.text for item in declarations)
    return ServiceCall(
        word.start,
        end,
        address,
        silent,
        f"BASE <{BASE}> {head} SELECT * WHERE {query[pattern[0].start : end]}",
        frozenset(item.text[1:] for item in pattern if item.kind == "variable"),
    )
