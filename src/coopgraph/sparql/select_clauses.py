"""SELECT clauses of a query, its own and those of its subqueries: what each projects, and what stands after its group.

Told from tokens alone, so of a query that the engine would refuse some parts may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken

_CLAUSES = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens of a query, from the position ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT clause, by the positions of its tokens.

    ``projected`` are the variables and ``(expression AS ?name)`` between SELECT and the group, in their order; ``star``
    is where ``*`` stands in their place. ``aliases`` gives the expression for each name after AS. ``clauses`` are those
    after the group, by their first word.
    """

    start: int
    projected: tuple[Span, ...]
    star: int | None
    aliases: dict[str, Span]
    group: Span
    clauses: dict[str, Span]

    def holds(self, position: int) -> bool:
        """Whether the token at ``position`` stands in what is projected or in a clause after the group."""
        spans = (Span(self.start, self.group.start), *self.clauses.values())
        return any(span.start <= position < span.end for span in spans)


def selects(found: Sequence[SparqlToken]) -> Iterator[Select]:
    """Yield the SELECT clauses of the query whose tokens are ``found``, outer ones first."""
    for position, token in enumerate(found):
        if token.kind == "word" and token.upper == "SELECT":
            select = _select(found, position)
            if select is not None:
                yield select


def _select(found: Sequence[SparqlToken], start: int) -> Select | None:
    position = start + 1
    star = None
    projected: list[Span] = []
    aliases: dict[str, Span] = {}
    while position < len(found) and found[position].text != "{":
        token = found[position]
        if token.kind == "variable":
            projected.append(Span(position, position + 1))
        elif token.text == "*":
            star = position
        elif token.text == "(":
            end = closing(found, position)
            if end is None:
                return None
            projected.append(Span(position, end + 1))
            if found[end - 1].kind == "variable" and found[end - 2].upper == "AS":
                aliases.setdefault(found[end - 1].text[1:], Span(position + 1, end - 2))
            position = end
        elif token.text == "}":
            return None
        position += 1
    end = closing(found, position)
    if end is None:
        return None
    group = Span(position, end + 1)
    return Select(start, tuple(projected), star, aliases, group, clauses(found, end + 1))


def clauses(found: Sequence[SparqlToken], start: int) -> dict[str, Span]:
    """Return the clauses that stand from ``start`` on, after a group, each by its first word."""
    begun: list[tuple[str, int]] = []
    position = start
    while position < len(found) and found[position].text not in ("}", ")"):
        token = found[position]
        if token.kind == "word" and token.upper in _CLAUSES:
            begun.append((token.upper, position))
        position = (closing(found, position) or position) + 1
    ends = (*(begin for _, begin in begun[1:]), position)
    return {word: Span(begin, end) for (word, begin), end in zip(begun, ends, strict=False)}
