"""The columns of SELECT *: in the order in which a reader meets the variables; the engine would sort their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coopgraph.sparql.lexer import SparqlToken, prologue, sparql_tokens
from coopgraph.sparql.select_clauses import Select, Span, selects
from coopgraph.sparql.text_edits import Edit, edited
from coopgraph.sparql.variable_positions import variable_positions

_STAR = re.compile(r"SELECT[^{]*?\*", re.IGNORECASE)


def selects_all(query: str) -> bool:
    """Whether ``query`` is a SELECT * as a whole."""
    return bool(_STAR.search(query)) and _outermost(sparql_tokens(query)) is not None


def with_ordered_columns(query: str, visible: Iterable[str]) -> str:
    """Return ``query``, a SELECT * whose ``visible`` variables the engine has told, with their names in order."""
    found = sparql_tokens(query)
    select = _outermost(found)
    names = set(visible)
    if select is None or select.star is None or not names:
        return query
    after = select.clauses.get("VALUES", Span(0, 0))
    met = (
        found[position].text[1:]
        for span, outside in ((select.group, False), (after, False), (Span(0, len(found)), True))
        for position in variable_positions(found, span, hidden=outside)
    )
    ordered = [name for name in dict.fromkeys(met) if name in names]
    star = found[select.star]
    return edited(query, [Edit(star.start, star.start + 1, " " + " ".join(f"?{name}" for name in ordered) + " ")])


def _outermost(found: Sequence[SparqlToken]) -> Select | None:
    begin = len(prologue(tuple(found)))
    select = next(selects(found), None)
    return select if select is not None and select.start == begin and select.star is not None else None
