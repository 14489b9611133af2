"""GROUP_CONCAT of what is no text: the engine would give nothing for a group that holds an IRI, a number or no value.

Each value becomes its text, without a language tag, as SPARQL 1.1 (section 18.5.1.7) has it; a blank node, which STR
has no text for, becomes its label. A row without a value, as OPTIONAL leaves it, adds nothing: so most engines have it,
and otherwise one such row would blank its group.
"""

from __future__ import annotations

from collections.abc import Sequence

from coopgraph.rdf.terms import Literal, NamedNode
from coopgraph.sparql.brackets import closing
from coopgraph.sparql.function_calls import function_calls, is_uniform, span_text, without_brackets
from coopgraph.sparql.lexer import SparqlToken, sparql_tokens
from coopgraph.sparql.select_clauses import Span
from coopgraph.sparql.text_edits import Edit, edited, end_of, insertion
from coopgraph.sparql.value_order import RDFTerm

TEXT = NamedNode("urn:x-coopgraph:text")
"""The function :func:`text_of`, in a query."""


def text_of(term: RDFTerm) -> Literal:
    """Return the text of ``term``: what STR gives, the label of a blank node, or a triple as it is written."""
    return Literal(term.value if isinstance(term, NamedNode | Literal) else str(term))


def of_texts(query: str) -> str:
    """Return ``query`` with the text of each value that GROUP_CONCAT joins, and without the rows that have none."""
    if "GROUP_CONCAT" not in query.upper():
        return query
    found = sparql_tokens(query)
    edits: list[Edit] = []
    for call in function_calls(found, "GROUP_CONCAT"):
        start = call.opening + 1 + (found[call.opening + 1].upper == "DISTINCT")
        end = start
        while end < call.closing and found[end].text != ";":
            end = (closing(found, end) or end) + 1
        separator = _separator(found[end : call.closing])
        if start == end or separator is None:
            continue
        joined = without_brackets(found, Span(start, end))
        before, after = found[start].start, end_of(found[end - 1])
        # Each text brings the separator with it, so that of no value nothing is left; that of the first is cut off.
        edits.append(insertion(found[call.name].start, "SUBSTR("))
        if any(token.text == "{" for token in found[start:end]):
            edits.append(insertion(before, f"COALESCE(CONCAT({separator}, {TEXT}("))
            spoken = "))"
        else:
            written = span_text(query, found, joined)
            spoken = f"STR({written})"
            if not is_uniform(found, joined):
                spoken = f"COALESCE({spoken}, {TEXT}({written}))"
            edits.append(Edit(before, after, f"COALESCE(CONCAT({separator}, {spoken})"))
            spoken = ""
        edits.append(Edit(after, found[call.closing].start, f'{spoken}, ""); SEPARATOR=""'))
        edits.append(insertion(end_of(found[call.closing]), f", STRLEN({separator}) + 1)"))
    return edited(query, edits)


def _separator(clause: Sequence[SparqlToken]) -> str | None:
    """Return the text that ``; SEPARATOR = text`` names, as it is written; None for what is no such clause."""
    if not clause:
        return '" "'
    match [token.upper for token in clause]:
        case [";", "SEPARATOR", "=", _] if clause[3].kind == "string":
            return clause[3].text
        case _:
            return None
