"""Responses in temporary files never take more room than there is, and nobody keeps it for ever by reading slowly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coopgraph.web.common.spool_quota import FAIR_RATE, SENDING_WAIT, SpooledResponse, SpoolQuota

LIMIT = 100


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def admit(quota: SpoolQuota, size: int, client: bytes | None = None) -> SpooledResponse | None:
    return quota.admit(client, size, lambda: None)


def test_what_has_been_sent_makes_room() -> None:
    quota = SpoolQuota(LIMIT)
    first = admit(quota, 60)
    assert first is not None
    assert admit(quota, 60) is None
    first.release()
    assert admit(quota, 60) is not None


def test_one_response_is_sent_whatever_its_size() -> None:
    quota = SpoolQuota(LIMIT)
    assert admit(quota, 10 * LIMIT) is not None
    assert admit(quota, 1) is None


def test_one_client_leaves_half_to_others() -> None:
    quota = SpoolQuota(LIMIT)
    assert admit(quota, 40, b"one") is not None
    assert admit(quota, 20, b"one") is None
    assert admit(quota, 40, b"another") is not None


def test_who_reads_slowly_gives_way_where_another_needs_the_room_and_only_then() -> None:
    clock = Clock()
    quota = SpoolQuota(LIMIT, clock)
    broken: list[str] = []
    quota.admit(None, 50, lambda: broken.append("slow"))
    clock.now = SENDING_WAIT + 1
    quota.admit(None, 40, lambda: broken.append("new"))
    assert broken == []
    assert quota.admit(None, 60, lambda: None) is not None
    assert broken == ["slow"]


def test_who_reads_fast_enough_is_never_broken_off() -> None:
    clock = Clock()
    quota = SpoolQuota(100 * FAIR_RATE, clock)
    broken: list[str] = []
    quota.admit(None, 90 * FAIR_RATE, lambda: broken.append("fair"))
    clock.now = SENDING_WAIT + 89
    assert quota.admit(None, 20 * FAIR_RATE, lambda: None) is None
    assert broken == []


@given(
    st.lists(
        st.tuples(st.sampled_from([None, b"a", b"b"]), st.integers(1, 120), st.floats(0, 60), st.booleans()),
        max_size=30,
    )
)
def test_no_more_than_the_limit_is_held_unless_one_response_alone_is_larger(
    asked: list[tuple[bytes | None, int, float, bool]],
) -> None:
    clock = Clock()
    quota = SpoolQuota(LIMIT, clock)
    held: list[SpooledResponse] = []
    for client, size, later, ends in asked:
        clock.now += later
        admitted = admit(quota, size, client)
        held = [response for response in held if response in quota]
        if admitted is not None:
            held.append(admitted)
        if ends and held:
            held.pop(0).release()
        assert sum(response.size for response in held) <= LIMIT or len(held) == 1
