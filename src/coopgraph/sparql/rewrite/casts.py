"""Casts of texts with white space around them: XPath (casting, section 17.1.1) trims it, the engine finds no value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.function_calls import span_text
from coopgraph.sparql.lexer import SparqlToken, declared, sparql_tokens
from coopgraph.sparql.select_clauses import Span
from coopgraph.sparql.text_edits import Edit, edited, end_of
from coopgraph.sparql.value_order import RDFTerm

TRIMMED = NamedNode("urn:x-coopgraph:trimmed")
"""The function :func:`trimmed`, in a query."""

_TYPES = """
    boolean integer decimal float double dateTime date time gYear gYearMonth gMonth gDay gMonthDay duration
    dayTimeDuration yearMonthDuration
"""
_CASTS = frozenset(XSD + name for name in _TYPES.split())
"""What the engine casts to, but for xsd:string, which keeps its white space."""

_CALL = re.compile(r"(?::[^\s()]*|>)(?:\s|#[^\r\n]*[\r\n])*\(")
"""What looks like a function with an IRI."""


def trimmed(term: RDFTerm) -> RDFTerm:
    """Return a plain text without the white space around it, and any other term as it is."""
    if isinstance(term, Literal) and term.datatype == XSD.string:
        return Literal(term.value.strip(" \t\r\n"))
    return term


def of_trimmed(query: str, prefixes: Mapping[str, str]) -> str:
    """Return ``query``, for which ``prefixes`` count as declared, with casts that see no white space around texts."""
    if not _CALL.search(query):
        return query
    found = sparql_tokens(query)
    edits: list[Edit] = []
    for position in _casts(found, {**prefixes, **declared(query)}):
        end = closing(found, position + 1)
        assert end is not None
        argument = Span(position + 2, end)
        if argument.start == argument.end:
            continue
        start, after = found[argument.start].start, end_of(found[argument.end - 1])
        if argument.end - argument.start == 1:
            # Most texts have no white space around them, and then nothing leaves the engine.
            whole, name, written = end_of(found[end]), found[position].text, span_text(query, found, argument)
            call = f"COALESCE({name}({written}), {name}({TRIMMED}({written})))"
            edits.append(Edit(found[position].start, whole, call))
        else:
            edits += (Edit(start, start, f"{TRIMMED}("), Edit(after, after, ")"))
    return edited(query, edits)


def _casts(found: Sequence[SparqlToken], prefixes: Mapping[str, str]) -> Iterator[int]:
    """Yield where the names of casts stand that are called."""
    for position, token in enumerate(found[:-1]):
        if token.kind not in ("iri", "name") or found[position + 1].text != "(":
            continue
        prefix, _, local = token.text.partition(":")
        iri = token.text[1:-1] if token.kind == "iri" else prefixes.get(prefix, "") + local
        if iri in _CASTS and closing(found, position + 1) is not None:
            yield position
