"""Say in plain words where and why a query is malformed; the engine only gives a place and a list of symbols."""

from __future__ import annotations

import re
from difflib import get_close_matches

from coopgraph.errors import QuerySyntax
from coopgraph.rdf.sparql import KEYWORDS, Token, place, position, tokens

_PLACE = re.compile(r"error at (\d+):(\d+)")
_KNOWN = (
    ("The SELECT contains a variable that is unbound", "SELECT names a variable that GROUP BY does not group.",
     "Add it to GROUP BY, or put it into an aggregate such as SAMPLE or COUNT."),
    ("overrides an existing variable", "“AS” gives a name that a variable of the query has already.",
     "Choose a new name after AS."),
    ("already in use", "“AS” gives a name that a variable of the query has already.", "Choose a new name after AS."),
    ("Aggregate", "An aggregate stands where none may stand.", "Use aggregates in SELECT, HAVING or ORDER BY only."),
)  # fmt: skip


def explain(query: str, report: str) -> QuerySyntax:
    """Return the engine's ``report`` on ``query`` as an error with a sentence, a hint, line and column.

    Only what is certain is said: an undeclared prefix, a bracket or a string left open, an address that is none, an
    unknown word; otherwise what stands at the place where reading stopped.
    """
    found = _PLACE.search(report)
    at = position(query, int(found[1]), int(found[2])) if found else len(query)
    words = tokens(query)
    for message, sentence, hint in _KNOWN:
        if message in report:
            return _error(query, at, sentence, hint)
    return (
        _open_string(query, words)
        or _undeclared_prefix(query, words, at)
        or _bad_address(query, words, at, report)
        or _brackets(query, words, at)
        or _unknown_word(query, words, at)
        or _stopped(query, words, at)
    )


def _error(query: str, at: int, sentence: str, hint: str) -> QuerySyntax:
    where = place(query, at)
    return QuerySyntax(sentence, hint, line=where.line, column=where.column)


def _open_string(query: str, words: tuple[Token, ...]) -> QuerySyntax | None:
    for token in words:
        if token.text in ('"', "'"):
            return _error(
                query, token.start, f"A text opened with {token.text} is not closed on its line.",
                f"Close it with {token.text}, or write {token.text * 3} around a text of several lines.",
            )  # fmt: skip
    return None


def _undeclared_prefix(query: str, words: tuple[Token, ...], at: int) -> QuerySyntax | None:
    declared: set[str] = set()
    for before, token in zip((None, *words), words, strict=False):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0] + ":"
        if before is not None and before.upper == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared and token.start <= at:
            return _error(
                query, token.start, f"The prefix “{prefix}” is used but not declared.",
                f"Begin the query with PREFIX {prefix} <…>.",
            )  # fmt: skip
    return None


def _bad_address(query: str, words: tuple[Token, ...], at: int, report: str) -> QuerySyntax | None:
    if "IRI parsing failed" not in report:
        return None
    for token in words:
        if token.kind == "iri" and token.start <= at <= token.start + len(token.text):
            return _error(
                query, token.start, f"The address {token.text} is not valid.",
                "Percent-encode what an address cannot hold.",
            )  # fmt: skip
    return None


def _brackets(query: str, words: tuple[Token, ...], at: int) -> QuerySyntax | None:
    pairs = {"{": "}", "(": ")", "[": "]"}
    opened: list[Token] = []
    for token in words:
        if token.text in pairs:
            opened.append(token)
        elif token.text in pairs.values():
            if not opened:
                return _error(
                    query, token.start, f"“{token.text}” closes what was never opened.", "Remove it, or open it before."
                )
            last = opened.pop()
            if pairs[last.text] != token.text:
                where = place(query, last.start)
                return _error(
                    query, token.start,
                    f"“{token.text}” stands where “{pairs[last.text]}” must close the “{last.text}” "
                    f"of line {where.line}, column {where.column}.",
                    f"Write “{pairs[last.text]}” first.",
                )  # fmt: skip
    if opened and at >= len(query.rstrip()):
        last = opened[-1]
        return _error(
            query, last.start, f"The “{last.text}” opened here is never closed.", f"Close it with “{pairs[last.text]}”."
        )
    return None


def _unknown_word(query: str, words: tuple[Token, ...], at: int) -> QuerySyntax | None:
    for token in words:
        if token.kind == "word" and token.upper not in KEYWORDS and token.start <= at:
            alike = get_close_matches(token.upper, KEYWORDS, n=1)
            return _error(
                query, token.start, f"“{token.text}” is no word of SPARQL 1.1.",
                f"Is “{alike[0]}” meant?" if alike else "A variable begins with “?”, a prefixed name has a “:”.",
            )  # fmt: skip
    return None


def _stopped(query: str, words: tuple[Token, ...], at: int) -> QuerySyntax:
    if not words:
        return _error(query, 0, "The query is empty.", "Write one that begins with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    # The engine stops after the longest text it could read; what cannot stand there is the next token.
    token = next((token for token in words if token.start + len(token.text) > at), None)
    if token is None:
        token = words[-1]
        return _error(
            query, token.start, f"The query cannot end with this “{token.text}”: something before it is not complete.",
            "Compare it with an example; often a value, a “.” or a bracket is missing.",
        )  # fmt: skip
    text = token.text if len(token.text) <= 60 else token.text[:59] + "…"
    return _error(
        query, token.start, f"“{text}” cannot stand here.",
        "Compare the part before it with an example; often a “.”, a “?” or a bracket is missing.",
    )  # fmt: skip
