"""Brackets in the tokens of a SPARQL query: where what opens is closed."""

from __future__ import annotations

from collections.abc import Sequence

from coopgraph.sparql.lexer import SparqlToken

_DEPTH = {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}


def closing(found: Sequence[SparqlToken], position: int) -> int | None:
    """Return the position of the bracket that closes the one at ``position``; None where none opens or it stays open.

    Brackets of all kinds count alike: where they cross, the query is malformed, which is told elsewhere.
    """
    if not 0 <= position < len(found) or _DEPTH.get(found[position].text) != 1:
        return None
    depth = 0
    for index in range(position, len(found)):
        depth += _DEPTH.get(found[index].text, 0)
        if depth == 0:
            return index
    return None
