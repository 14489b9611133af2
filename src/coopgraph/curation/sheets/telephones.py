"""Telephone numbers in the forms that people write, put into the international form of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from coopgraph.model.same_words import words_key

_AREA = r"(?:\+[0-9]{1,3} ?[0-9]{1,5}|\(?0[0-9]{1,5}\)?) ?/ ?"
_WRITTEN = re.compile(rf"(?:{_AREA})?[+#*]?[0-9(][0-9 ().・ー-]*")
"""A number as people write it; a stroke elsewhere than after the area begins a second number."""

_KEPT = re.compile(r"\+[0-9][0-9 ()-]*|[#*]?[0-9](?:[ ()-]*[0-9]){0,5}")
"""What the graph takes (``shape:TelephonePattern``)."""

_LONGEST_SHORT_CODE = 6
_COMPARED = 7
"""Digits at a number's end that a passage must hold: those before them depend on where one calls from."""

_ANYWHERE = "+82-2-212-3456"


def normalized(text: str, countries: Iterable[str]) -> str:
    """Return a number as the graph has it: in international form (``+82-2-733-1234``), or a short code as it is.

    ``countries`` (ISO 3166-1 codes) say what a national number belongs to. An empty text stands for what is no number,
    or none of exactly one of the countries; also for one without the zero that it is dialled with.
    """
    plain = words_key(text)
    if not _WRITTEN.fullmatch(plain):
        return ""
    digits = _digits(plain)
    if not plain.startswith("+") and (plain[0] in "#*" or len(digits) <= _LONGEST_SHORT_CODE):
        return plain if _KEPT.fullmatch(plain) else ""
    if plain.startswith("+"):
        number = _parsed(plain, None)
        if number and phonenumbers.is_possible_number(number):
            return _international(number)
        return plain if _KEPT.fullmatch(plain) else ""
    numbers = {_international(number) for country in countries if (number := _national(plain, digits, country))}
    return numbers.pop() if len(numbers) == 1 else ""


def example_number(countries: Iterable[str]) -> str:
    """Return a number in international form of the first country that is known, as an example."""
    numbers = (phonenumbers.example_number(country) for country in countries if country)
    return next((_international(number) for number in numbers if number), _ANYWHERE)


def holds_number(passage: str, number: str) -> bool:
    """Return whether a passage holds a number, however it is written there."""
    words, digits = words_key(passage), _digits(number)
    if len(digits) <= _LONGEST_SHORT_CODE:
        return re.search(rf"(?<![0-9]){digits}(?![0-9])", words) is not None
    parsed = _parsed(number, None)
    national = phonenumbers.national_significant_number(parsed) if parsed else digits
    return national[-_COMPARED:] in _digits(words)


def _national(text: str, digits: str, country: str) -> PhoneNumber | None:
    """Return the number of a country; None where it has no such number, or dials it with a zero that is not there."""
    number = _parsed(text, country) if country in phonenumbers.SUPPORTED_REGIONS else None
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    dialled = _digits(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    return None if dialled != digits and dialled.lstrip("0") == digits else number


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.RFC3966).removeprefix("tel:")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)
