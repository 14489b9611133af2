"""Calls of built-in functions and aggregates in a query: where their arguments stand, and what kind of value comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken
from coopgraph.sparql.select_clauses import Span

_TEXTS = """
    STR LANG LCASE UCASE CONCAT SUBSTR STRBEFORE STRAFTER REPLACE ENCODE_FOR_URI MD5 SHA1 SHA256 SHA384 SHA512 TZ
    STRUUID STRLANG GROUP_CONCAT
"""
_NUMBERS = "COUNT STRLEN YEAR MONTH DAY HOURS MINUTES SECONDS RAND"
_IRIS = "IRI URI UUID DATATYPE"
_TRUTH_VALUES = """
    BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC CONTAINS STRSTARTS STRENDS REGEX LANGMATCHES SAMETERM
"""
_UNIFORM = frozenset((*_TEXTS.split(), *_NUMBERS.split(), *_IRIS.split(), *_TRUTH_VALUES.split()))
"""Functions whose values are all of one kind, none of them a blank node or NaN."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call, by the positions of its tokens: its name, and its brackets with what they hold."""

    name: int
    opening: int
    closing: int

    @property
    def arguments(self) -> Span:
        """What stands in the brackets."""
        return Span(self.opening + 1, self.closing)

    def aggregated(self, found: Sequence[SparqlToken]) -> Span:
        """What an aggregate is of: the one argument, without DISTINCT."""
        return Span(self.opening + 1 + (found[self.opening + 1].upper == "DISTINCT"), self.closing)


def function_calls(found: Sequence[SparqlToken], *names: str) -> Iterator[FunctionCall]:
    """Yield the calls of the functions ``names`` (in upper case), in the order in which they begin."""
    for position, token in enumerate(found):
        if token.kind == "word" and token.upper in names:
            end = closing(found, position + 1)
            if end is not None and found[position + 1].text == "(":
                yield FunctionCall(position, position + 1, end)


def arguments(found: Sequence[SparqlToken], span: Span) -> list[Span]:
    """Return the arguments of a call, which commas divide."""
    divided = []
    start = position = span.start
    while position < span.end:
        if found[position].text == ",":
            divided.append(Span(start, position))
            start = position + 1
        position = (closing(found, position) or position) + 1
    return [*divided, Span(start, span.end)]


def without_brackets(found: Sequence[SparqlToken], span: Span) -> Span:
    """Return an expression without the brackets around the whole of it."""
    while span.end - span.start > 2 and found[span.start].text == "(" and closing(found, span.start) == span.end - 1:
        span = Span(span.start + 1, span.end - 1)
    return span


def is_variable(found: Sequence[SparqlToken], span: Span) -> bool:
    """Whether an expression is a variable and no more."""
    return span.end - span.start == 1 and found[span.start].kind == "variable"


def resolved(found: Sequence[SparqlToken], span: Span, aliases: Mapping[str, Span]) -> Span:
    """Return an expression without brackets around it, or the one that it is a name of in ``aliases``."""
    for _ in range(len(aliases) + 1):
        span = without_brackets(found, span)
        named = aliases.get(found[span.start].text[1:]) if is_variable(found, span) else None
        if named is None:
            break
        span = named
    return span


def whole_call(found: Sequence[SparqlToken], span: Span) -> FunctionCall | None:
    """Return the call of a function, by its word, that an expression is; None where it is none, or more than that."""
    if span.end > span.start and found[span.start].kind == "word" and closing(found, span.start + 1) == span.end - 1:
        return FunctionCall(span.start, span.start + 1, span.end - 1)
    return None


def is_uniform(found: Sequence[SparqlToken], span: Span) -> bool:
    """Whether the values of an expression are surely all of one kind, because one function gives them."""
    call = whole_call(found, without_brackets(found, span))
    return call is not None and found[call.name].upper in _UNIFORM


def span_text(query: str, found: Sequence[SparqlToken], span: Span) -> str:
    """Return the text of the tokens of ``span``."""
    last = found[span.end - 1]
    return query[found[span.start].start : last.start + len(last.text)]
