"""Character rules for texts and IRIs: ``shapes/texts.ttl`` has their words.

SPARQL knows neither the names of characters nor Unicode's normal forms, so these are no shapes. Each finding names the
character and where in the text it stands. Where a script needs a character that is invisible elsewhere (joiners in
Persian or Hindi, a break between Thai words, marks of direction in Hebrew), it is no finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from coopgraph.model.characters import CONTROL, INVISIBLE, UNDECODED, described, visible
from coopgraph.model.language import romanized
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal, NamedNode

_AROUND = 24
"""How many characters before and after the one concerned a finding shows."""

_CONTROL = re.compile(f"[{CONTROL}]")
_UNDECODED = re.compile(f"[{UNDECODED}]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_ENDS = re.compile(r"\A\s|\s\Z")

# UTF-8 read as Windows-1252: what the bytes 0x80 to 0xBF become, after what the first byte of a character becomes. Two
# bytes are looked for only where no capital letter stands before, since “IRMÃ®” may be a name.
_LATER = re.escape("".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)))
_TWICE_ENCODED = re.compile(f"[â-ï][{_LATER}]{{2}}|[ð-ô][{_LATER}]{{3}}|(?<![A-ZÀ-Þ])[ÂÃ][{_LATER}]")

_INDIC = frozenset(("BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "KANNADA", "MALAYALAM", "ORIYA", "SINHALA"))
_JOINING = _INDIC | frozenset(
    ("ARABIC", "KHMER", "MONGOLIAN", "MYANMAR", "NKO", "SYRIAC", "TAMIL", "TELUGU", "TIBETAN")
)
_WITHOUT_SPACES = frozenset(("KHMER", "LAO", "MYANMAR", "THAI", "TIBETAN"))
_SCRIPTS = {
    "ko": frozenset(("HANGUL",)),
    "ja": frozenset(("CJK", "HIRAGANA", "KATAKANA")),
    "zh": frozenset(("CJK", "BOPOMOFO")),
}
_USUAL = {"ko": re.compile("[가-힣]"), "ja": re.compile("[ぁ-ゖァ-ヺ一-鿕]"), "zh": re.compile("[一-鿕]")}
"""Letters of those scripts that nearly every text has, found sooner than by name."""


class Oddity(NamedTuple):
    """A character that does not belong where it is.

    ``rule`` is the name of the rule; ``words`` fill its message: the ``character`` (code point and name), the ``line``
    and ``position`` (both from 1, in characters of the text), the text around it as ``value``, and for
    ``TextComposed`` the right spelling as ``composed``.
    """

    rule: str
    words: dict[str, str]


def oddities(term: object) -> Iterator[Oddity]:
    """Yield what is odd about the characters of a term, each character once, where it first stands."""
    if isinstance(term, Literal):
        yield from _of_literal(term)
    elif isinstance(term, NamedNode):
        yield from _of_any(term.value)
        yield from _composed(term.value)


def _of_literal(literal: Literal) -> Iterator[Oddity]:
    text = literal.value
    if not text:
        yield Oddity("TextEmpty", {})
    for match in _ENDS.finditer(text):
        yield _oddity("TextTidy", text, match.start())
    yield from _of_any(text)
    # An address is what its server calls it, composed or not.
    if literal.datatype != XSD.anyURI:
        yield from _composed(text)
    yield from _script(text, literal.language or "")


def _of_any(text: str) -> Iterator[Oddity]:
    if text.isascii() and text.isprintable():
        return
    yield from _each("TextControl", _CONTROL, text)
    yield from _each("TextDecoded", _UNDECODED, text)
    yield from _each("TextDecoded", _TWICE_ENCODED, text)
    yield from _each("TextVisible", _INVISIBLE, text, belongs=_belongs)


def _each(
    rule: str, pattern: re.Pattern[str], text: str, *, belongs: Callable[[str, int], bool] = lambda text, at: False
) -> Iterator[Oddity]:
    seen: set[str] = set()
    for match in pattern.finditer(text):
        if text[match.start()] not in seen and not belongs(text, match.start()):
            seen.add(text[match.start()])
            yield _oddity(rule, text, match.start())


def _belongs(text: str, at: int) -> bool:
    """Return whether an invisible character is needed where it stands."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    match text[at]:
        case "\u200c" | "\u200d" if _script_of(before) in _JOINING:
            return True
        case "\u200d":
            return _is_picture(before) and _is_picture(after)
        case "\u200b":
            return _script_of(before) in _WITHOUT_SPACES or _script_of(after) in _WITHOUT_SPACES
        case "\u061c" | "\u200e" | "\u200f":
            return any(letter.isalpha() and unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
        case character:
            # Flags of regions are spelled with tags behind a black flag.
            return "\U000e0020" <= character <= "\U000e007f" and "\U0001f3f4" in text[:at]


def _is_picture(character: str) -> bool:
    return bool(character) and (unicodedata.category(character) in ("So", "Sk") or character == "\ufe0f")


def _composed(text: str) -> Iterator[Oddity]:
    if unicodedata.is_normalized("NFC", text):
        return
    right = unicodedata.normalize("NFC", text)
    at = next(index for index in range(len(text)) if text[index : index + 1] != right[index : index + 1])
    while at and unicodedata.combining(text[at]):
        at -= 1
    end = at + 1
    while end < len(text) and not _apart(text[at:end], text[end]):
        end += 1
    found = _oddity("TextComposed", text, at)
    named = " + ".join(map(described, text[at:end][:4]))
    composed = visible(unicodedata.normalize("NFC", text[at:end]))
    yield found._replace(words={**found.words, "character": named, "composed": composed})


def _apart(before: str, character: str) -> bool:
    """Return whether ``character`` is neither a mark on what is before it nor a part of its syllable."""
    whole = unicodedata.normalize("NFC", before + character)
    return not unicodedata.combining(character) and whole == unicodedata.normalize("NFC", before) + character


def _script(text: str, tag: str) -> Iterator[Oddity]:
    """Yield the first letter of another script in a text that has none of its own language's.

    Letters of ASCII do not count: names such as KakaoTalk are written so in every language.
    """
    language = tag.partition("-")[0].lower()
    own = _SCRIPTS.get(language)
    if own is None or text.isascii() or romanized(tag) or _USUAL[language].search(text):
        return
    plain = unicodedata.normalize("NFKC", text)
    if any(_script_of(character) in own for character in plain):
        return
    for at, character in enumerate(text):
        if character.isalpha() and not unicodedata.normalize("NFKC", character).isascii():
            yield _oddity("TextScript", text, at)
            return


def _script_of(character: str) -> str:
    """Return the script of a character as its Unicode name begins; empty for none."""
    return re.split(r"[ -]", unicodedata.name(character, "") if character else "")[0]


def _oddity(rule: str, text: str, at: int) -> Oddity:
    start, end = max(0, at - _AROUND), at + 1 + _AROUND
    shown = ("…" if start else "") + visible(text[start:end]) + ("…" if end < len(text) else "")
    words = {
        "character": described(text[at]),
        "line": str(text.count("\n", 0, at) + 1),
        "position": str(at - text.rfind("\n", 0, at)),
        "value": shown,
    }
    return Oddity(rule, words)
