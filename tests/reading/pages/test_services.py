from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.reading.pages.services import telephone_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("+82-2-735-8994", "tel:+8227358994"),
        ("1366", "tel:1366"),
        ("#8891", "tel:%238891"),
        ("+44 (0)345 6000 459", "tel:+443456000459"),
        ("02-2392-1020 ext 12", "tel:0223921020"),
        ("by letter", ""),
        ("", ""),
    ],
)
def test_a_number_as_written_becomes_one_that_can_be_dialled(written: str, address: str) -> None:
    assert telephone_address(written) == address


@given(st.text(max_size=60))
def test_no_text_makes_an_address_of_another_kind(written: str) -> None:
    address = telephone_address(written)
    assert not address or (address.startswith("tel:") and set(address[4:]) <= set("+0123456789*%"))
