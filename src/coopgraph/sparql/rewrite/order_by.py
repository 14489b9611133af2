"""ORDER BY, MIN and MAX over values of several types: the engine compares them by keys in a total order.

The engine compares numbers by value and everything unlike by text, which is no order (9 < 10 < "5x" < 9): lists come
out misordered, or its sort gives up. So a key of ORDER BY becomes :mod:`coopgraph.sparql.value_order`'s key of it,
and ``MIN(?x)`` the term of the least of such keys. IRIs and texts are their own keys and are told apart without leaving
the engine; what one function gives is of one kind and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.function_calls import function_calls, is_uniform, is_variable, without_brackets
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens
from coopgraph.sparql.select_clauses import Span, clauses, selects
from coopgraph.sparql.text_edits import Edit, edited, end_of
from coopgraph.sparql.value_order import KEY, TERM


def with_keys(query: str) -> str:
    """Return ``query`` with a key for each value that ORDER BY, MIN and MAX compare."""
    upper = query.upper()
    if "MIN" in upper or "MAX" in upper:
        query = _extremes(query)
    return _sorted(query) if "ORDER" in upper else query


def _sorted(query: str) -> str:
    found = sparql_tokens(query)
    edits: list[Edit] = []
    known = {select.clauses["ORDER"].start: select.aliases for select in selects(found) if "ORDER" in select.clauses}
    for position, token in enumerate(found):
        if token.kind == "word" and token.upper == "ORDER":
            clause = clauses(found, position).get("ORDER")
            if clause is not None:
                edits += _keys(found, clause, known.get(position, {}))
    return edited(query, edits)


def _keys(found: Sequence[SparqlToken], clause: Span, aliases: Mapping[str, Span]) -> Iterator[Edit]:
    for span in _conditions(found, clause):
        if is_uniform(found, span, aliases):
            continue
        yield from _wrapped(found, without_brackets(found, span))


def _conditions(found: Sequence[SparqlToken], clause: Span) -> Iterator[Span]:
    """Yield the expressions of ORDER BY, with their brackets and without ASC or DESC."""
    position = clause.start + 2
    while position < clause.end:
        token = found[position]
        if token.upper in ("ASC", "DESC", "NOT"):
            position += 1
            continue
        opening = position if token.text == "(" or token.kind == "variable" else position + 1
        end = position if token.kind == "variable" else closing(found, opening)
        if end is None or end >= clause.end:
            return
        # EXISTS gives truth values alone.
        if token.upper != "EXISTS":
            yield Span(position, end + 1)
        position = end + 1


def _extremes(query: str) -> str:
    found = sparql_tokens(query)
    edits: list[Edit] = []
    for call in function_calls(found, "MIN", "MAX"):
        first = call.opening + 1 + (found[call.opening + 1].upper == "DISTINCT")
        argument = Span(first, call.closing)
        if argument.start < argument.end and not is_uniform(found, argument, {}):
            start, end = found[call.name].start, end_of(found[call.closing])
            edits += (Edit(start, start, f"{TERM}("), *_wrapped(found, argument), Edit(end, end, ")"))
    return edited(query, edits)


def _wrapped(found: Sequence[SparqlToken], span: Span) -> Iterator[Edit]:
    """Yield what makes the key of an expression of it."""
    start, end = found[span.start].start, end_of(found[span.end - 1])
    if is_variable(found, span):
        # CONCAT gives a text as it is, and fails for all else.
        name = found[span.start].text
        yield Edit(start, end, f"IF(isIRI({name}), {name}, COALESCE(CONCAT({name}), {KEY}({name})))")
    else:
        yield Edit(start, start, f"{KEY}(")
        yield Edit(end, end, ")")
