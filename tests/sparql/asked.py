"""What an engine gives for a query of nothing but VALUES, as it stands or adapted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from coopgraph.sparql.rewrite.pipeline import FUNCTIONS, adapted

Row = tuple[Any, ...]

PREFIXES = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


def rows(query: str, *, rewritten: bool = True) -> list[Row]:
    """Return the rows of ``query``, which is asked of an empty store."""
    text = PREFIXES + query
    return [
        tuple(row) for row in ox.Store().query(adapted(text, {}) if rewritten else text, custom_functions=FUNCTIONS)
    ]


def values(terms: Sequence[object], name: str = "?x") -> str:
    """Return VALUES that bind ``name`` to ``terms``; None is unbound."""
    return f"VALUES {name} {{ {' '.join('UNDEF' if term is None else str(term) for term in terms)} }}"
