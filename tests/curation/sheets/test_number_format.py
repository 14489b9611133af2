"""Number formats: a cell counts as what it shows, never as more."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.curation.sheets.number_format import code_of, displayed_value
from coopgraph.curation.sheets.table import Date, Number, Problem

DAY = 43191  # 1 April 2018


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy-mm-dd", "2018-04-01"),
        ("mm-dd-yy", "2018-04-01"),
        ("d/m/yyyy;@", "2018-04-01"),
        ('[$-412]yyyy"년" m"월" d"일";@', "2018-04-01"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2018-04-01"),
        ("yyyy\\-mm\\-dd\\ hh:mm:ss", "2018-04-01"),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日"', "2018-04-01"),
        ("yyyy年m月d日", "2018-04-01"),
        ("mmm-yy", "2018-04"),
        ('yyyy"년" m"월"', "2018-04"),
        ("[$-409]mmmm\\ yyyy", "2018-04"),
        ("mm/yyyy", "2018-04"),
        ("YYYY", "2018"),
        ('yyyy"年"', "2018"),
        ("dddd yyyy", "2018"),
    ],
)
def test_a_date_is_as_precise_as_its_format_shows_it(code: str, text: str) -> None:
    assert displayed_value(DAY, code) == Date(text)


@pytest.mark.parametrize(
    "code",
    [
        "h:mm",
        "[h]:mm",
        "[mm]:ss",
        "mm:ss.0",
        "h:mm AM/PM",
        '上午/下午h"时"mm"分"',
        "m/d",
        "d",
        "mmmm",
        "dddd",
        'ggge"年"m"月"d"日"',
        "[$-411]ge.m.d",
        '[$-30411]yyyy"年"m"月"',
        "[$-D07041E]d/m/yyyy",
        "[$-ja-JP-x-gannen]yyyy",
        "bbbb",
        "[$-404]e/m/d",
        "yyyy-dd",
        "yyyy h:mm",
    ],
)
def test_times_spans_eras_and_other_calendars_are_told(code: str) -> None:
    found = displayed_value(DAY, code)
    assert isinstance(found, Problem)
    assert found.reason.values == {"value": code}


@pytest.mark.parametrize("value", [-6, 0, 0.5, 60, 2958466, 1e300])
def test_a_number_that_is_no_day_is_told(value: float) -> None:
    assert isinstance(displayed_value(value, "yyyy-mm-dd"), Problem)


def test_a_time_of_day_is_not_dropped_unless_it_is_midnight() -> None:
    assert isinstance(displayed_value(DAY + 0.5, "yyyy-mm-dd h:mm"), Problem)
    assert displayed_value(DAY + 0.5, "yyyy-mm-dd") == Date("2018-04-01")


def test_a_workbook_may_count_from_1904() -> None:
    assert displayed_value(DAY - 1462, "yyyy-mm-dd", since_1904=True) == Date("2018-04-01")
    assert displayed_value(0, "yyyy-mm-dd", since_1904=True) == Date("1904-01-01")
    assert displayed_value(59, "yyyy-mm-dd") == Date("1900-02-28")
    assert displayed_value(61, "yyyy-mm-dd") == Date("1900-03-01")


@given(st.dates(datetime.date(1900, 3, 1)))
def test_every_day_is_itself(day: datetime.date) -> None:
    assert displayed_value((day - datetime.date(1899, 12, 30)).days, "yyyy-mm-dd") == Date(day.isoformat())


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1366, "00000", "01366"),
        (1366, "0000", "1366"),
        (7331234, "000-0000", "733-1234"),
        (27331234, "00-000-0000", "02-733-1234"),
        (27331234, "(00) 000\\-0000", "(02) 733-1234"),
        (2125550123, "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "(212) 555-0123"),
    ],
)
def test_digits_that_a_format_puts_in_places_are_read_as_shown(value: float, code: str, text: str) -> None:
    assert displayed_value(value, code) == text


@pytest.mark.parametrize("code", ["General", "0", "#", "@", "0;[Red]-0", 'General"년"', "0_ ", "0_);\\(0\\)"])
def test_a_plain_number_stays_one(code: str) -> None:
    assert displayed_value(2019, code) == Number("2019")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.5, "0%"),
        (1366, "#,##0"),
        (1366, '"$"#,##0.00'),
        (1366, "0.00E+00"),
        (1366, "0.0"),
        (1366, ";;;"),
        (2019.5, "General"),
        (-2019, "General"),
        (27331234, "000-0000"),
        (1e20, "0"),
        (3, "# ?/?"),
        (2019, "[DBNum1]0000"),
    ],
)
def test_quantities_are_told(value: float, code: str) -> None:
    assert isinstance(displayed_value(value, code), Problem)


def test_formats_are_known_by_number_where_they_are_the_same_on_every_computer() -> None:
    assert displayed_value(DAY, code_of(17, {})) == Date("2018-04")
    assert displayed_value(DAY, code_of(31, {})) == Date("2018-04-01")
    assert isinstance(displayed_value(DAY, code_of(57, {})), Problem)
    assert displayed_value(DAY, code_of(57, {57: 'yyyy"年"m"月"'})) == Date("2018-04")
    assert displayed_value(2019, code_of(9999, {})) == Number("2019")


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20))
def test_no_number_and_no_format_break_the_reader(value: float, code: str) -> None:
    assert isinstance(displayed_value(value, code), str | Date | Number | Problem)
