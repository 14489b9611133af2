"""Collation: the order of names in a reader's language (Unicode CLDR, root order with the language's tailoring)."""

from __future__ import annotations

import threading

import icu

_LOCALES = {"zh-Hans": "zh-u-co-pinyin", "zh-Hant": "zh-Hant-u-co-stroke"}
"""The order that readers know from dictionaries, where CLDR has several for a language."""

_of_thread = threading.local()


def sort_key(text: str, language: str) -> bytes:
    """Return the key by which ``text`` is sorted among others for a reader of the page language ``language``."""
    collators: dict[str, icu.Collator] = _of_thread.__dict__
    if language not in collators:
        collators[language] = icu.Collator.createInstance(icu.Locale.forLanguageTag(_LOCALES.get(language, language)))
    key: bytes = collators[language].getSortKey(text)
    return key
