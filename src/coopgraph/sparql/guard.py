"""Guard of queries: what one asks for, told from its words alone, and the refusal of what this service does not do.

Refusing here gives a clear sentence; that a query reaches nothing outside is ensured by the worker it runs in.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from coopgraph.errors import QueryRefused, QuerySyntax, QueryTimeout, QueryTooLong
from coopgraph.messages.message import Message
from coopgraph.sparql.diagnosis import impossible
from coopgraph.sparql.lexer import (
    AGGREGATES,
    SparqlToken,
    declare,
    keywords,
    prologue,
    resolve,
    scan,
    sparql_tokens,
    text_position,
    undeclared,
)
from coopgraph.sparql.query import SparqlQuery
from coopgraph.sparql.service_calls import ServiceCall, service_calls
from coopgraph.sparql.variable_scope import misplaced

Prefixes = tuple[tuple[str, str], ...]
"""Prefixes, each with its namespace."""

NESTING = 256
"""Deepest nesting of brackets; the engine's own limit depends on its stack."""

_AT_ONCE = 1024
"""Tokens between two looks at the time."""

_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_CHANGING = frozenset({"RAND", "UUID", "STRUUID", "NOW", "BNODE"})
_NOTABLE = re.compile("|".join(sorted(_UPDATES | _CHANGING | {"SERVICE", "FROM", "CONSTRUCT"})))
"""Words of which one must stand in a query for it to say anything else than :data:`_PLAIN`."""

_NAMED = re.compile(r"(?<![\w-])([A-Za-z][\w-]*+):")
"""A prefix in use. None of ours has a dot; a word is looked at once only, however long it is."""
_DECLARATION = re.compile(
    r"(?:\s++|#[^\r\n]*+)*+(?:BASE\s*+<[^<>\s]*+>|PREFIX\s++([\w.-]*+):\s*+<[^<>\s]*+>)", re.IGNORECASE
)

_AGGREGATE = re.compile(rf"(?:{'|'.join(sorted(AGGREGATES))})\s*\(")

_OPENING = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the words of an allowed query say.

    ``default_graphs`` and ``named_graphs`` are the IRIs of FROM and FROM NAMED; both None where it has neither.
    ``calls`` are what it asks of other servers, ``prefixes`` the preset ones that it needs. ``repeatable``: the same
    release always gives the same result, byte for byte.
    """

    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    repeatable: bool
    calls: tuple[ServiceCall, ...] = ()
    prefixes: Prefixes = ()

    def placed(self, sparql_query: SparqlQuery) -> SparqlQuery:
        """Return ``sparql_query`` with the prefixes that its text needs, and the dataset that the text names.

        A dataset that the request names goes before that.
        """
        if self.prefixes:
            sparql_query = sparql_query._replace(prefixes=self.prefixes)
        of_query = (self.default_graphs, self.named_graphs)
        if of_query == (None, None) or sparql_query.default_graphs is not None or sparql_query.named_graphs is not None:
            return sparql_query
        return sparql_query._replace(default_graphs=self.default_graphs, named_graphs=self.named_graphs)


_PLAIN = Inspected(None, None, repeatable=True)


def read_tokens(query: str, *, length: int, seconds: float = math.inf) -> tuple[SparqlToken, ...]:
    """Return the tokens of ``query``, which is text of at most ``length`` bytes and not nested beyond the limit.

    Reading takes at most ``seconds`` of processor time, and ends at the first token that can stand nowhere. Raises
    QueryTooLong, QueryTimeout, QueryRefused, or QuerySyntax, also for text that is no Unicode, and for an aggregate in
    FILTER, BIND or another aggregate, which the engine would take.
    """
    _check_text(query, length)
    found = tuple(_possible(query, _not_too_deep(query, _in_time(scan(query), seconds))))
    _check_aggregates(query, found)
    return found


def inspect(
    query: str,
    *,
    length: int,
    seconds: float = math.inf,
    allowed: Iterable[str] = (),
    presets: Mapping[str, str] = MappingProxyType({}),
) -> Inspected:
    """Return what ``query`` says. ``length`` is the longest text, in bytes; ``allowed`` are the servers it may ask.

    ``seconds`` is the processor time that reading it may take. ``presets`` are prefixes that need no declaration, with
    their namespaces.

    Raises what :func:`read_tokens` raises, FederationRefused, QueryRefused for an update, and QuerySyntax for a
    FROM whose IRI cannot be resolved.
    """
    if _is_plain(query, length) and not _may_need(query, presets):
        return _PLAIN
    found = read_tokens(query, length=length, seconds=seconds)
    own = prologue(found)
    first = found[len(own)] if len(found) > len(own) else None
    if first is not None and first.kind == "word" and first.upper in _UPDATES:
        raise QueryRefused(
            Message("This is a SPARQL Update, and this address only answers queries."),
            Message("Changes are made in the entity files, are checked there, and come with the next release."),
        )
    needed = lacking(found, presets)
    declarations = (*sparql_tokens(declare(needed)), *own)
    asked = service_calls(query, found, declarations, allowed)
    kinds = {word.upper for word in keywords(found)}
    default_graphs, named_graphs = _dataset(query, found, declarations) if "FROM" in kinds else (None, None)
    constructs_blanks = "CONSTRUCT" in kinds and any(token.kind == "blank" or token.text == "[" for token in found)
    repeatable = not constructs_blanks and not kinds & _CHANGING and not asked
    return Inspected(default_graphs, named_graphs, repeatable, asked, needed)


def lacking(found: tuple[SparqlToken, ...], presets: Mapping[str, str]) -> Prefixes:
    """Return those of ``presets`` that a query uses and does not declare."""
    return tuple((prefix, presets[prefix]) for prefix in sorted(undeclared(found) & presets.keys()))


def _may_need(query: str, presets: Mapping[str, str]) -> bool:
    """Whether a plain ``query`` may use one of ``presets`` that it does not declare."""
    names = presets.keys() & set(_NAMED.findall(query))
    declaration = _DECLARATION.match(query) if names else None
    while declaration:
        names.discard(declaration[1])
        declaration = _DECLARATION.match(query, declaration.end())
    return bool(names)


def _is_plain(query: str, length: int) -> bool:
    """Whether it can be told without taking ``query`` apart that it may be asked, and says nothing of note."""
    return (
        len(query) <= length
        and query.isascii()
        and "\\" not in query
        and not _NOTABLE.search(upper := query.upper())
        and len(_AGGREGATE.findall(upper)) < (1 if "FILTER" in upper or "BIND" in upper else 2)
        and query.count("{") + query.count("(") + query.count("[") <= NESTING
    )


def _check_aggregates(query: str, found: tuple[SparqlToken, ...]) -> None:
    if any(token.kind == "word" and token.upper in AGGREGATES for token in found):
        for misuse in misplaced(found):
            where = text_position(query, misuse.token.start)
            raise QuerySyntax(misuse.sentence, misuse.hint, line=where.line, column=where.column)


def _check_text(query: str, length: int) -> None:
    try:
        size = len(query.encode("utf-8"))
    except UnicodeEncodeError as error:
        where = text_position(query, error.start)
        raise QuerySyntax(
            Message("The query holds half of a character pair (a lone surrogate), which is no text."),
            Message("Write the character itself."),
            line=where.line,
            column=where.column,
        ) from error
    if size > length:
        raise QueryTooLong(
            Message("The query has {size:,} bytes; at most {limit:,} are read.", size=size, limit=length),
            Message("Ask for the data once and join on your side, or send fewer VALUES at a time."),
            limit=length,
        )


def _in_time(found: Iterable[SparqlToken], seconds: float) -> Iterator[SparqlToken]:
    start = time.thread_time()
    for number, token in enumerate(found, 1):
        if number % _AT_ONCE == 0 and time.thread_time() - start > seconds:
            raise QueryTimeout(
                Message(
                    "Reading the query alone took {seconds:g} seconds, the longest time for one query.", seconds=seconds
                ),
                Message("Shorten it, or give it more time."),
                limit=seconds,
            )
        yield token


def _possible(query: str, found: Iterable[SparqlToken]) -> Iterator[SparqlToken]:
    for token in found:
        problem = impossible(query, token)
        if problem is not None:
            raise problem
        yield token


def _not_too_deep(query: str, found: Iterable[SparqlToken]) -> Iterator[SparqlToken]:
    depth = 0
    for token in found:
        depth += _OPENING.get(token.text, 0)
        if depth > NESTING:
            where = text_position(query, token.start)
            raise QueryRefused(
                Message(
                    "At line {line}, column {column}, brackets are nested more than {limit} deep.",
                    line=where.line,
                    column=where.column,
                    limit=NESTING,
                ),
                Message("Write the query flatter, or split it."),
            )
        yield token


def _dataset(
    query: str, found: tuple[SparqlToken, ...], declarations: tuple[SparqlToken, ...]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    default: list[SparqlToken] = []
    named: list[SparqlToken] = []
    for before, token, after in zip(found, found[1:], (*found[2:], None), strict=False):
        if before.kind != "word" or before.upper != "FROM":
            continue
        if token.kind == "word" and token.upper == "NAMED" and after is not None:
            named.append(after)
        else:
            default.append(token)
    if not default and not named:
        return None, None
    wanted = [token for token in (*default, *named) if token.kind in ("iri", "name")]
    try:
        resolved = resolve(declarations, tuple(wanted))
    except ValueError as error:
        where = text_position(query, wanted[0].start)
        raise QuerySyntax(
            Message("An address after FROM is not valid, or its prefix is not declared."),
            Message("Write it in full, or declare its prefix."),
            line=where.line,
            column=where.column,
        ) from error
    by_token = dict(zip(wanted, resolved, strict=True))
    return (
        tuple(by_token[token] for token in default if token in by_token),
        tuple(by_token[token] for token in named if token in by_token),
    )
