"""Names of languages (CLDR display names) in the reader's own language."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=1024)
def language_name(tag: str, language: str) -> str:
    """Return the name of the language ``tag`` in ``language``; the tag itself where nobody knows it."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return tag
    return name or tag
