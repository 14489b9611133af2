"""Positions of variables in a query's tokens: all of them, or only those where a pattern, BIND or VALUES binds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken
from coopgraph.sparql.select_clauses import Span, selects


def variable_positions(found: Sequence[SparqlToken], span: Span, *, hidden: bool = False) -> Iterator[int]:
    """Yield the positions of variables in ``span``; only where they are bound, unless ``hidden`` ones are wanted too.

    A subquery binds what it projects.
    """
    position = span.start
    while position < span.end:
        token = found[position]
        if token.kind == "variable":
            yield position
        elif not hidden and token.kind == "word":
            if token.upper in ("FILTER", "MINUS", "EXISTS"):
                position = _past_expression(found, position, span.end)
                continue
            if token.upper == "BIND":
                end = closing(found, position + 1)
                if end is not None:
                    yield end - 1
                    position = end
            elif token.upper == "SELECT":
                inner = next((select for select in selects(found[position:]) if select.start == 0), None)
                if inner is not None and inner.star is None:
                    yield from (position + its.end - (2 if its.end - its.start > 1 else 1) for its in inner.projected)
                    position += inner.group.end - 1
        position += 1


def _past_expression(found: Sequence[SparqlToken], position: int, end: int) -> int:
    """Return where it goes on after FILTER or MINUS and what belongs to it."""
    while position < end:
        closed = closing(found, position)
        if closed is not None:
            return closed + 1
        position += 1
    return end
