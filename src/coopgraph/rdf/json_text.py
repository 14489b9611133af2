"""JSON as text (RFC 8259): indented, in UTF-8.

The same text as the standard library's with ``indent=2``, whose indenting has no part in C and takes several times as
long.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring


def json_text(value: Mapping[str, object]) -> bytes:
    """Return ``value``, made of mappings with texts as keys, lists, texts, numbers, truth values and None, as JSON.

    Each level is indented by two spaces, no character is escaped that need not be, a line feed ends the last line.
    """
    return (_written(value, "\n", {}) + "\n").encode()


def _written(value: object, line: str, known: dict[tuple[int, str], str]) -> str:
    """Return the text of ``value``; ``line`` is a line feed and the indentation of the line on which it begins.

    ``known`` are the texts of mappings by identity and indentation, as the same one may occur again.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    inner = line + "  "
    if isinstance(value, dict):
        text = known.get((id(value), line))
        if text is None:
            members = [
                f"{encode_basestring(key)}: "
                f"{encode_basestring(item) if isinstance(item, str) else _written(item, inner, known)}"
                for key, item in value.items()
            ]
            text = f"{{{inner}{f',{inner}'.join(members)}{line}}}" if members else "{}"
            known[id(value), line] = text
        return text
    if isinstance(value, list):
        items = [_written(item, inner, known) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"
    return json.dumps(value)
