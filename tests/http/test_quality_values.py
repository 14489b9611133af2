from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from coopgraph.errors import NotAcceptable
from coopgraph.http.content_coding import coding_preference, matching
from coopgraph.http.quality_values import LONGEST_LIST, MOST_ITEMS, quality_of, weighted
from coopgraph.query.negotiation import by_header_or_name

types = st.sampled_from(["text/csv", "text/*", "*/*", "TEXT/turtle", "text/turtle;charset=utf-8", 'a/b;x="1,2"'])
quality = st.sampled_from(["", ";q=0.5", "; q=0", " ; Q=1", ";q=0.001", ";q=2", ";q=much"])
space = st.sampled_from(["", " ", "  "])


@given(st.lists(st.tuples(types, quality, space), min_size=1, max_size=8))
def test_a_range_counts_as_another_reader_of_the_field_says(members: list[tuple[str, str, str]]) -> None:
    field = ",".join(gap + name + weight for name, weight, gap in members)
    parsed = [(name.partition(";")[0].strip(), value) for name, value in parse_accept_header(field, MIMEAccept)]
    for media_type in ("text/csv", "text/turtle", "image/png", "a/b"):
        assert quality_of(media_type, weighted(field)) == MIMEAccept(parsed).quality(media_type)


@given(st.text(max_size=3000))
def test_any_text_is_read_and_gives_qualities_from_0_to_1(field: str) -> None:
    assert all(0 <= value <= 1 for value in weighted(field).values())


def test_only_the_beginning_of_a_long_field_is_read() -> None:
    assert "last/one" in weighted("a/b, " * (MOST_ITEMS - 1) + "last/one")
    assert "last/one" not in weighted("a/b, " * MOST_ITEMS + "last/one")
    assert set(weighted(f"{'a' * 20}/b, " * 80 + "b" * LONGEST_LIST)) == {f"{'a' * 20}/b"}


SHAPES = {
    "ranges": ",".join(f"a{number}/b;q=0.{number % 9 + 1}" for number in range(3000)),
    "commas": "a," * 8000,
    "parameters": "a/b" + ";a=b" * 4000,
    "spaces": "a" + " " * 16_000 + "b",
    "open quotation": 'a/b;x="' + "\\" * 16_000,
    "quotations": 'a/b;x="' + '"' * 16_000,
    "continuations": "a/b" + ";*0*=a" * 2700,
}
TIMES = 20


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("read", ["accept", "accept with a format's name", "accept-encoding", "if-none-match"])
def test_a_field_of_16_kb_costs_less_than_5_ms_of_processor_time_however_it_is_made(read: str, shape: str) -> None:
    fields = [f"x{number}/y, {SHAPES[shape]}"[:16_000] for number in range(TIMES)]
    start = time.process_time()
    for field in fields:
        match read:
            case "accept-encoding":
                coding_preference(field)
            case "if-none-match":
                matching(field, '"x"', coding_preference(""))
            case _:
                with pytest.raises(NotAcceptable):
                    by_header_or_name(field, "docx" if "name" in read else "")
    assert (time.process_time() - start) / TIMES < 0.005


def test_a_field_that_nothing_fits_is_weighed_once() -> None:
    field = "nothing/here," + SHAPES["ranges"]
    with pytest.raises(NotAcceptable):
        by_header_or_name(field, "")
    before = weighted.cache_info().misses
    with pytest.raises(NotAcceptable):
        by_header_or_name(field, "")
    assert weighted.cache_info().misses == before
