"""What REPLACE puts in: XPath (fn:replace) reads ``$1x`` as the first group and an x, the engine as a group named 1x.

Told where the replacement is a constant; a backslash before ``$`` or another backslash makes it that sign itself.
"""

from __future__ import annotations

import re

from coopgraph.sparql.function_calls import arguments, function_calls
from coopgraph.sparql.lexer import sparql_tokens
from coopgraph.sparql.text_edits import Edit, edited, end_of

_SPECIAL = re.compile(r"\\\\(\\\\|\$)|\$([0-9]+)|(\\\\)")
"""In a string as SPARQL writes it, where each backslash is written twice."""


def with_groups(query: str) -> str:
    """Return ``query`` with constant replacements as the engine reads them."""
    if "REPLACE" not in query.upper():
        return query
    found = sparql_tokens(query)
    edits = []
    for call in function_calls(found, "REPLACE"):
        given = arguments(found, call.arguments)
        if len(given) < 3 or given[2].end - given[2].start != 1:
            continue
        token = found[given[2].start]
        if token.kind == "string":
            groups = sum(part.text.count("(") for part in found[given[1].start : given[1].end])
            edits.append(Edit(token.start, end_of(token), _for_engine(token.text, groups)))
    return edited(query, edits)


def _for_engine(written: str, groups: int) -> str:
    def one(match: re.Match[str]) -> str:
        sign, number, _ = match.groups()
        if sign:
            return "$$" if sign == "$" else sign
        if not number:
            return match[0]
        # The longest number that is a group's; what follows is text.
        length = next((size for size in range(len(number), 1, -1) if int(number[:size]) <= groups), 1)
        return f"${{{number[:length]}}}{number[length:]}"

    return _SPECIAL.sub(one, written)
