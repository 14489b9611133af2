"""A variable that SELECT names twice: the projection is a set (SPARQL 1.1, section 18.2.4.4), the engine refuses it."""

from __future__ import annotations

from coopgraph.sparql.lexer import sparql_tokens
from coopgraph.sparql.select_clauses import selects
from coopgraph.sparql.text_edits import Edit, edited


def named_once(query: str) -> str:
    """Return ``query``, as long, with spaces for variables that a SELECT has named before."""
    found = sparql_tokens(query)
    edits = []
    for select in selects(found):
        names = set(select.aliases)
        for span in select.projected:
            token = found[span.start]
            if token.kind != "variable":
                continue
            # What stands beside its own alias is another fault, which the engine names.
            if token.text[1:] in names and token.text[1:] not in select.aliases:
                edits.append(Edit(token.start, token.start + len(token.text), " " * len(token.text)))
            names.add(token.text[1:])
    return edited(query, edits)
