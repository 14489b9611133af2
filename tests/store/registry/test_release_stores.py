from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from coopgraph.errors import Gone, NotFound, OurFault, QueueFull, StoreDown
from coopgraph.model import release_folder
from coopgraph.model.release import Manifest, Tombstone
from coopgraph.store.oxigraph.pool import Pool
from coopgraph.store.registry import release_stores as release_stores_module
from coopgraph.store.registry.opening import EngineConfiguration, open_release
from coopgraph.store.registry.release_stores import WARM, ReleaseStores
from tests.store.conftest import ask
from tests.store.releases import make_current, release

pytestmark = pytest.mark.slow

ENGINE = EngineConfiguration(workers=1, waiting=2, memory=256 * 1024**2)


@pytest.fixture
def store_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseStores]:
    monkeypatch.setattr(release_stores_module, "LOOK_AGAIN", 0.0)
    opened = ReleaseStores(tmp_path, ENGINE, grace=1)
    yield opened
    opened.close()


def value(store_registry: ReleaseStores, name: str) -> str:
    body = ask(store_registry.store(name), "SELECT ?o { ?s ?p ?o }")
    return str(json.loads(body)["results"]["bindings"][0]["o"]["value"])


def until_current(store_registry: ReleaseStores, name: str) -> None:
    deadline = time.monotonic() + 10
    while store_registry.current() != name:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_a_release_it_says_how_to_make_one(store_registry: ReleaseStores) -> None:
    with pytest.raises(StoreDown) as nothing:
        store_registry.current()
    assert "coopgraph build" in str(nothing.value.hint)


def test_the_default_graph_is_what_the_manifest_says(store_registry: ReleaseStores, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    assert value(store_registry, store_registry.current()) == "1"


def test_a_new_release_takes_over_and_the_old_one_stays_askable(store_registry: ReleaseStores, tmp_path: Path) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    make_current(tmp_path, first)
    assert store_registry.current() == first
    make_current(tmp_path, second)
    until_current(store_registry, second)
    assert (value(store_registry, first), value(store_registry, second)) == ("1", "2")


def test_a_damaged_release_never_takes_over_and_the_trouble_is_told(
    store_registry: ReleaseStores, tmp_path: Path
) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2, damaged=True)
    make_current(tmp_path, first)
    store_registry.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not store_registry.trouble:
        assert store_registry.current() == first
        assert time.monotonic() < deadline
    assert second in store_registry.trouble
    assert value(store_registry, store_registry.current()) == "1"


@pytest.mark.parametrize("broken", ['{"rel', None])
def test_a_sign_that_is_broken_or_missing_is_told_and_logged_once_and_forgotten_when_it_is_mended(
    store_registry: ReleaseStores, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    first = release(tmp_path, 1)
    make_current(tmp_path, first)
    store_registry.current()
    sign = tmp_path / release_folder.CURRENT
    for _ in range(2):
        sign.unlink() if broken is None else sign.write_text(broken, encoding="utf-8")
        assert [store_registry.current() for _ in range(3)] == [first] * 3
        assert "names the current release" in store_registry.trouble
        make_current(tmp_path, first)
        assert store_registry.current() == first
        assert store_registry.trouble == ""
    assert len(caplog.messages) == 2


def test_a_release_that_cannot_be_served_is_no_trouble_once_the_sign_names_the_one_that_is(
    store_registry: ReleaseStores, tmp_path: Path
) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2, damaged=True)
    make_current(tmp_path, first)
    store_registry.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not store_registry.trouble:
        store_registry.current()
        assert time.monotonic() < deadline
    make_current(tmp_path, first)
    while store_registry.trouble:
        assert store_registry.current() == first
        assert time.monotonic() < deadline


def test_a_release_that_was_mended_is_served_without_a_restart(
    store_registry: ReleaseStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_stores_module, "TRY_AGAIN", 0.0)
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    dump = release_folder.file(tmp_path, second, release_folder.DUMP)
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1])
    make_current(tmp_path, first)
    store_registry.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not store_registry.trouble:
        assert store_registry.current() == first
        assert time.monotonic() < deadline
    dump.write_bytes(whole)
    until_current(store_registry, second)
    assert store_registry.trouble == ""


def test_a_release_that_is_slow_to_open_is_opened_once_and_undoes_no_later_switch(
    store_registry: ReleaseStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (release(tmp_path, number) for number in (1, 2, 3))
    let_go, opened = threading.Event(), []

    def open_slowly(var: Path, manifest: Manifest, engine: EngineConfiguration) -> Pool:
        opened.append(manifest.id)
        if manifest.id == second:
            assert let_go.wait(30)
        return open_release(var, manifest, engine)

    monkeypatch.setattr(release_stores_module, "open_release", open_slowly)
    make_current(tmp_path, first)
    store_registry.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while second not in opened:
        assert store_registry.current() == first
        assert time.monotonic() < deadline
    make_current(tmp_path, third)
    waiting = threading.active_count()
    for _ in range(20):
        assert store_registry.current() == first
    assert threading.active_count() == waiting
    let_go.set()
    served: list[str] = []
    while not served or served[-1] != third:
        served.append(store_registry.current())
        assert time.monotonic() < deadline + 20
    assert served == sorted(served)
    assert opened == [first, second, third]


def test_a_damaged_release_is_not_opened(store_registry: ReleaseStores, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1, damaged=True))
    with pytest.raises(OurFault, match="checksum"):
        store_registry.current()


def test_a_sign_that_cannot_be_read_leaves_the_served_release_in_place(
    store_registry: ReleaseStores, tmp_path: Path
) -> None:
    first = release(tmp_path, 1)
    make_current(tmp_path, first)
    store_registry.current()
    (tmp_path / release_folder.CURRENT).write_text("{", encoding="utf-8")
    assert store_registry.current() == first
    assert store_registry.trouble


def test_a_withdrawn_release_is_gone_even_where_it_was_open(store_registry: ReleaseStores, tmp_path: Path) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    make_current(tmp_path, second)
    store_registry.current()
    assert value(store_registry, first) == "1"
    stone = Tombstone(**{name: first if name == "id" else "2026-01-03" for name in Tombstone.__annotations__})
    stone = replace(stone, reason="It named a shelter.")
    folder = release_folder.folder(tmp_path, first)
    (folder / release_folder.TOMBSTONE).write_text(stone.to_json(), encoding="utf-8")
    with pytest.raises(Gone, match="It named a shelter"):
        store_registry.store(first)


def test_an_unknown_release_is_not_found(store_registry: ReleaseStores, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    for name in ("2026-01-09-00000009", "../../etc", ""):
        with pytest.raises(NotFound):
            store_registry.store(name)


def test_only_so_many_old_releases_stay_open(store_registry: ReleaseStores, tmp_path: Path) -> None:
    names = [release(tmp_path, number) for number in range(1, WARM + 3)]
    make_current(tmp_path, names[-1])
    current = store_registry.current()
    opened = [store_registry.store(name) for name in names]
    deadline = time.monotonic() + 10
    while sum(store.alive for store in opened) > WARM + 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert store_registry.store(current).alive
    assert value(store_registry, names[0]) == "1"


def test_a_store_whose_processes_died_is_opened_anew(store_registry: ReleaseStores, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    store = store_registry.store(store_registry.current())
    store._supervisor._process.kill()
    store._supervisor._process.wait()
    assert value(store_registry, store_registry.current()) == "1"


def test_past_releases_are_opened_one_at_a_time(
    store_registry: ReleaseStores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_stores_module, "OPENING_WAIT", 0.0)
    names = [release(tmp_path, number) for number in range(1, 6)]
    make_current(tmp_path, names[-1])
    assert value(store_registry, store_registry.current()) == "5"
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(store_registry.store, name) for name in names[:-1]]
        problems = [future.exception() for future in asked]
    refused = [problem for problem in problems if problem is not None]
    assert 1 <= len(refused) <= 3
    assert {type(problem) for problem in refused} == {QueueFull}
    assert value(store_registry, store_registry.current()) == "5"
    assert value(store_registry, names[0]) == "1"


def test_a_release_beyond_the_budget_is_read_from_disk_in_its_own_folder(tmp_path: Path) -> None:
    name = release(tmp_path, 1)
    manifest = release_folder.manifest(tmp_path, name)
    for _ in range(2):
        store = open_release(tmp_path, manifest, replace(ENGINE, budget=1))
        assert store.health().quads == 2
        store.close()
    assert list((release_folder.folder(tmp_path, name) / "store").glob("*.sst"))


@pytest.mark.parametrize("budget", [None, 1])
def test_a_release_that_holds_another_number_of_quads_than_it_says_is_not_served(
    tmp_path: Path, budget: int | None
) -> None:
    manifest = replace(release_folder.manifest(tmp_path, release(tmp_path, 1)), triples=5)
    with pytest.raises(OurFault, match="holds 2 quads instead of the manifest's 6"):
        open_release(tmp_path, manifest, replace(ENGINE, budget=budget))
