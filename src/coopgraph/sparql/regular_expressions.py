"""Regular expressions that a query writes out: which the engine cannot read, it would silently give nothing for.

They are told from the text of the query, where REGEX and REPLACE are called with constants, and tried by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from coopgraph.errors import QuerySyntax
from coopgraph.messages.message import Message
from coopgraph.sparql.function_calls import arguments, function_calls, span_text
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens, text_position
from coopgraph.sparql.select_clauses import Span

_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\\\\\)*\\\\[1-9]")
_LOOKS_AROUND = re.compile(r"\(\?<?[=!]")
_HINTS = (
    (
        _BACK_REFERENCE,
        Message("Back-references such as \\1 are not supported; compare parts with STRBEFORE, STRAFTER or SUBSTR."),
    ),
    (
        _LOOKS_AROUND,
        Message("Looking ahead or behind is no part of XPath's expressions; use two filters in its place."),
    ),
)
_GENERAL = Message(
    "Write a regular expression as XPath has it; in a text of SPARQL, each of its backslashes is written twice."
)

Matches = Callable[[str, str], bool | None]
"""Whether a pattern with flags, both as SPARQL writes them, matches the empty text; None where it cannot be read."""


LONGEST_QUOTED = 80
"""Letters of a pattern that a message repeats."""


def check_patterns(query: str, matches_nothing: Matches) -> None:
    """Raise QuerySyntax for a constant pattern that cannot be read, or by which REPLACE would replace nothing."""
    upper = query.upper()
    if "REGEX" not in upper and "REPLACE" not in upper:
        return
    found = sparql_tokens(query)
    for call in function_calls(found, "REGEX", "REPLACE"):
        replaces = found[call.name].upper == "REPLACE"
        given = arguments(found, call.arguments)
        flags = given[3 if replaces else 2 :]
        if len(given) < 2 or not all(_is_text(found, span) for span in (given[1], *flags)):
            continue
        pattern = found[given[1].start]
        empty = matches_nothing(pattern.text, span_text(query, found, flags[0]) if flags else '""')
        if empty is None:
            hint = next((hint for written, hint in _HINTS if written.search(pattern.text)), _GENERAL)
            values = {"pattern": _beginning(pattern), "function": found[call.name].upper}
            sentence = (
                Message("The pattern {pattern} of {function}, with these flags, cannot be read.", **values)
                if flags
                else Message("The pattern {pattern} of {function} cannot be read.", **values)
            )
            raise _problem(query, pattern, sentence, hint)
        if empty and replaces:
            raise _problem(
                query,
                pattern,
                Message(
                    "The pattern {pattern} of REPLACE matches the empty text, and that is at every place.",
                    pattern=_beginning(pattern),
                ),
                Message("Let it match at least one character, with + in place of *."),
            )


def _beginning(pattern: SparqlToken) -> str:
    """Return as much of a pattern as its writer needs to find it."""
    return pattern.text if len(pattern.text) <= LONGEST_QUOTED else f"{pattern.text[:LONGEST_QUOTED]}…"


def _problem(query: str, token: SparqlToken, sentence: Message, hint: Message) -> QuerySyntax:
    where = text_position(query, token.start)
    return QuerySyntax(sentence, hint, line=where.line, column=where.column)


def _is_text(found: tuple[SparqlToken, ...], span: Span) -> bool:
    return span.end - span.start == 1 and found[span.start].kind == "string"
