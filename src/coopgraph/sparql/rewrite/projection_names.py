"""Names that SELECT gives to expressions of a group, where HAVING or a later expression speaks of them.

SPARQL 1.1 (section 18.2.4) does not know them in HAVING, so nothing would pass there; other engines do. In later
expressions it knows them, but the engine does not. Each such name becomes its expression in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from coopgraph.errors import QueryRefused, QuerySyntax
from coopgraph.messages.message import Message
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import AGGREGATES, SparqlToken, sparql_tokens, text_position
from coopgraph.sparql.select_clauses import Select, Span, selects
from coopgraph.sparql.text_edits import Edit, edited, end_of

_AS = re.compile(r"\bAS\b", re.IGNORECASE)

LENGTH = 100_000
"""Most characters that the names of one clause may stand for."""


def with_expressions(query: str) -> str:
    """Return ``query`` with the expressions of SELECT for their names in HAVING and in the expressions of a group.

    Raises QuerySyntax for a name in HAVING within an aggregate or a pattern, where an expression with aggregates cannot
    stand, and QueryRefused where names of names become too long.
    """
    if "HAVING" not in query.upper() and len(_AS.findall(query)) < 2:
        return query
    found = sparql_tokens(query)
    edits: list[Edit] = []
    for select in selects(found):
        having = select.clauses.get("HAVING")
        if having is not None and select.aliases:
            edits += _in_having(query, found, select, having)
        if len(select.aliases) > 1 and _is_grouped(found, select):
            edits += _in_select(query, found, select)
    return edited(query, edits)


def _is_grouped(found: Sequence[SparqlToken], select: Select) -> bool:
    return "GROUP" in select.clauses or any(
        token.kind == "word" and token.upper in AGGREGATES
        for span in select.aliases.values()
        for token in found[span.start : span.end]
    )


def _in_select(query: str, found: Sequence[SparqlToken], select: Select) -> Iterator[Edit]:
    for name, span in select.aliases.items():
        expression = _expression(query, found, name, select.aliases, LENGTH)[1:-1]
        start, end = found[span.start].start, end_of(found[span.end - 1])
        if expression != query[start:end]:
            yield Edit(start, end, expression)


def _in_having(query: str, found: Sequence[SparqlToken], select: Select, having: Span) -> Iterator[Edit]:
    left = LENGTH
    for position, free in _names(found, having, select.aliases):
        token = found[position]
        if not free:
            where = text_position(query, token.start)
            raise QuerySyntax(
                Message(
                    "HAVING uses {name}, a name that SELECT gives, within an aggregate or a pattern, where "
                    "none is known.",
                    name=token.text,
                ),
                Message(
                    "Write the expression of {name} in its place, or filter in a query around this one.",
                    name=token.text,
                ),
                line=where.line,
                column=where.column,
            )
        expression = _expression(query, found, token.text[1:], select.aliases, left)
        left -= len(expression)
        yield Edit(token.start, end_of(token), expression)


def _expression(query: str, found: Sequence[SparqlToken], name: str, aliases: Mapping[str, Span], left: int) -> str:
    """Return the expression that ``name`` stands for, in brackets, with the names before it written out."""
    span = aliases[name]
    # A name is known from its AS on, so every name in an expression is one from before it.
    earlier = {other: its for other, its in aliases.items() if its.end < span.start}
    parts = []
    done = found[span.start].start
    for position, free in _names(found, span, earlier):
        if free:
            token = found[position]
            parts += [query[done : token.start], _expression(query, found, token.text[1:], earlier, left)]
            done = end_of(token)
    parts.append(query[done : end_of(found[span.end - 1])])
    written = f"({''.join(parts)})"
    if len(written) > left:
        raise QueryRefused(
            Message("The names that SELECT gives stand for expressions that are too long."),
            Message("Filter in a query around this one."),
        )
    return written


def _names(found: Sequence[SparqlToken], span: Span, aliases: Mapping[str, Span]) -> Iterator[tuple[int, bool]]:
    """Yield where variables of ``aliases`` stand, and whether that is outside of every aggregate and pattern."""
    enclosed = span.start
    for position in range(span.start, span.end):
        token = found[position]
        opens_aggregate = token.kind == "word" and token.upper in AGGREGATES
        if position >= enclosed and (opens_aggregate or token.text == "{"):
            enclosed = closing(found, position + opens_aggregate) or position
        if token.kind == "variable" and token.text[1:] in aliases:
            yield position, position >= enclosed
