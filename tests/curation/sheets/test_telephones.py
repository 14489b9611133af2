"""Telephone numbers: the forms that people write become the one that the graph takes, or are refused."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.curation.sheets.telephones import example_number, holds_number, normalized

TAKEN = re.compile(r"\+[0-9][0-9 ()-]*|[#*]?[0-9]([ ()-]*[0-9]){0,5}")


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("(02) 733-1234", "KR", "+82-2-733-1234"),
        ("０２－７３３－１２３４", "KR", "+82-2-733-1234"),
        ("02 733 1234", "KR", "+82-2-733-1234"),
        ("02–733–1234", "KR", "+82-2-733-1234"),
        ("01.23.45.67.89", "FR", "+33-1-23-45-67-89"),
        ("０３（５４３２）１０９８", "JP", "+81-3-5432-1098"),
        ("(202) 555-0123", "US", "+1-202-555-0123"),
        ("1577-1366", "KR", "+82-1577-1366"),
        ("+82 (0)2 733 1234", "US", "+82-2-733-1234"),
        ("+82-2-733-1234", "KR", "+82-2-733-1234"),
        ("82-2-733-1234", "KR", "+82-2-733-1234"),
        ("030 / 252 088 38", "DE", "+49-30-25208838"),
        ("0049 30 25208838", "FR", "+49-30-25208838"),
        ("1366", "KR", "1366"),
        ("１３６６", "KR", "1366"),
        ("112", "FR", "112"),
        ("#8891", "CA", "#8891"),
    ],
)
def test_the_forms_that_people_write_become_international(text: str, country: str, number: str) -> None:
    assert normalized(text, [country]) == number


@pytest.mark.parametrize(
    "text",
    ["", "call us", "28177959", "2-733-1234", "733-1234 ext. 3", "02-733-1234, 02-733-1235", "02-733-1234/5", "1" * 40],
)
def test_what_is_no_number_or_lost_its_zero_is_refused(text: str) -> None:
    assert normalized(text, ["KR"]) == ""


def test_a_national_number_needs_exactly_one_country() -> None:
    assert normalized("030 25208838", ["EU", "DE"]) == "+49-30-25208838"
    assert normalized("030 25208838", []) == ""
    assert normalized("030 25208838", ["EU", "001", ""]) == ""
    assert normalized("0800 111 0000", ["GB", "DE"]) in ("", "+44-800-111-0000", "+49-800-1110000")


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_the_example_of_a_country_is_taken_and_stays_as_it_is(country: str) -> None:
    number = example_number([country])
    assert number.startswith("+")
    assert TAKEN.fullmatch(number)
    assert normalized(number, [country]) == number


@given(st.text(max_size=30) | st.from_regex(r"[+(]?[0-9 ().-]{1,25}", fullmatch=True))
def test_whatever_is_written_gives_a_number_of_the_right_form_or_none(text: str) -> None:
    number = normalized(text, ["KR"])
    assert not number or TAKEN.fullmatch(number)


@pytest.mark.parametrize("passage", ["상담 전화 02-733-1234", "tel. (02)7331234", "０２－７３３－１２３４"])
def test_a_passage_holds_a_number_however_it_is_written_there(passage: str) -> None:
    assert holds_number(passage, "+82-2-733-1234")
    assert not holds_number(passage, "+82-2-733-1235")


def test_a_short_code_is_held_only_as_it_stands() -> None:
    assert holds_number("국번없이 1366번", "1366")
    assert not holds_number("전화 01366", "1366")
    assert not holds_number("전화 13660", "1366")
