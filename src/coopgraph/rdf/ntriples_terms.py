"""N-Triples terms as text (https://www.w3.org/TR/n-triples/#grammar-production-object): the parts of a literal.

Who only writes triples on in another syntax needs no terms as objects, which take longer to make than to write.
"""

from __future__ import annotations

import re

_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


def literal_parts(text: str) -> tuple[str, str, str]:
    """Return the lexical form of a literal with its escapes, its language tag, and its datatype as an IRI in brackets.

    Tag and datatype are empty where they are not written.
    """
    quoted, _, kind = text.rpartition('"')
    if not kind:
        return quoted[1:], "", ""
    return (quoted[1:], kind[1:], "") if kind[0] == "@" else (quoted[1:], "", kind[2:])


def unescaped(lexical: str) -> str:
    """Return the characters that a lexical form with escapes stands for."""
    return _ESCAPED.sub(_character, lexical) if "\\" in lexical else lexical


def _character(match: re.Match[str]) -> str:
    code, letter = match[1] or match[2], match[3]
    return chr(int(code, 16)) if code else _CHARACTERS[letter]
