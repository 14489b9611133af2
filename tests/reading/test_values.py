from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.model.language import LANGUAGES
from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.terms import Literal
from coopgraph.reading.values import hours, in_words, literal_in_words, number, site_name, weekday


@pytest.mark.parametrize(
    ("notation", "language", "words"),
    [
        ("2018", "en", "2018"),
        ("2018-04", "en", "April 2018"),
        ("2021-10-08", "en", "8 October 2021"),
        ("2018-04", "ko", "2018년 4월"),
        ("2021-10-08", "ja", "2021年10月8日"),
        ("2018-07_2019-06", "zh-Hans", "2018年7月 – 2019年6月"),
        ("2020-02-30", "en", "2020-02-30"),
        ("2020-13", "en", "2020-13"),
        ("spring 2020", "en", "spring 2020"),
    ],
)
def test_a_date_is_shown_as_precisely_as_it_is_known(notation: str, language: str, words: str) -> None:
    assert in_words(notation, language) == words


@pytest.mark.parametrize(
    ("notation", "language", "words"),
    [
        ("Mo-Fr 09:00-18:00", "en", "Mon–Fri 09:00–18:00"),
        ("Mo-Fr 09:00-18:00", "ko", "월–금 09:00–18:00"),
        ("Mo,We 10:00-13:00; Sa 09:00-12:00", "ja", "月,水 10:00–13:00; 土 09:00–12:00"),
        ("Mo-Su 00:00-24:00", "en", "every day around the clock"),
        ("by appointment", "en", "by appointment"),
        ("Mo-Fr, but not in August", "en", "Mo-Fr, but not in August"),
    ],
)
def test_opening_hours_get_the_readers_days_and_unknown_forms_stay(notation: str, language: str, words: str) -> None:
    assert hours(notation, language) == words


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [("Monday", "ko", "월요일"), ("Sunday", "ja", "日曜日"), ("PublicHolidays", "en", "PublicHolidays")],
)
def test_a_day_of_the_week_is_called_as_the_reader_calls_it(day: str, language: str, words: str) -> None:
    assert weekday(day, language) == words


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.Example.org/a?b", "example.org"), ("http://help.example", "help.example"), ("mailto:x", "")],
)
def test_a_site_is_called_by_its_host(url: str, name: str) -> None:
    assert site_name(url) == name


def test_numbers_keep_their_digits_after_the_point() -> None:
    assert number("160000000", "en") == "160,000,000"
    assert number("93", "en", 1) == "93.0"
    assert number("0.3", "ko") == "0.3"
    assert number("not a number", "en") == "not a number"


@given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES))
def test_no_digit_of_a_whole_number_is_lost(value: int, language: str) -> None:
    assert number(str(value), language).replace(",", "") == str(value)


def test_yes_and_no_are_words() -> None:
    assert literal_in_words(Literal("true", datatype=XSD.boolean), "ko") == "예"
    assert literal_in_words(Literal("false", datatype=XSD.boolean), "en") == "no"
