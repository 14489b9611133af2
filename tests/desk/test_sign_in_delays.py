"""Delays of sign-in: whoever fails waits, and nobody else does."""

from __future__ import annotations

import pytest

from coopgraph.desk.sign_in_delays import FREE_TRIES, FREE_TRIES_OF_CLIENT, LONGEST_WAIT, SignInDelays
from coopgraph.errors import TooManySignIns

HERE, ELSEWHERE = b"h" * 16, b"e" * 16


def test_whoever_fails_again_and_again_waits_longer_each_time() -> None:
    delays, now, waits = SignInDelays(), 1000.0, []
    for _ in range(FREE_TRIES + 20):
        try:
            delays.check(HERE, "mina", now)
        except TooManySignIns as error:
            waits.append(error.retry_after)
            now += error.retry_after
            delays.check(HERE, "mina", now)
        delays.failed(HERE, "mina", now)
    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] == int(LONGEST_WAIT) + 1


def test_nobody_can_lock_somebody_else_out() -> None:
    delays = SignInDelays()
    for _ in range(10 * FREE_TRIES_OF_CLIENT):
        delays.failed(HERE, "mina", 0.0)
    delays.check(ELSEWHERE, "mina", 0.0)
    with pytest.raises(TooManySignIns):
        delays.check(HERE, "mina", 0.0)


def test_a_client_that_tries_many_accounts_waits_for_each() -> None:
    delays = SignInDelays()
    for number in range(FREE_TRIES_OF_CLIENT):
        delays.failed(HERE, f"name-{number}", 0.0)
    with pytest.raises(TooManySignIns):
        delays.check(HERE, "another", 0.0)
    delays.check(HERE, "another", LONGEST_WAIT)


def test_who_signs_in_after_all_starts_anew() -> None:
    delays = SignInDelays()
    for _ in range(FREE_TRIES):
        delays.failed(HERE, "mina", 0.0)
    delays.succeeded(HERE, "mina")
    delays.check(HERE, "mina", 0.0)
