"""Numbers of the search index are the same bytes on every machine, and come back as they were."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.model.search_index import packed, unpacked


@settings(max_examples=50)
@given(st.lists(st.integers(0, 2**32 - 1)))
def test_numbers_come_back_from_four_bytes_each(numbers: list[int]) -> None:
    data = packed(numbers)
    assert list(unpacked(data)) == numbers
    assert data == b"".join(number.to_bytes(4, "little") for number in numbers)
