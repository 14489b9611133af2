"""The columns of SELECT *: in the order in which a reader meets the variables; the engine would sort their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken, prologue, sparql_tokens
from coopgraph.sparql.select_clauses import Select, Span, selects
from coopgraph.sparql.text_edits import Edit, edited

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
        for position in _variables(found, span, hidden=outside)
    )
    ordered = [name for name in dict.fromkeys(met) if name in names]
    star = found[select.star]
    return edited(query, [Edit(star.start, star.start + 1, " " + " ".join(f"?{name}" for name in ordered) + " ")])


def _outermost(found: Sequence[SparqlToken]) -> Select | None:
    begin = len(prologue(tuple(found)))
    select = next(selects(found), None)
    return select if select is not None and select.start == begin and select.star is not None else None


def _variables(found: Sequence[SparqlToken], span: Span, *, hidden: bool) -> Iterator[int]:
    """Yield where variables stand in ``span``; only where they bind, unless ``hidden`` ones are wanted too."""
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
