"""A reply says its length, and nothing that it holds can break out of its head."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.server.http1.message import Reply, chunked_start, start

TEXT = st.text(st.characters(max_codepoint=255), max_size=20)


@given(TEXT, TEXT)
def test_a_head_has_as_many_lines_as_headers_or_is_none(name: str, value: str) -> None:
    try:
        written = start(200, [(name, value), ("x", "y")])
    except ValueError:
        assert set(name + value) & set("\r\n\0")
    else:
        assert written.count(b"\r\n") == 3
        assert written.count(b"\n") == written.count(b"\r") == 3


@pytest.mark.parametrize("said", [[], [("content-length", "999")]], ids=["none said", "a wrong one said"])
def test_a_body_in_memory_has_its_own_length(said: list[tuple[str, str]]) -> None:
    assert Reply(200, said, b"abc").start == b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n"


@pytest.mark.parametrize("status", [204, 304])
def test_what_has_no_body_has_no_length(status: int) -> None:
    assert b"content-length" not in Reply(status, []).start


def test_the_head_alone_keeps_the_length_of_the_body() -> None:
    assert b"content-length: 7\r\n" in Reply(200, [("content-length", "7")], bodiless=True).start


def test_trailers_take_the_place_of_the_length() -> None:
    assert (
        chunked_start(200, [("content-length", "3"), ("trailer", "a, b")])
        == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: a, b\r\n"
    )


def test_a_status_of_ones_own_has_no_words() -> None:
    assert start(299, []) == b"HTTP/1.1 299 \r\n"
