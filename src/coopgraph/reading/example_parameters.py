"""Parameters of an example query: the constants that its VALUES bind, which a reader may choose otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens

LONGEST_VALUE = 200
"""Characters that a text may have."""

_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Parameter(NamedTuple):
    """A constant of a query: the variable it is bound to, its value, and where it stands.

    ``prefix`` is that of a prefixed name, whose local part is then the ``value``; None for a text.
    """

    name: str
    prefix: str | None
    value: str
    start: int
    end: int


def parameters(query: str) -> tuple[Parameter, ...]:
    """Return the parameters of ``query``: names and texts in those VALUES that have one row, each variable once."""
    found = sparql_tokens(query)
    by_name: dict[str, Parameter] = {}
    for position, token in enumerate(found):
        if token.kind == "word" and token.upper == "VALUES":
            for parameter in _of_values(found, position + 1):
                by_name.setdefault(parameter.name, parameter)
    return tuple(by_name.values())


def filled(query: str, values: Mapping[str, str]) -> str:
    """Return ``query`` with other values for some of its parameters. What cannot be one leaves its parameter as it is.

    A value is written so that no text breaks out of its place.
    """
    parts, end = [], 0
    for parameter in sorted(parameters(query), key=lambda item: item.start):
        written = _written(parameter, values[parameter.name]) if parameter.name in values else None
        if written is not None:
            parts += [query[end : parameter.start], written]
            end = parameter.end
    return "".join(parts) + query[end:]


def _written(parameter: Parameter, value: str) -> str | None:
    if parameter.prefix is not None:
        return f"{parameter.prefix}:{value}" if _LOCAL.fullmatch(value) else None
    if len(value) > LONGEST_VALUE or not value.isprintable():
        return None
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in value) + '"'


def _of_values(found: tuple[SparqlToken, ...], position: int) -> Iterator[Parameter]:
    """Yield the parameters of the VALUES whose variables begin at ``position``."""
    names, position = _group(found, position)
    block = closing(found, position)
    if not names or block is None or found[position].text != "{":
        return
    terms, end = _group(found, position + 1) if len(names) > 1 else (found[position + 1 : block], block)
    constants = list(_constants(terms))
    if end == block and len(constants) == len(names):
        for name, constant in zip(names, constants, strict=True):
            if constant.kind == "name":
                prefix, _, local = constant.text.partition(":")
                yield Parameter(name.text[1:], prefix, local, constant.start, constant.start + len(constant.text))
            elif constant.kind == "string" and "\\" not in constant.text and not constant.text.startswith('"""'):
                end_of_text = constant.start + len(constant.text)
                yield Parameter(name.text[1:], None, constant.text[1:-1], constant.start, end_of_text)


def _group(found: tuple[SparqlToken, ...], position: int) -> tuple[tuple[SparqlToken, ...], int]:
    """Return the tokens in the brackets at ``position``, or the one there, and where it goes on."""
    end = closing(found, position) if found[position : position + 1] and found[position].text == "(" else None
    if end is None:
        return found[position : position + 1], position + 1
    return found[position + 1 : end], end + 1


def _constants(terms: tuple[SparqlToken, ...]) -> Iterator[SparqlToken]:
    """Yield the first token of each term: not a text's language tag or datatype."""
    after_type = False
    for token in terms:
        if token.kind not in ("tag", "sign") and not after_type:
            yield token
        after_type = token.text == "^^"
