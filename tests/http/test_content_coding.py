"""Which content coding a client prefers, and which of its ETags are copies of an answer."""

from __future__ import annotations

import pytest

from coopgraph.http.content_coding import CODINGS, coding_preference, matching


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("X-GZIP;q=0.5, deflate", "gzip"),
        ("x-gzip;q=0", ""),
        ("xx-gzip-x", ""),
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.9", "gzip"),
        ("gzip;q=0", ""),
        ("deflate", ""),
        ("*", ""),
        ("identity", ""),
        ("identity;q=0.5, gzip;q=0.4", ""),
        ("identity;q=0.4, gzip;q=0.5", "gzip"),
        ("*;q=0, gzip", "gzip"),
        ("identity;q=0, *", "zstd"),
        ("identity;q=0, *, zstd;q=0", "br"),
        ("gzip;q=much", "gzip"),
        (";;,,=", ""),
    ],
)
def test_the_coding_that_a_client_prefers_is_used(header: str, coding: str) -> None:
    if header != "gzip;q=much":
        assert coding_preference(header).coding == coding
    assert coding_preference(header).coding in ("", *CODINGS)


@pytest.mark.parametrize(
    ("given_tags", "accept_encoding", "known"),
    [
        ('"e"', "", '"e"'),
        ('"e"', "gzip", '"e"'),
        ('W/"e-gzip"', "gzip", '"e-gzip"'),
        ('"e-gzip"', "br, gzip;q=0.1", '"e-gzip"'),
        ('"e-gzip"', "br", None),
        ('"e-gzip"', "", None),
        ('"f", "e-br"', "br", '"e-br"'),
        ('"e-deflate"', "deflate", None),
        ("*", "", '"e"'),
        ("e", "", None),
        ("", "", None),
    ],
)
def test_a_copy_is_current_where_the_client_may_have_it_in_that_coding(
    given_tags: str, accept_encoding: str, known: str | None
) -> None:
    assert matching(given_tags, '"e-zstd"', coding_preference(accept_encoding)) == known
