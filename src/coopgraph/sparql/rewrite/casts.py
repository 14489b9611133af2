"""Casts of texts with white space around them: XPath (casting, section 17.1.1) trims it, the engine finds no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopgraph.rdf.sparql import Token, prologue, resolve, tokens
from coopgraph.rdf.terms import XSD, Literal, NamedNode
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.calls import text
from coopgraph.sparql.edits import Edit, edited, end_of
from coopgraph.sparql.selects import Span
from coopgraph.sparql.value_order import RDFTerm

TRIMMED = NamedNode("urn:x-coopgraph:trimmed")
"""The function :func:`trimmed`, in a query."""

_TYPES = """
    boolean integer decimal float double dateTime date time gYear gYearMonth gMonth gDay gMonthDay duration
    dayTimeDuration yearMonthDuration
"""
_CASTS = frozenset(XSD + name for name in _TYPES.split())
"""What the engine casts to, but for xsd:string, which keeps its white space."""

_CALL = re.compile(r"(?::[^\s()]*|>)(?:\s|#.*)*\(")
"""What looks like a function with an IRI."""


def trimmed(term: RDFTerm) -> RDFTerm:
    """Return a plain text without the white space around it, and any other term as it is."""
    if isinstance(term, Literal) and term.datatype == XSD.string:
        return Literal(term.value.strip(" \t\r\n"))
    return term


def of_trimmed(query: str) -> str:
    """Return ``query`` with casts that see texts without the white space around them."""
    if not _CALL.search(query):
        return query
    found = tokens(query)
    edits: list[Edit] = []
    for position in _casts(found):
        end = closing(found, position + 1)
        assert end is not None
        argument = Span(position + 2, end)
        if argument.start == argument.end:
            continue
        start, after = found[argument.start].start, end_of(found[argument.end - 1])
        if argument.end - argument.start == 1:
            # Most texts have no white space around them, and then nothing leaves the engine.
            whole, name, written = end_of(found[end]), found[position].text, text(query, found, argument)
            call = f"COALESCE({name}({written}), {name}({TRIMMED}({written})))"
            edits.append(Edit(found[position].start, whole, call))
        else:
            edits += (Edit(start, start, f"{TRIMMED}("), Edit(after, after, ")"))
    return edited(query, edits)


def _casts(found: Sequence[Token]) -> Iterator[int]:
    """Yield where the names of casts stand that are called."""
    declarations = prologue(tuple(found))
    called = [
        position
        for position in range(len(declarations), len(found) - 1)
        if found[position].kind in ("iri", "name")
        and found[position + 1].text == "("
        and closing(found, position + 1) is not None
    ]
    names = {found[position].text for position in called}
    casts = {name for name in names if _resolved(declarations, name) in _CASTS}
    yield from (position for position in called if found[position].text in casts)


def _resolved(declarations: tuple[Token, ...], name: str) -> str:
    try:
        (iri,) = resolve(declarations, (Token("name", name, 0),))
    except ValueError:
        return ""
    return iri
