"""The origin that a request has by the operator's word, or by what trusted proxies wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgraph.http.origin import Origin
from coopgraph.settings import Settings


def origin(**settings: object) -> Origin:
    return Origin(Settings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proxies", "headers", "scheme"),
    [
        (0, {"x-forwarded-proto": "https"}, "http"),
        (1, {}, "http"),
        (1, {"x-forwarded-proto": "HTTPS"}, "https"),
        (1, {"x-forwarded-proto": "http, https"}, "https"),
        (2, {"x-forwarded-proto": "gopher, https, http"}, "https"),
        (3, {"x-forwarded-proto": "https"}, "https"),
        (1, {"x-forwarded-proto": "javascript"}, "http"),
        (1, {"forwarded": 'for="[2001:db8::1]";proto=https;by=x'}, "https"),
        (1, {"forwarded": 'proto=http, for="a,b;c";Proto="https"'}, "https"),
        (1, {"forwarded": "for=a"}, "http"),
        (1, {"x-forwarded-proto": "http", "forwarded": "proto=https"}, "http"),
    ],
)
def test_only_what_trusted_proxies_wrote_gives_the_scheme(proxies: int, headers: dict[str, str], scheme: str) -> None:
    assert origin(proxies=proxies).scheme(headers, "http") == scheme


@given(st.dictionaries(st.sampled_from(["x-forwarded-proto", "forwarded"]), st.text()), st.integers(0, 3))
def test_whatever_a_proxy_writes_the_scheme_is_one_of_two(headers: dict[str, str], proxies: int) -> None:
    assert origin(proxies=proxies).scheme(headers, "http") in ("http", "https")
    assert origin(proxies=proxies, address="https://a").scheme(headers, "http") == "https"
