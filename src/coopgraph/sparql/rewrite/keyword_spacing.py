"""Keywords that touch (``ORDERBY``, ``LIMIT5``): the engine reads them; with spaces between them, we do as well."""

from __future__ import annotations

import re

from coopgraph.sparql.lexer import KEYWORDS, sparql_tokens
from coopgraph.sparql.text_edits import Edit, edited, end_of

_TOUCHING = re.compile(r"(?:ORDER|GROUP)BY|BY[A-Z]|(?:LIMIT|OFFSET)[0-9]|SELECT[DR]")
"""What stands in a query, in upper case, where the rewrites would miss a clause."""

_KEYWORD = "|".join(sorted(KEYWORDS - {"A"}, key=len, reverse=True))
_SEVERAL = re.compile(rf"(?:{_KEYWORD})+[0-9]*", re.IGNORECASE)
_FIRST = re.compile(rf"({_KEYWORD})(?=(?:{_KEYWORD})+[0-9]*$|[0-9]+$)", re.IGNORECASE)


def spaced(query: str) -> str:
    """Return ``query`` with a space wherever two keywords, or a keyword and a number, touch."""
    if not _TOUCHING.search(query.upper()):
        return query
    edits = []
    for token in sparql_tokens(query):
        if token.kind == "word" and token.upper not in KEYWORDS and _SEVERAL.fullmatch(token.text):
            edits.append(Edit(token.start, end_of(token), _divided(token.text)))
    return edited(query, edits)


def _divided(word: str) -> str:
    parts = []
    while word.upper() not in KEYWORDS and not word.isdecimal():
        first = _FIRST.match(word)
        if first is None:
            break
        parts.append(first[1])
        word = word[first.end() :]
    return " ".join((*parts, word))
