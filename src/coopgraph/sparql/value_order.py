"""ORDER BY's order of RDF terms (SPARQL 1.1, section 15.1), as keys that the engine sorts by.

The specification orders nothing < blank nodes < IRIs < literals, and literals where ``<`` is defined for both. Here it
goes on: texts (by code points, then by tag), numbers (by value, NaN last), truth values, days and times on one line (a
year before its months, those before their days; where no zone stands it is UTC, the implicit timezone), times of day,
recurring dates, durations, and then all other literals by datatype. Terms that are equal in value come by how they are
written, so no two terms tie.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from coopgraph.rdf.namespaces import RDF, XSD
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Triple

KEY = NamedNode("urn:x-coopgraph:key")
"""The function :func:`key`, in a query."""

TERM = NamedNode("urn:x-coopgraph:term")
"""The function :func:`term_of_key`, in a query."""

RDFTerm = NamedNode | BlankNode | Literal | Triple

_AFTER_TEXTS = "\U0010ffff"
"""Begins every key that is not the term itself; no character comes after this one."""
_END = "\0"

_TEXTS = frozenset((XSD.string.value, RDF.langString.value, RDF.term("dirLangString").value))
_INTEGERS = """
    integer long int short byte nonNegativeInteger positiveInteger unsignedLong unsignedInt unsignedShort unsignedByte
    nonPositiveInteger negativeInteger
"""
_SPACE = " \t\r\n"
_MIDDLE = 5 * 10**7
"""What exponents are counted from, so that they are written without a sign: no number has as many digits."""

_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_YEAR = r"(-?(?:[1-9]\d{3,}|0\d{3}))"
_CLOCK = r"(\d\d):(\d\d):(\d\d(?:\.\d+)?)"
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_YEAR = 1972
"""The year in which dates that recur are compared (XPath and XQuery Functions, section 10.4)."""
_MONTH = Decimal("2629746")
"""Seconds of a mean month, where a duration has months and seconds."""
_DURATION = re.compile(
    r"(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def key(term: RDFTerm) -> RDFTerm:
    """Return what stands for ``term`` where the engine sorts: blank nodes, IRIs and texts themselves, else a text.

    The engine's own order of what is given is total: it compares IRIs and texts by code points.
    """
    if isinstance(term, Literal):
        datatype = term.datatype.value
        if datatype in _TEXTS:
            return term
        return Literal(f"{_AFTER_TEXTS}{_place(term.value, datatype)}{_END}{term.value}{_END}{datatype}")
    if isinstance(term, Triple):
        return Literal(f"{_AFTER_TEXTS}z{term}")
    return term


def term_of_key(key: RDFTerm) -> RDFTerm:
    """Return the term for which ``key`` stands, the reverse of :func:`key`."""
    if isinstance(key, Literal) and key.value.startswith(_AFTER_TEXTS):
        _, _, written = key.value.partition(_END)
        text, _, datatype = written.rpartition(_END)
        if datatype:
            return Literal(text, datatype=NamedNode(datatype))
    return key


@lru_cache(maxsize=10_000)
def _place(text: str, datatype: str) -> str:
    """Return where a literal stands among those that are no texts: its class and its value in it."""
    kind = _KINDS.get(datatype)
    if kind is not None:
        letter, value = kind
        try:
            return letter + value(text.strip(_SPACE))
        except (ValueError, InvalidOperation, OverflowError):
            pass
    return f"y{datatype}"


def _number(value: Decimal) -> str:
    """Return a text for each number, so that texts come in the order of numbers."""
    if not value.is_finite():
        return "9" if value.is_nan() else "0" if value < 0 else "8"
    return _digits("".join(map(str, value.as_tuple().digits)), value.adjusted(), negative=value < 0)


def _digits(digits: str, size: int, *, negative: bool) -> str:
    """Return the text for a number in scientific notation: its digits, and the exponent of the first, which is no 0."""
    written = digits.rstrip("0")
    if not written:
        return "4"
    if not negative:
        return f"5{size + _MIDDLE:08d}{written}"
    return f"3{10**8 - 1 - size - _MIDDLE:08d}{written.translate(_MIRROR)}~"


_MIRROR = str.maketrans("0123456789", "9876543210")


def _decimal(text: str) -> str:
    whole, point, part = text.lstrip("+-").partition(".")
    every = whole + part
    if not (every.isascii() and every.isdecimal()) or len(text) - len(every) - len(point) > 1:
        raise ValueError(text)
    digits = every.lstrip("0")
    return _digits(digits, len(whole) - 1 - (len(every) - len(digits)), negative=text[0] == "-")


def _integer(text: str) -> str:
    if "." in text:
        raise ValueError(text)
    return _decimal(text)


def _float(text: str, *, single: bool = False) -> str:
    if text not in ("INF", "+INF", "-INF", "NaN") and not re.fullmatch(
        r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text, re.ASCII
    ):
        raise ValueError(text)
    value = float(text)
    if single:
        try:
            (value,) = struct.unpack("f", struct.pack("f", value))
        except OverflowError:
            value = float("inf") if value > 0 else float("-inf")
    return _number(Decimal(value))


def _single(text: str) -> str:
    return _float(text, single=True)


def _boolean(text: str) -> str:
    if text not in ("false", "0", "true", "1"):
        raise ValueError(text)
    return "1" if text in ("true", "1") else "0"


def _moment(pattern: str, names: str) -> Callable[[str], str]:
    """Return how a date or time that is written as ``pattern`` is placed; ``names`` says what its groups are."""
    compiled = re.compile(pattern + _ZONE, re.ASCII)

    def place(text: str) -> str:
        found = compiled.fullmatch(text)
        if found is None:
            raise ValueError(text)
        parts = dict(zip(names, found.groups(), strict=False))
        year, month, day = int(parts.get("y", _LEAP_YEAR)), int(parts.get("m", 1)), int(parts.get("d", 1))
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month] + (month == 2 and leap):
            raise ValueError(text)
        hours, minutes, seconds = int(parts.get("H", 0)), int(parts.get("M", 0)), Decimal(parts.get("S", 0))
        if (hours > 23 or minutes > 59 or seconds >= 60) and (hours, minutes, seconds) != (24, 0, Decimal()):
            raise ValueError(text)
        offset = 0
        zone = found[compiled.groups]
        if zone and zone != "Z":
            ahead, past = int(zone[1:3]), int(zone[4:])
            if past > 59 or ahead * 60 + past > 14 * 60:
                raise ValueError(text)
            offset = (ahead * 60 + past) * (-1 if zone[0] == "-" else 1)
        whole = (_days(year, month, day) * 24 + hours) * 3600 + (minutes - offset) * 60
        return _number(whole + seconds)

    return place


def _days(year: int, month: int, day: int) -> int:
    """Return the days from the beginning of the year 0 of the proleptic Gregorian calendar."""
    shifted = year - (month <= 2)
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * ((month - 3) % 12) + 2) // 5 + day


def _duration(text: str) -> str:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    years, months, days, hours, minutes = (int(part or 0) for part in found.groups()[1:6])
    seconds = Decimal(found[7] or 0) + ((days * 24 + hours) * 60 + minutes) * 60
    length = (years * 12 + months) * _MONTH + seconds
    return _number(-length if found[1] else length)


_KINDS: dict[str, tuple[str, Callable[[str], str]]] = {
    **{XSD.term(name).value: ("b", _integer) for name in _INTEGERS.split()},
    XSD.decimal.value: ("b", _decimal),
    XSD.double.value: ("b", _float),
    XSD.float.value: ("b", _single),
    XSD.boolean.value: ("c", _boolean),
    XSD.dateTime.value: ("d", _moment(rf"{_YEAR}-(\d\d)-(\d\d)T{_CLOCK}", "ymdHMS")),
    XSD.dateTimeStamp.value: ("d", _moment(rf"{_YEAR}-(\d\d)-(\d\d)T{_CLOCK}", "ymdHMS")),
    XSD.date.value: ("d", _moment(rf"{_YEAR}-(\d\d)-(\d\d)", "ymd")),
    XSD.gYearMonth.value: ("d", _moment(rf"{_YEAR}-(\d\d)", "ym")),
    XSD.gYear.value: ("d", _moment(_YEAR, "y")),
    XSD.time.value: ("e", _moment(_CLOCK, "HMS")),
    XSD.gMonth.value: ("f", _moment(r"--(\d\d)", "m")),
    XSD.gMonthDay.value: ("g", _moment(r"--(\d\d)-(\d\d)", "md")),
    XSD.gDay.value: ("h", _moment(r"---(\d\d)", "d")),
    XSD.duration.value: ("i", _duration),
    XSD.dayTimeDuration.value: ("i", _duration),
    XSD.yearMonthDuration.value: ("i", _duration),
}
"""The class of each datatype that has values in an order, as a letter, and how a text of it is placed there."""
