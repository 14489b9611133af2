"""Equality of words in two texts: what keyboards, programs and systems vary in a text is looked past.

Unicode knows several spellings of one text (UAX #15), and people more: a name typed on a Mac is decomposed, a word
processor bends quotation marks, East Asian keyboards give wide letters and spaces. None of that makes other words.
"""

from __future__ import annotations

import re
import unicodedata

_ONE_FORM = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # wide letters, digits and signs
    **dict.fromkeys(map(ord, "‘’‚‛′ʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"), None),  # seen by nobody
}


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), its lines ended by LF."""
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text))


def words_key(text: str, *, any_case: bool = False) -> str:
    """Return what two texts have in common exactly where they are the same words.

    Looked past are composition (NFC), the width of letters, the kind and number of spaces (U+00A0, U+3000, line
    breaks), straight and curly quotation marks, kinds of hyphens and invisible characters; upper case too with
    ``any_case``, which is for codes, addresses and names.
    """
    read = unicodedata.normalize("NFD", text).casefold() if any_case else text
    plain = unicodedata.normalize("NFC", read).translate(_ONE_FORM)
    return unicodedata.normalize("NFC", " ".join(plain.split()))


def same_words(one: str, other: str, *, any_case: bool = False) -> bool:
    """Return whether two texts are the same words, as :func:`words_key` has it."""
    return words_key(one, any_case=any_case) == words_key(other, any_case=any_case)


def holds_words(passage: str, words: str, *, any_case: bool = False) -> bool:
    """Return whether a passage holds these words, as :func:`words_key` has it."""
    return words_key(words, any_case=any_case) in words_key(passage, any_case=any_case)
