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
from coopgraph.store import shelf as shelf_module
from coopgraph.store.open import Engine, open_release
from coopgraph.store.oxigraph.pool import Pool
from coopgraph.store.shelf import WARM, ReleaseShelf

from .conftest import ask
from .releases import make_current, release

ENGINE = Engine(workers=1, waiting=2, memory=256 * 1024**2)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseShelf]:
    monkeypatch.setattr(shelf_module, "LOOK_AGAIN", 0.0)
    opened = ReleaseShelf(tmp_path, ENGINE, grace=1)
    yield opened
    opened.close()


def value(shelf: ReleaseShelf, name: str) -> str:
    body = ask(shelf.store(name), "SELECT ?o { ?s ?p ?o }")
    return str(json.loads(body)["results"]["bindings"][0]["o"]["value"])


def until_current(shelf: ReleaseShelf, name: str) -> None:
    deadline = time.monotonic() + 10
    while shelf.current() != name:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_a_release_it_says_how_to_make_one(shelf: ReleaseShelf) -> None:
    with pytest.raises(StoreDown) as nothing:
        shelf.current()
    assert "coopgraph build" in nothing.value.hint


def test_the_default_graph_is_what_the_manifest_says(shelf: ReleaseShelf, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    assert value(shelf, shelf.current()) == "1"


def test_a_new_release_takes_over_and_the_old_one_stays_askable(shelf: ReleaseShelf, tmp_path: Path) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    make_current(tmp_path, first)
    assert shelf.current() == first
    make_current(tmp_path, second)
    until_current(shelf, second)
    assert (value(shelf, first), value(shelf, second)) == ("1", "2")


def test_a_damaged_release_never_takes_over_and_the_trouble_is_told(shelf: ReleaseShelf, tmp_path: Path) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2, damaged=True)
    make_current(tmp_path, first)
    shelf.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not shelf.trouble:
        assert shelf.current() == first
        assert time.monotonic() < deadline
    assert second in shelf.trouble
    assert value(shelf, shelf.current()) == "1"


@pytest.mark.parametrize("broken", ['{"rel', None])
def test_a_sign_that_is_broken_or_missing_is_told_and_logged_once_and_forgotten_when_it_is_mended(
    shelf: ReleaseShelf, tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    first = release(tmp_path, 1)
    make_current(tmp_path, first)
    shelf.current()
    sign = tmp_path / release_folder.CURRENT
    for _ in range(2):
        sign.unlink() if broken is None else sign.write_text(broken, encoding="utf-8")
        assert [shelf.current() for _ in range(3)] == [first] * 3
        assert "names the current release" in shelf.trouble
        make_current(tmp_path, first)
        assert shelf.current() == first
        assert shelf.trouble == ""
    assert len(caplog.messages) == 2


def test_a_release_that_cannot_be_served_is_no_trouble_once_the_sign_names_the_one_that_is(
    shelf: ReleaseShelf, tmp_path: Path
) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2, damaged=True)
    make_current(tmp_path, first)
    shelf.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not shelf.trouble:
        shelf.current()
        assert time.monotonic() < deadline
    make_current(tmp_path, first)
    while shelf.trouble:
        assert shelf.current() == first
        assert time.monotonic() < deadline


def test_a_release_that_was_mended_is_served_without_a_restart(
    shelf: ReleaseShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "TRY_AGAIN", 0.0)
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    dump = release_folder.file(tmp_path, second, release_folder.DUMP)
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1])
    make_current(tmp_path, first)
    shelf.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while not shelf.trouble:
        assert shelf.current() == first
        assert time.monotonic() < deadline
    dump.write_bytes(whole)
    until_current(shelf, second)
    assert shelf.trouble == ""


def test_a_release_that_is_slow_to_open_is_opened_once_and_undoes_no_later_switch(
    shelf: ReleaseShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (release(tmp_path, number) for number in (1, 2, 3))
    let_go, opened = threading.Event(), []

    def open_slowly(var: Path, manifest: Manifest, engine: Engine) -> Pool:
        opened.append(manifest.id)
        if manifest.id == second:
            assert let_go.wait(30)
        return open_release(var, manifest, engine)

    monkeypatch.setattr(shelf_module, "open_release", open_slowly)
    make_current(tmp_path, first)
    shelf.current()
    make_current(tmp_path, second)
    deadline = time.monotonic() + 10
    while second not in opened:
        assert shelf.current() == first
        assert time.monotonic() < deadline
    make_current(tmp_path, third)
    waiting = threading.active_count()
    for _ in range(20):
        assert shelf.current() == first
    assert threading.active_count() == waiting
    let_go.set()
    served = []
    while not served or served[-1] != third:
        served.append(shelf.current())
        assert time.monotonic() < deadline + 20
    assert served == sorted(served)
    assert opened == [first, second, third]


def test_a_damaged_release_is_not_opened(shelf: ReleaseShelf, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1, damaged=True))
    with pytest.raises(OurFault, match="checksum"):
        shelf.current()


def test_a_sign_that_cannot_be_read_leaves_the_served_release_in_place(shelf: ReleaseShelf, tmp_path: Path) -> None:
    first = release(tmp_path, 1)
    make_current(tmp_path, first)
    shelf.current()
    (tmp_path / release_folder.CURRENT).write_text("{", encoding="utf-8")
    assert shelf.current() == first
    assert shelf.trouble


def test_a_withdrawn_release_is_gone_even_where_it_was_open(shelf: ReleaseShelf, tmp_path: Path) -> None:
    first, second = release(tmp_path, 1), release(tmp_path, 2)
    make_current(tmp_path, second)
    shelf.current()
    assert value(shelf, first) == "1"
    stone = Tombstone(**{name: first if name == "id" else "2026-01-03" for name in Tombstone.__annotations__})
    stone = replace(stone, reason="It named a shelter.")
    folder = release_folder.folder(tmp_path, first)
    (folder / release_folder.TOMBSTONE).write_text(stone.to_json(), encoding="utf-8")
    with pytest.raises(Gone, match="It named a shelter"):
        shelf.store(first)


def test_an_unknown_release_is_not_found(shelf: ReleaseShelf, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    for name in ("2026-01-09-00000009", "../../etc", ""):
        with pytest.raises(NotFound):
            shelf.store(name)


def test_only_so_many_old_releases_stay_open(shelf: ReleaseShelf, tmp_path: Path) -> None:
    names = [release(tmp_path, number) for number in range(1, WARM + 3)]
    make_current(tmp_path, names[-1])
    current = shelf.current()
    opened = [shelf.store(name) for name in names]
    deadline = time.monotonic() + 10
    while sum(store.alive for store in opened) > WARM + 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert shelf.store(current).alive
    assert value(shelf, names[0]) == "1"


def test_a_store_whose_processes_died_is_opened_anew(shelf: ReleaseShelf, tmp_path: Path) -> None:
    make_current(tmp_path, release(tmp_path, 1))
    store = shelf.store(shelf.current())
    store._nursery._process.kill()
    store._nursery._process.wait()
    assert value(shelf, shelf.current()) == "1"


def test_past_releases_are_opened_one_at_a_time(
    shelf: ReleaseShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "PATIENCE", 0.0)
    names = [release(tmp_path, number) for number in range(1, 6)]
    make_current(tmp_path, names[-1])
    assert value(shelf, shelf.current()) == "5"
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(shelf.store, name) for name in names[:-1]]
        problems = [future.exception() for future in asked]
    refused = [problem for problem in problems if problem is not None]
    assert 1 <= len(refused) <= 3
    assert {type(problem) for problem in refused} == {QueueFull}
    assert value(shelf, shelf.current()) == "5"
    assert value(shelf, names[0]) == "1"


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
