"""Diagnosis of malformed queries in plain words; the engine only gives a place and a list of symbols."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection
from itertools import islice, pairwise

from coopgraph.errors import QuerySyntax
from coopgraph.messages.message import Message
from coopgraph.model.nearest_names import nearest_names, with_nearest
from coopgraph.sparql.lexer import KEYWORDS, SparqlToken, position, scan, text_position
from coopgraph.sparql.variable_scope import misuses

MOST_TOKENS = 10_000
"""Tokens of a query that are looked at to say what is wrong; of a longer one little more than the place is told."""

_PLACE = re.compile(r"error at (\d+):(\d+)")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\.", re.DOTALL)
_NOWHERE = "\"'\\%`"
_ESCAPED = "tbnrf\\\"'"
_DIGITS = 18
_LONGEST_PREFIX = 40
_SCHEMES = ("http:", "https:", "urn:", "mailto:", "tel:", "file:")


def diagnose(query: str, report: str, presets: Collection[str] = ()) -> QuerySyntax:
    """Return the engine's ``report`` on ``query`` as an error with a sentence, a hint, line and column.

    ``presets`` are prefixes that need no declaration.

    Only what is certain is said: an undeclared prefix, a bracket or a string left open, an address that is none, an
    unknown word, a name in use, an aggregate out of place; otherwise only the place where reading stopped.
    """
    found = _PLACE.search(report)
    at = position(query, int(found[1]), int(found[2])) if found else len(query)
    words = tuple(islice(scan(query), MOST_TOKENS + 1))
    if len(words) > MOST_TOKENS:
        return (
            _open_string(query, words)
            or _undeclared_prefix(query, words, at, presets)
            or _stopped_at(query, at, (query[at : at + 61].split() or [""])[0])
        )
    return (
        _open_string(query, words)
        or _bad_escape(query, words, at)
        or _strange_character(query, words, at)
        or _open_address(query, words, at)
        or _undeclared_prefix(query, words, at, presets)
        or _bad_address(query, words, at, report)
        or _brackets(query, words, at)
        or _unknown_word(query, words, at)
        or _large_number(query, words, at)
        or _misuse(query, words, at)
        or _stopped(query, words, at)
    )


def _error(query: str, at: int, sentence: Message, hint: Message) -> QuerySyntax:
    where = text_position(query, at)
    return QuerySyntax(sentence, hint, line=where.line, column=where.column)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _open_string(query: str, words: tuple[SparqlToken, ...]) -> QuerySyntax | None:
    for token in words:
        if token.kind == "sign" and token.text in ('"', "'"):
            three = token.text * 3
            if query.endswith(three, 0, token.start + 1):
                return _error(
                    query,
                    token.start - 2,
                    Message("A text opened with {quotes} is not closed.", quotes=three),
                    Message("Close it with {quotes}.", quotes=three),
                )
            return _error(
                query,
                token.start,
                Message("A text opened with {token} is not closed on its line.", token=token.text),
                Message(
                    "Close it with {token}, or write {quotes} around a text of several lines.",
                    token=token.text,
                    quotes=three,
                ),
            )
    return None


def impossible(query: str, token: SparqlToken) -> QuerySyntax | None:
    """Return what is wrong with a query that holds ``token`` where that can stand nowhere; else None.

    Such are the beginning of a text that is not closed, and signs and characters that SPARQL has in texts and names
    only.
    """
    if token.kind != "sign" or (token.text.isprintable() and token.text.isascii() and token.text not in _NOWHERE):
        return None
    words = (token,)
    return (
        _open_string(query, words)
        or _strange_character(query, words, token.start)
        or _stopped(query, words, token.start)
    )


def _bad_escape(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    for token in words:
        if token.kind not in ("string", "iri") or token.start > at or "\\" not in token.text:
            continue
        for escape in _ESCAPE.finditer(token.text):
            number = escape[1] or escape[2]
            if number is None and (token.kind == "string" and escape[0][1:] in _ESCAPED):
                continue
            if number is None or 0xD800 <= int(number, 16) < 0xE000 or int(number, 16) > sys.maxunicode:
                return _error(
                    query,
                    token.start + escape.start(),
                    Message("“{escape}” stands for no character.", escape=escape[0]),
                    Message(
                        "Write the character itself; a backslash before any other than tbnrf\"'\\ is written twice."
                    ),
                )
    return None


def _strange_character(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    for token in words:
        if token.kind == "sign" and token.start <= at and not (token.text.isascii() and token.text.isprintable()):
            code = f"U+{ord(token.text):04X}"
            name = unicodedata.name(token.text, "").lower() or Message("a control character")
            return _error(
                query,
                token.start,
                Message("The character {code} ({name}) can only stand within a text.", code=code, name=name),
                Message("Remove it, or write the plain sign that it looks like."),
            )
    return None


def _open_address(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    for token, after in pairwise(words):
        touches = token.text == "<" and after.kind == "name" and after.start == token.start + 1
        if touches and token.start <= at and after.text.startswith(_SCHEMES):
            return _error(
                query,
                token.start,
                Message("An address opened with < is not closed, or holds what no address may hold."),
                Message("Close it with >, and percent-encode spaces and signs within."),
            )
    return None


def _large_number(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    for before, token in pairwise(words):
        if before.upper in ("LIMIT", "OFFSET") and token.kind == "number" and token.start <= at:
            digits = token.text.lstrip("0")
            if digits.isdecimal() and len(digits) > _DIGITS:
                return _error(
                    query,
                    token.start,
                    Message("The number {token} is too large.", token=_short(token.text)),
                    Message("Leave {keyword} out.", keyword=before.upper),
                )
    return None


def _undeclared_prefix(
    query: str, words: tuple[SparqlToken, ...], at: int, presets: Collection[str]
) -> QuerySyntax | None:
    declared = {f"{preset}:" for preset in presets}
    for before, token in zip((None, *words), words, strict=False):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0] + ":"
        if before is not None and before.upper == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared and token.start <= at:
            return _error(
                query,
                token.start,
                Message("The prefix “{prefix}” is used but not declared.", prefix=_short(prefix)),
                with_nearest(
                    Message("Begin the query with PREFIX {prefix} <…>.", prefix=_short(prefix)),
                    _near_prefixes(prefix, declared),
                ),
            )
    return None


def _near_prefixes(prefix: str, declared: set[str]) -> list[str]:
    """Return the nearest of many short names: only those with most of the letters, so that “ex:” is near none."""
    names = sorted(known.rstrip(":") for known in declared)
    return [f"{near}:" for near in nearest_names(prefix.rstrip(":")[:_LONGEST_PREFIX], names, likeness=0.7)]


def _bad_address(query: str, words: tuple[SparqlToken, ...], at: int, report: str) -> QuerySyntax | None:
    if "IRI parsing failed" not in report:
        return None
    for token in words:
        if token.kind == "iri" and token.start <= at <= token.start + len(token.text):
            return _error(
                query,
                token.start,
                Message("The address {token} is not valid.", token=_short(token.text)),
                Message("Percent-encode what an address cannot hold."),
            )
    return None


def _brackets(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    pairs = {"{": "}", "(": ")", "[": "]"}
    opened: list[SparqlToken] = []
    for token in words:
        if token.text in pairs:
            opened.append(token)
        elif token.text in pairs.values():
            if not opened:
                return _error(
                    query,
                    token.start,
                    Message("“{token}” closes what was never opened.", token=token.text),
                    Message("Remove it, or open it before."),
                )
            last = opened.pop()
            if pairs[last.text] != token.text:
                where = text_position(query, last.start)
                return _error(
                    query,
                    token.start,
                    Message(
                        "“{token}” stands where “{closing}” must close the “{opening}” of line {line}, column "
                        "{column}.",
                        token=token.text,
                        closing=pairs[last.text],
                        opening=last.text,
                        line=where.line,
                        column=where.column,
                    ),
                    Message("Write “{closing}” first.", closing=pairs[last.text]),
                )
    if opened and at >= len(query.rstrip()):
        last = opened[-1]
        return _error(
            query,
            last.start,
            Message("The “{opening}” opened here is never closed.", opening=last.text),
            Message("Close it with “{closing}”.", closing=pairs[last.text]),
        )
    return None


def _unknown_word(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    for token in words:
        if token.kind == "word" and token.upper not in KEYWORDS and token.start <= at:
            alike = nearest_names(token.upper, KEYWORDS)
            return _error(
                query,
                token.start,
                Message("“{token}” is no word of SPARQL 1.1.", token=_short(token.text)),
                Message("Is “{word}” meant?", word=alike[0])
                if alike
                else Message("A variable begins with “?”, a prefixed name has a “:”."),
            )
    return None


def _misuse(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax | None:
    first = next(iter(misuses(words)), None)
    if first is None or first.token.start > at:
        return None
    return _error(query, first.token.start, first.sentence, first.hint)


def _stopped(query: str, words: tuple[SparqlToken, ...], at: int) -> QuerySyntax:
    if not words:
        return _error(
            query,
            0,
            Message("The query is empty."),
            Message("Write one that begins with SELECT, ASK, CONSTRUCT or DESCRIBE."),
        )
    # The engine stops after the longest text it could read; what it could not read on from is the next token.
    token = next((token for token in words if token.start + len(token.text) > at), words[-1])
    return _stopped_at(query, token.start, token.text)


def _stopped_at(query: str, at: int, text: str) -> QuerySyntax:
    sentence = (
        Message("Reading stopped at “{token}”.", token=_short(text)) if text else Message("Reading stopped at the end.")
    )
    return _error(query, at, sentence, Message("Compare what stands up to there with an example."))
