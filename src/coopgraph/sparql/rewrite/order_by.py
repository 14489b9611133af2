"""ORDER BY, MIN and MAX over values of several types: the engine compares them by keys in a total order.

The engine compares numbers by value and everything unlike by text, which is no order (9 < 10 < "5x" < 9): lists come
out misordered, or its sort gives up. So a key of ORDER BY becomes :mod:`coopgraph.sparql.value_order`'s key of it,
and ``MIN(?x)`` the term of the least of such keys. IRIs and texts are their own keys and are told apart without leaving
the engine; what one function gives is of one kind and stays, and so does what has values of one kind in the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.function_calls import (
    function_calls,
    is_uniform,
    is_variable,
    resolved,
    whole_call,
    without_brackets,
)
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens
from coopgraph.sparql.select_clauses import Select, Span, clauses, selects
from coopgraph.sparql.text_edits import Edit, edited, end_of
from coopgraph.sparql.value_kinds import ValueKinds, VariableKinds
from coopgraph.sparql.value_order import KEY, TERM

_NOTHING: Mapping[str, str] = MappingProxyType({})


_OF_ONE_KIND = frozenset(("MIN", "MAX", "SAMPLE", "SUM", "AVG"))
"""Aggregates that give values of one kind for values of one kind."""


def with_keys(query: str, prefixes: Mapping[str, str] = _NOTHING, kinds: ValueKinds = _NOTHING) -> str:
    """Return ``query`` with a key for each value that ORDER BY, MIN and MAX compare.

    ``prefixes`` count as declared. What surely has values of one of the ``kinds`` alone stays as it is.
    """
    upper = query.upper()
    if "MIN" in upper or "MAX" in upper:
        query = edited(query, list(_Comparisons(query, prefixes, kinds).in_extremes()))
    return edited(query, list(_Comparisons(query, prefixes, kinds).in_order_by())) if "ORDER" in upper else query


class _Comparisons:
    """What a query compares, and the keys for it."""

    def __init__(self, query: str, prefixes: Mapping[str, str], kinds: ValueKinds) -> None:
        self._found = sparql_tokens(query)
        self._selects = tuple(selects(self._found))
        self._kinds = VariableKinds(query, self._found, prefixes, kinds)

    def in_order_by(self) -> Iterator[Edit]:
        """Yield keys for the conditions of ORDER BY."""
        found = self._found
        ordered = {select.clauses["ORDER"].start: select for select in self._selects if "ORDER" in select.clauses}
        for position, token in enumerate(found):
            clause = clauses(found, position).get("ORDER") if token.kind == "word" and token.upper == "ORDER" else None
            select = ordered.get(position)
            for span in _conditions(found, clause) if clause is not None else ():
                if not self._is_ordered(resolved(found, span, select.aliases if select else {}), select):
                    yield from _wrapped(found, without_brackets(found, span))

    def in_extremes(self) -> Iterator[Edit]:
        """Yield keys within MIN and MAX, and what makes terms of what these give."""
        found = self._found
        for call in function_calls(found, "MIN", "MAX"):
            argument = call.aggregated(found)
            # Outer ones come first, so the last is the one whose rows are compared.
            select = next((each for each in reversed(self._selects) if each.holds(call.name)), None)
            if argument.start < argument.end and not self._is_ordered(argument, select):
                start, end = found[call.name].start, end_of(found[call.closing])
                yield from (Edit(start, start, f"{TERM}("), *_wrapped(found, argument), Edit(end, end, ")"))

    def _is_ordered(self, span: Span, select: Select | None) -> bool:
        """Whether the engine's own order of what an expression gives in ``select`` is right."""
        if is_uniform(self._found, span):
            return True
        call = whole_call(self._found, span)
        if call is not None and self._found[call.name].upper in _OF_ONE_KIND:
            span = call.aggregated(self._found)
        if select is None or not is_variable(self._found, span):
            return False
        return self._kinds.kind(self._found[span.start].text[1:], select) is not None


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
