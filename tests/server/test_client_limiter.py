from __future__ import annotations

import contextlib

import pytest

from coopgraph.errors import TooManyRequests
from coopgraph.server.client_limiter import ClientLimiter


def test_a_client_has_its_places_and_no_more_and_gets_them_back() -> None:
    limiter = ClientLimiter(limit=2, proxies=0)
    one, other = limiter.of("203.0.113.1:1000", ""), limiter.of("203.0.113.2:1000", "")
    first, second = limiter.slot(one), limiter.slot(one)
    with first, second:
        with pytest.raises(TooManyRequests) as refused, limiter.slot(one):
            pass
        assert refused.value.retry_after > 0
        with limiter.slot(other):
            pass
    first.give_back()
    with limiter.slot(one):
        pass


def test_who_asked_for_a_place_is_told_what_is_left_of_its_share() -> None:
    limiter = ClientLimiter(limit=2, proxies=0)
    one = limiter.of("203.0.113.1:1000", "")
    first, second, third = limiter.slot(one), limiter.slot(one), limiter.slot(one)
    assert first.rate_limit_fields() == []
    with first:
        assert dict(first.rate_limit_fields()) == {
            "ratelimit-policy": '"queries";q=2;qu="concurrent-requests"',
            "ratelimit": '"queries";r=1',
        }
    with second, contextlib.suppress(TooManyRequests), third:
        pass
    assert dict(third.rate_limit_fields())["ratelimit"] == '"queries";r=0'
    uncounted = limiter.slot(limiter.of("127.0.0.1:1000", ""))
    with uncounted:
        assert dict(uncounted.rate_limit_fields())["ratelimit"] == '"queries";r=2'


def test_a_place_is_held_until_it_is_given_back_whatever_became_of_the_query() -> None:
    limiter = ClientLimiter(limit=1, proxies=0)
    one = limiter.of("203.0.113.1:1000", "")
    place = limiter.slot(one)
    with contextlib.suppress(ZeroDivisionError), place:
        raise ZeroDivisionError
    with pytest.raises(TooManyRequests), limiter.slot(one):
        pass
    place.give_back()
    with limiter.slot(one):
        pass


def test_a_place_that_was_never_entered_gives_nothing_back() -> None:
    limiter = ClientLimiter(limit=1, proxies=0)
    one = limiter.of("203.0.113.1:1000", "")
    with limiter.slot(one):
        limiter.slot(one).give_back()
        with pytest.raises(TooManyRequests), limiter.slot(one):
            pass


def test_nothing_of_a_client_is_kept_when_its_last_query_has_ended() -> None:
    limiter = ClientLimiter(limit=2, proxies=0)
    one = limiter.of("203.0.113.1:1000", "")
    place = limiter.slot(one)
    with place:
        assert "203.0.113.1" not in repr(vars(limiter))
        assert len(limiter._queries) == 1
    place.give_back()
    assert len(limiter._queries) == 0


def test_two_services_know_a_client_by_different_names() -> None:
    first, second = (ClientLimiter(limit=1, proxies=0).of("203.0.113.1:1", "") for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("proxies", "first", "second", "same"),
    [
        (0, ("203.0.113.1:1", ""), ("203.0.113.1:2", ""), True),
        (0, ("203.0.113.1:1", ""), ("203.0.113.2:1", ""), False),
        (0, ("203.0.113.1:1", "198.51.100.1"), ("203.0.113.1:1", "198.51.100.2"), True),
        (0, ("203.0.113.1:1", ""), ("[::ffff:203.0.113.1]:1", ""), True),
        (0, ("[2001:db8:1:2::1]:1", ""), ("[2001:db8:1:2:ffff::9]:1", ""), True),
        (0, ("[2001:db8:1:2::1]:1", ""), ("[2001:db8:1:3::1]:1", ""), False),
        (1, ("10.0.0.1:1", "198.51.100.1"), ("10.0.0.1:1", "198.51.100.2"), False),
        (1, ("10.0.0.1:1", "198.51.100.1"), ("10.0.0.2:1", "198.51.100.1"), True),
        (1, ("10.0.0.1:1", "invented, 198.51.100.1"), ("10.0.0.1:1", "198.51.100.1"), True),
        (2, ("10.0.0.1:1", "invented, 198.51.100.1, 10.0.0.9"), ("10.0.0.1:1", "198.51.100.1,10.0.0.8"), True),
        (1, ("127.0.0.1:1", "198.51.100.1"), ("127.0.0.1:1", "198.51.100.1:4711"), True),
        (1, ("127.0.0.1:1", "unknown"), ("127.0.0.1:1", "198.51.100.1"), False),
    ],
)
def test_a_client_is_who_the_known_proxies_say_and_nobody_else(
    proxies: int, first: tuple[str, str], second: tuple[str, str], same: bool
) -> None:
    limiter = ClientLimiter(limit=1, proxies=proxies)
    assert (limiter.of(*first) == limiter.of(*second)) is same


@pytest.mark.parametrize("peer", ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"])
def test_this_machine_itself_is_not_limited_unless_a_proxy_speaks_for_others(peer: str) -> None:
    assert ClientLimiter(limit=1, proxies=0).of(peer, "198.51.100.1") is None
    assert ClientLimiter(limit=1, proxies=1).of(peer, "198.51.100.1") is not None
    assert ClientLimiter(limit=1, proxies=1).of(peer, "") is not None


def test_a_proxy_that_the_settings_leave_out_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    limiter = ClientLimiter(limit=1, proxies=0)
    for _ in range(3):
        assert limiter.of("127.0.0.1:4000", "") is None
    assert caplog.records == []
    for _ in range(3):
        assert limiter.of("127.0.0.1:4000", "192.0.2.7") is None
    assert ["proxies is 0" in record.getMessage() for record in caplog.records] == [True]
    assert "192.0.2.7" not in caplog.text
    ClientLimiter(limit=1, proxies=1).of("127.0.0.1:4000", "192.0.2.7")
    assert len(caplog.records) == 1
