"""Plain values in a reader's language: dates of any precision, periods, numbers, booleans, languages, hours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from coopgraph.messages.message import translated
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAYS = {"Mo": 0, "Tu": 1, "We": 2, "Th": 3, "Fr": 4, "Sa": 5, "Su": 6}
_HOURS = re.compile(r"(?:(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)\s+)?(?P<times>[\d:,\s-]+)")
_INTEGERS = {XSD.integer, XSD.int, XSD.long, XSD.nonNegativeInteger, XSD.positiveInteger}


def literal_in_words(value: Literal, language: str) -> str:
    """Return a literal as a reader of ``language`` reads it; text stays as it is."""
    match value.datatype:
        case XSD.gYear | XSD.gYearMonth | XSD.date:
            return in_words(value.value, language)
        case XSD.boolean:
            return translated("yes", language) if value.value in ("true", "1") else translated("no", language)
        case XSD.decimal | XSD.double | XSD.float:
            return number(value.value, language)
        case datatype if datatype in _INTEGERS:
            return number(value.value, language)
        case _:
            return value.value


@lru_cache(maxsize=4096)
def in_words(notation: str, language: str) -> str:
    """Return a date (``2018``, ``2018-04``, ``2018-04-30``) or a period of two (``a_b``, ``a/b``) in words.

    Anything else comes back unchanged.
    """
    parts = [_day(part, language) for part in re.split("[_/]", notation)]
    return " – ".join(part for part in parts if part) if all(parts) else notation


def _day(notation: str, language: str) -> str | None:
    match = _DATE.fullmatch(notation)
    if not match:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    locale = _locale(language)
    try:
        if day:
            return format_date(date(year, month, day), "long", locale=locale)
        if month:
            return format_skeleton("yMMMM", date(year, month, 1), locale=locale)
        return format_skeleton("y", date(year, 1, 1), locale=locale)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def number(digits: str, language: str, decimals: int | None = None) -> str:
    """Return a number with the reader's separators, and with ``decimals`` digits after the point where given."""
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return digits
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals))
    places = max(0, -int(value.as_tuple().exponent)) if value.is_finite() else 0
    return format_decimal(value, _pattern(places), locale=_locale(language))


@lru_cache(maxsize=32)
def _pattern(places: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * places if places else ""))


def enumerated(items: Iterable[str], language: str) -> str:
    """Return ``items`` as a list in a sentence has them (“a, b and c”)."""
    return format_list(list(items), locale=_locale(language))


def hours(notation: str, language: str) -> str:
    """Return opening hours in schema.org's form (``Mo-Fr 09:00-18:00``) with the reader's names of days.

    Several pieces are separated by ``;``. A text in any other form comes back unchanged.
    """
    names = get_day_names("abbreviated", locale=_locale(language))
    pieces = []
    for piece in notation.split(";"):
        match = _HOURS.fullmatch(piece.strip())
        if not match:
            return notation
        days = re.sub("|".join(_DAYS), lambda found: names[_DAYS[found.group()]], match["days"] or "")
        times = match["times"].strip()
        times = translated("around the clock", language) if times in ("00:00-24:00", "00:00-23:59") else times
        if match["days"] == "Mo-Su":
            days = translated("every day", language)
        pieces.append(f"{days} {times}".strip().replace("-", "–"))
    return "; ".join(pieces)


def site_name(url: str) -> str:
    """Return by what name a site is known: its host, without ``www``; empty for what has none."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.").lower()


def weekday(day: str, language: str) -> str:
    """Return a day of the week, by its English name, in the reader's language; another word comes back unchanged."""
    place = weekday_place(day)
    return str(get_day_names("wide", locale=_locale(language))[place]) if place in _DAYS.values() else day


def weekday_place(day: str) -> int:
    """Return where in the week a day stands, by its English name: 0 for Monday; 7 for another word."""
    return _DAYS.get(day[:2], 7)


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    # International English: day before month, as most readers of these pages write it.
    return Locale.parse("en-001" if language == "en" else language, sep="-")
