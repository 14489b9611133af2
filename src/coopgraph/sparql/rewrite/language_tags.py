"""Language tags in ``LANG()`` as the data writes them: ``FILTER(LANG(?x) = "zh-Hans")`` must find what it says.

The engine holds tags in lower case, so it would compare ``"zh-hans"`` with ``"zh-Hans"`` and silently find nothing.
Where a query only compares a tag with constants, the constants are written in lower case; elsewhere LANG becomes a
function of ours. Every change keeps the length of the text, so that places in error messages stay right.
"""

from __future__ import annotations

from coopgraph.rdf.language_tags import conventional
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens
from coopgraph.sparql.value_order import RDFTerm

FUNCTION = NamedNode("l:")
"""Stands in for LANG; as long as the word itself."""


def customary(term: RDFTerm) -> Literal | None:
    """Return what ``LANG`` gives for ``term``, in the usual case; None (an error in SPARQL) for what is no literal."""
    return Literal(conventional(term.language or "")) if isinstance(term, Literal) else None


def adapt(query: str) -> str:
    """Return ``query`` with every use of LANG made to see tags in their usual case; same length."""
    if "lang" not in query.lower():
        return query
    found = sparql_tokens(query)
    text = list(query)
    for position, token in enumerate(found):
        if token.kind != "word" or token.upper != "LANG":
            continue
        if _text(found, position - 1) == "(" and _text(found, position - 2).upper() == "LANGMATCHES":
            continue
        constants = _compared(found, position)
        if constants is None:
            text[token.start : token.start + len(token.text)] = str(FUNCTION)
        for constant in constants or ():
            text[constant.start : constant.start + len(constant.text)] = _lowered(constant.text)
    return "".join(text)


def with_lower_constants(query: str) -> str:
    """Return ``query`` as :func:`adapt` does, but with LANG itself where it is not compared with constants."""
    return query if str(FUNCTION) in query else adapt(query).replace(str(FUNCTION), "LANG")


def _compared(found: tuple[SparqlToken, ...], position: int) -> tuple[SparqlToken, ...] | None:
    """Return the constants that the call of LANG at ``position`` is compared with; None where it is used otherwise."""
    end = closing(found, position + 1)
    if end is None:
        return None
    after = _text(found, end + 1).upper()
    if after in ("=", "!="):
        return (found[end + 2],) if _is_constant(found, end + 2) else None
    start = end + 2 if after == "IN" else end + 3
    if after == "IN" or (after == "NOT" and _text(found, end + 2).upper() == "IN"):
        last = closing(found, start)
        listed = range(start + 1, last) if last is not None else ()
        constants = tuple(index for index in listed if found[index].text != ",")
        if constants and all(_is_constant(found, index) for index in constants):
            return tuple(found[index] for index in constants)
        return None
    if _text(found, position - 1) in ("=", "!=") and _is_constant(found, position - 2):
        return (found[position - 2],)
    return None


def _is_constant(found: tuple[SparqlToken, ...], position: int) -> bool:
    """Whether a plain text stands at ``position``, as a whole operand."""
    here = found[position] if 0 <= position < len(found) else None
    return (
        here is not None
        and here.kind == "string"
        and "\\" not in here.text
        and _text(found, position + 1) not in ("^^", "+", "-", "*", "/")
        and (position + 1 >= len(found) or found[position + 1].kind != "tag")
    )


def _text(found: tuple[SparqlToken, ...], position: int) -> str:
    return found[position].text if 0 <= position < len(found) else ""


def _lowered(constant: str) -> str:
    """Return a constant as the engine holds it; one in another case than the usual stays as it is and finds nothing."""
    quotes = 3 if constant.startswith(("'''", '"""')) else 1
    inner = constant[quotes:-quotes]
    return constant[:quotes] + inner.lower() + constant[-quotes:] if conventional(inner) == inner else constant
