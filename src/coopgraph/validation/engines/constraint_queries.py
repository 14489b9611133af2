"""Queries of SPARQL constraints, rewritten token by token; their meaning for a pre-bound ``$this`` stays the same."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|'
    r"'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\\n]|\\.)*'|<[^<>\"{}|^`\\\s]*>)"
    r"|(?P<comment>#[^\n]*)|(?P<space>\s+)|(?P<variable>[?$]\w+)|(?P<name>[A-Za-z_][\w.:-]*)|(?P<mark>.)",
    re.DOTALL,
)
_BEYOND = frozenset(("SELECT", "MINUS", "VALUES", "SERVICE", "GRAPH", "LIMIT", "OFFSET"))
_HIDDEN = frozenset(("?PATH", "?shapesGraph", "?currentShape"))


def in_full(query: str) -> str:
    """Return ``query`` with a condition that always holds, which makes pyshifty 0.5.1 use its general evaluator.

    Its quick evaluator, which takes queries of simple parts only, compares numbers by how they are written: there,
    neither ``1 = 1.0`` nor ``2 != 1.0`` holds. Anything like ``<`` in a query sends all of it to the general one.
    """
    braces = [match.start() for match in _TOKEN.finditer(query) if match.group() == "}" and match.lastgroup == "mark"]
    return f"{query[: braces[-1]]} FILTER(1 < 2) {query[braces[-1] :]}" if braces else query


def candidates(select: str, members: str) -> str | None:
    """Return the query for the nodes ``?this`` for which ``select`` can have a solution, or None if in doubt.

    ``members`` is a group graph pattern, in braces, that binds ``?this`` to the shape's target nodes.
    """
    # Comments go, since one could hide a brace; spaces stay, since "! =" is not "!=".
    tokens = [match for match in _TOKEN.finditer(select) if match.lastgroup != "comment"]
    words = [_word(match) for match in tokens]
    opening = next((index for index, word in enumerate(words) if word == "{"), None)
    said = [word for word in words if word]
    if opening is None or said[0] != "SELECT" or _BEYOND & set(said[1:]) or _HIDDEN & set(said):
        return None
    closing = len(words) - 1 - words[::-1].index("}")
    # An aggregate over the whole has a solution even where nothing matched; grouped, only where something did.
    if "(" in words[:opening] and "GROUP" not in words[closing:]:
        return None
    body: list[str] = []
    before = ""
    for match, word in zip(tokens[opening : closing + 1], words[opening : closing + 1], strict=True):
        body.append(word if match.lastgroup == "variable" else match.group())
        if word == "{" and before != "EXISTS":
            body.append(f" {members} ")
        before = word or before
    return "SELECT DISTINCT ?this WHERE " + "".join(body)


def query_tokens(query: str) -> list[tuple[str, str]]:
    """Return the tokens of a query, spaces and comments left out: as they are compared, and as they are written."""
    return [(_word(match), match.group()) for match in _TOKEN.finditer(query) if _word(match)]


def _word(token: re.Match[str]) -> str:
    """Return a token as it is compared: names in capitals, variables with ``?``, all texts alike, no spaces."""
    match token.lastgroup:
        case "name":
            return token.group().upper()
        case "variable":
            return "?" + token.group()[1:]
        case "mark":
            return token.group()
        case "text":
            return "text"
        case _:
            return ""
