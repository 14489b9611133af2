"""Number formats of workbooks (ECMA-376 part 1, 18.8.30 and 18.8.31): what a cell with a number shows.

A workbook keeps 2018-04 as the number 43191; only the cell's number format says that a month is meant and no day. A
cell counts as what it shows, never as more: what a format shows of a date is taken, everything else that is not plain
digits is told.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from openpyxl.styles.numbers import BUILTIN_FORMATS

from coopgraph.curation.sheets.table import CellValue, Date, Number, Problem, taken_for_quantity
from coopgraph.messages.message import Message

GENERAL = "General"

_WHOLE_DAYS_EVERYWHERE = (30, 31)
_OF_THE_COMPUTER = (*range(27, 37), *range(50, 59))
"""Formats of East Asian programs whose form depends on the computer that shows them (18.8.30)."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?'
    r"|\\(?P<escaped>.)"
    r"|[_*](?P<space>.)"
    r"|\[(?P<bracket>[^\]]*)\]?"
    r"|(?P<general>General|G/[^\W\d_]+)"
    r"|(?P<exponent>E[+-])"
    r"|(?P<noon>AM/PM|A/P|[^\x00-\x7f]{2}/[^\x00-\x7f]{2})"
    r"|(?P<date>y+|m+|d+|h+|s+|e+|g+|b+|r+|aaa+)"
    r"|(?P<digit>[0#?])"
    r"|(?P<end>;)"
    r"|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_GREGORIAN = ("0", "1", "2", "9", "A", "B", "C")
_BY_NUMBER = 1e15
"""Above this a number does not have all its digits in a workbook."""

FormatToken = tuple[str, str]
Section = list[FormatToken]


def code_of(number: int, own: dict[int, str]) -> str:
    """Return the code of a number format by its number; ``own`` are those that the workbook describes itself."""
    if number in own:
        return own[number]
    if number in _WHOLE_DAYS_EVERYWHERE:
        return "yyyy-mm-dd"
    if number in _OF_THE_COMPUTER:
        return "e"  # an era, as far as can be known
    return BUILTIN_FORMATS.get(number, GENERAL)


def displayed_value(value: float, code: str, *, since_1904: bool = False) -> CellValue:
    """Return what a cell with a number shows by the number format ``code``.

    ``since_1904`` says from which of two days the workbook counts (18.17.4.1).
    """
    section = _section(value, _sections(code))
    if any(kind in ("date", "noon") or _is_elapsed(kind, text) for kind, text in section):
        return _date(value, section, code, since_1904)
    return _number(value, section)


def _sections(code: str) -> list[Section]:
    sections: list[Section] = [[]]
    for match in _TOKEN.finditer(code):
        if match.lastgroup == "end":
            sections.append([])
        elif match.lastgroup:
            sections[-1].append((match.lastgroup, match[match.lastgroup]))
    return sections


def _section(value: float, sections: Sequence[Section]) -> Section:
    """Return the section of a format that is for ``value``: by condition, else by sign."""
    numeric = [section for section in sections[:3] if ("sign", "@") not in section] or [[("general", GENERAL)]]
    conditions = [_condition(section) for section in numeric]
    if any(conditions):
        fitting = (
            section
            for section, condition in zip(numeric, conditions, strict=True)
            if condition is None or _meets(value, *condition)
        )
        return next(fitting, [])
    if value < 0 and len(numeric) > 1:
        return numeric[1]
    return numeric[2] if value == 0 and len(numeric) > 2 else numeric[0]


def _condition(section: Section) -> tuple[str, float] | None:
    matches = (_CONDITION.fullmatch(text) for kind, text in section if kind == "bracket")
    found = next((match for match in matches if match), None)
    try:
        return (found[1], float(found[2])) if found else None
    except ValueError:
        return None


def _meets(value: float, sign: str, bound: float) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _is_elapsed(kind: str, text: str) -> bool:
    return kind == "bracket" and bool(re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE))


def _date(value: float, section: Section, code: str, since_1904: bool) -> CellValue:
    parts = _parts(section)
    day = _day(value, since_1904)
    precision = "".join(sorted(parts & set("ymd")))
    is_midnight = round((value % 1) * 86_400) == 0
    if day is None or parts - set("ymdt") or ("t" in parts and not (precision == "dmy" and is_midnight)):
        return _strange_date(code)
    length = {"y": 4, "my": 7, "dmy": 10}.get(precision)
    return Date(day.isoformat()[:length]) if length else _strange_date(code)


def _strange_date(code: str) -> Problem:
    return Problem(
        Message(
            "The cell shows a date or time as “{value}”, which gives no year, month or day that can be read here; "
            "format the cell as text and type it again.",
            value=code,
        )
    )


def _parts(section: Section) -> set[str]:
    """Return what a format shows: y, m, d, t (a time of day), or x (an era, a span of time, another calendar)."""
    parts = set()
    tokens = [(kind, text.lower()) for kind, text in section if kind in ("date", "noon", "bracket")]
    letters = [text[0] if kind == "date" else "" for kind, text in tokens if kind != "bracket"]
    for kind, text in tokens:
        if _is_elapsed(kind, text) or (kind == "bracket" and _has_another_calendar(text)):
            parts.add("x")
    for place, letter in enumerate(letters):
        before, after = letters[place - 1 : place], letters[place + 1 : place + 2]
        if letter in ("h", "s", "") or (letter == "m" and (before == ["h"] or after == ["s"])):
            parts.add("t")
        elif letter in "egbr":
            parts.add("x")
        else:
            parts.add(letter)
    lengths = [len(text) for kind, text in tokens if kind == "date" and text[0] == "d"]
    if lengths and min(lengths) > 2:
        parts.discard("d")  # the day's name only
    return parts - {"a"}


def _has_another_calendar(bracket: str) -> bool:
    """Return whether a bracket of a format (``$-30411``, ``$-ja-JP-x-gannen``) asks for years of another calendar."""
    _, sign, locale = bracket.partition("$")
    _, _, locale = locale.partition("-")
    if not sign or not locale:
        return False
    if re.fullmatch(r"[0-9a-f]{1,8}", locale):
        return locale.upper().zfill(8)[3] not in _GREGORIAN or locale.upper().zfill(8)[2] != "0"
    return "-x-" in locale or "," in locale


def _day(value: float, since_1904: bool) -> datetime.date | None:
    """Return the day that a number stands for; None for one that no calendar has, such as 29 February 1900."""
    number = int(value) if 0 <= value < 2_958_466 else -1
    if since_1904:
        return datetime.date(1904, 1, 1) + datetime.timedelta(number) if 0 <= number <= 2_957_003 else None
    if number < 1 or number == 60:
        return None
    return datetime.date(1899, 12, 31 if number < 60 else 30) + datetime.timedelta(number)


def _number(value: float, section: Section) -> CellValue:
    lost = taken_for_quantity(f"{value:.15g}")
    if value < 0 or value != int(value) or value > _BY_NUMBER:
        return lost
    digits = str(int(value))
    if any(kind == "general" for kind, _ in section):
        return Number(digits)
    if any(kind == "exponent" or (kind == "sign" and text in "%.,/") for kind, text in section):
        return lost
    if any(kind == "bracket" and text.lower().startswith("dbnum") for kind, text in section):
        return lost
    places = [text for kind, text in section if kind == "digit"]
    if len(places) < len(digits):
        return Number(digits) if places == ["0"] or places == ["#"] else lost
    text = _filled(section, digits)
    return text if places.count("0") >= len(digits) > 1 or text.strip() != digits else Number(digits)


def _filled(section: Section, digits: str) -> str:
    """Return the digits in the places of a format, from the right, with the signs that stand between them."""
    left, written = list(digits), []
    for kind, text in reversed(section):
        if kind == "digit":
            written.append(left.pop() if left else "0" if text == "0" else "")
        elif kind in ("quoted", "escaped", "sign"):
            written.append(text[::-1])
        elif kind == "space":
            written.append(" ")
        elif kind == "bracket" and text.startswith("$"):
            written.append(text[1:].partition("-")[0][::-1])
    return "".join(written)[::-1]
