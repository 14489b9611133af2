"""Unicode characters that people cannot see: their names, and texts with them made visible."""

from __future__ import annotations

import re
import unicodedata

CONTROL = "\u0000-\u0008\u000b-\u001f\u007f"
"""C0 controls but tab and line feed, written for a class in a regular expression, as are those below."""

UNDECODED = "\u0080-\u009f\ue000-\uf8ff\ufdd0-\ufdef\ufffd-\uffff\U000f0000-\U0010ffff"
"""What bytes read in the wrong encoding leave behind: C1 controls, private use, U+FFFD and noncharacters."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
"""Characters without width, or that only turn the direction of writing or break a line."""

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"  # Hebrew, Arabic and others
)
_UNSEEN = re.compile(f"[{CONTROL}{UNDECODED}{INVISIBLE}]")
_ALIASES = {
    "\t": "CHARACTER TABULATION",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}
_KINDS = {"Cc": "CONTROL CHARACTER", "Co": "PRIVATE USE CHARACTER", "Cn": "UNASSIGNED CHARACTER"}


def described(character: str) -> str:
    """Return a character's code point and Unicode name: ``U+200B ZERO WIDTH SPACE``."""
    name = unicodedata.name(character, "") or _ALIASES.get(character) or _kind(character)
    return f"U+{ord(character):04X} {name}"


def visible(text: str) -> str:
    """Return ``text`` with invisible characters as escapes (``\\u200B``), so that it can be shown safely."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def runs_right_to_left(text: str) -> bool:
    """Return whether any of ``text`` is written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def isolated(text: str) -> str:
    """Return ``text`` for use inside other text: what is written from right to left in it does not turn its neighbours.

    It then stands between U+2068 and U+2069 (https://www.w3.org/International/questions/qa-bidi-unicode-controls).
    """
    return f"\u2068{text}\u2069" if runs_right_to_left(text) else text


def _kind(character: str) -> str:
    return _KINDS.get(unicodedata.category(character), "CHARACTER WITHOUT A NAME")
