"""Language tags in the case that people write them in: ``zh-Hans``, ``en-US``.

pyoxigraph lower-cases tags while parsing, as RDF allows, since the value space of tags is lower-case
(https://www.w3.org/TR/rdf11-concepts/#dfn-language-tag). What goes out gets the conventional case back.
"""

from __future__ import annotations

import re
from functools import lru_cache

# A whole literal is matched so that an "@" inside its text is never taken for a tag.
_LITERAL = re.compile(rb'("(?:[^"\\]|\\.)*+")@([A-Za-z0-9-]+)|"(?:[^"\\]|\\.)*+"')


@lru_cache(maxsize=1024)
def conventional(tag: str) -> str:
    """Return ``tag`` with its script capitalized and its region upper-case (RFC 5646, 2.1.1).

    What follows a singleton (``x`` for private use) stays in lower case.
    """
    parts = tag.lower().split("-")
    for index, part in enumerate(parts):
        if len(part) == 1:
            break
        if index and len(part) == 2:
            parts[index] = part.upper()
        elif index and len(part) == 4:
            parts[index] = part.title()
    return "-".join(parts)


def restore_lines(lines: bytes) -> bytes:
    """Return N-Triples, N-Quads, Turtle or TriG, made of whole lines with short literals, with conventional tags."""
    return _LITERAL.sub(_restored, lines)


def _restored(match: re.Match[bytes]) -> bytes:
    text, tag = match.groups()
    return match.group() if tag is None else text + b"@" + conventional(tag.decode("ascii")).encode("ascii")
