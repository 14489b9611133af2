"""Language choice for a reader, for pages and for each text in the graph.

Pages come in five languages. A text that a language lacks is shown in the nearest one that has it: the other Chinese
script, then English, then any, romanized forms last; the caller is told, so that the page can say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from babel import Locale, UnknownLocaleError

LANGUAGES = ("en", "ko", "ja", "zh-Hans", "zh-Hant")
"""The languages of the pages, as BCP 47 tags, in the order they are offered."""

NAMES = {"en": "English", "ko": "한국어", "ja": "日本語", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
"""Each language's own name."""

_OTHER_SCRIPT = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}

_CHINESE = ("cmn", "yue", "nan", "min-nan", "hak", "wuu", "gan", "hsn", "lzh")
"""Languages that are written in Chinese (of ISO 639-3's macrolanguage ``zh``), also after ``zh-``."""

_TRADITIONAL = ("yue", "nan", "min-nan", "hak", "lzh")
"""Those of them that are mostly written in traditional characters."""


class Text(Protocol):
    """A text with its language tag (None where it has none), as an RDF literal has them."""

    @property
    def value(self) -> str:
        """The characters of the text."""
        ...

    @property
    def language(self) -> str | None:
        """The language tag (BCP 47), or None."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as shown: its tag (empty where unknown), and whether it is in the language that was asked for."""

    text: str
    tag: str
    exact: bool


@lru_cache(maxsize=1024)
def nearest(tag: str) -> str | None:
    """Return the page language that serves the BCP 47 ``tag`` (``zh-TW`` and ``zh-HK`` → ``zh-Hant``), or None.

    Chinese is told apart by script, which CLDR's likely subtags give where the tag names only a region; so are
    Cantonese and its sisters, most of which CLDR does not know.
    """
    try:
        locale = Locale.parse(_as_chinese(tag.strip().replace("_", "-")), sep="-", resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    if locale.language == "zh":
        return "zh-Hant" if locale.script == "Hant" else "zh-Hans"
    return locale.language if locale.language in LANGUAGES else None


def _as_chinese(tag: str) -> str:
    plain = tag.lower().removeprefix("zh-").removeprefix("i-")
    for language in _CHINESE:
        if plain == language:
            return "zh-Hant" if language in _TRADITIONAL else "zh"
        if plain.startswith(language + "-"):
            return "zh-" + plain.removeprefix(language + "-")
    return tag


def negotiate(accept_language: str | None, asked: str | None = None) -> str:
    """Return the page language for an ``Accept-Language`` header, or for ``asked`` where that names one; else English.

    Quality values order the header's languages (RFC 9110, 12.5.4); ``q=0`` excludes; order decides between equals.
    """
    if asked and (found := nearest(asked)):
        return found
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "").split(",")[:50]):
        tag, _, parameters = part.partition(";")
        quality = _quality(parameters)
        if quality > 0 and (found := nearest(tag)):
            wishes.append((-quality, position, found))
    return min(wishes)[2] if wishes else LANGUAGES[0]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0


@lru_cache(maxsize=64)
def chain(language: str) -> tuple[str, ...]:
    """Return the page languages tried in turn for a reader of ``language``, itself first."""
    other = _OTHER_SCRIPT.get(language)
    return tuple(dict.fromkeys(tag for tag in (language, other, "en") if tag))


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text for a reader of ``language``: in that language, the next of its chain, or any; empty if none."""
    return next((texts[tag] for tag in (*chain(language), *sorted(texts)) if tag in texts), "")


def choose(texts: Iterable[Text], language: str) -> Wording | None:
    """Return the one of ``texts`` to show to a reader of ``language``; None only if there is none.

    Among equals the first in the order of tag and text wins, so the choice never depends on the order given.
    """
    best: tuple[int, str, str] | None = None
    for item in texts:
        tag = item.language or ""
        candidate = (_distance(tag, language), tag, item.value)
        if best is None or candidate < best:
            best = candidate
    if best is None:
        return None
    distance, tag, text = best
    return Wording(text, tag, exact=distance == 0)


@lru_cache(maxsize=1024)
def _distance(tag: str, language: str) -> int:
    wanted = chain(language)
    if romanized(tag):
        return len(wanted) + 1
    served = nearest(tag) if tag else None
    return wanted.index(served) if served in wanted else len(wanted)


def romanized(tag: str) -> bool:
    """Return whether ``tag`` marks text put into Latin letters (``ja-Latn``)."""
    return tag.lower().endswith("-latn")
