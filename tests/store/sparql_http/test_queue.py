from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from coopgraph.errors import QueryCancelled, QueryProblem, QueueFull, StoreDown
from coopgraph.store.sparql_http.queue import QueuedRequest, RequestQueue

PATIENCE = 30.0


def wait_for(places: RequestQueue, load: tuple[int, int]) -> None:
    with places._change:
        assert places._change.wait_for(lambda: (len(places._running), len(places._waiting)) == load, PATIENCE)


def test_who_leaves_while_it_waits_makes_room_at_once() -> None:
    places = RequestQueue(1, 1)
    runs, waits, comes = QueuedRequest(None), QueuedRequest(None), QueuedRequest(None)
    places.take(runs, PATIENCE)
    with ThreadPoolExecutor(2) as threads:
        asked = threads.submit(places.take, waits, PATIENCE)
        while places.load() != (1, 1):
            pass
        with pytest.raises(QueueFull):
            places.take(comes, PATIENCE)
        waits.leave()
        assert isinstance(asked.exception(PATIENCE), QueryCancelled)
        assert places.load() == (1, 0)
        asked = threads.submit(places.take, comes, PATIENCE)
        runs.end()
        asked.result(PATIENCE)
    comes.end()
    assert places.load() == (0, 0)


def test_a_place_is_given_back_at_whatever_moment_its_client_leaves() -> None:
    places = RequestQueue(1, 0)
    for _ in range(300):
        call, go = QueuedRequest(None), threading.Barrier(2)

        def leave(call: QueuedRequest = call, go: threading.Barrier = go) -> None:
            go.wait()
            call.leave()

        leaver = threading.Thread(target=leave)
        leaver.start()
        go.wait()
        with contextlib.suppress(QueryProblem):
            places.take(call, PATIENCE)
        leaver.join()
        assert places.load() == (0, 0)


def test_whoever_waits_is_told_when_the_service_stops() -> None:
    places = RequestQueue(1, 1)
    runs, waits = QueuedRequest(None), QueuedRequest(None)
    places.take(runs, PATIENCE)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(places.take, waits, PATIENCE)
        while places.load() != (1, 1):
            pass
        places.close()
        assert isinstance(asked.exception(PATIENCE), StoreDown)
    assert isinstance(runs.problem, StoreDown)
    with pytest.raises(StoreDown):
        places.take(QueuedRequest(None), PATIENCE)
