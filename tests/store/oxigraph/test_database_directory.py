"""A store on disk answers as one in memory, is checked before it serves, and leaves nothing behind."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coopgraph.errors import QueryMemory, QueryTimeout, SyntaxProblem, UnreadableInput
from coopgraph.store.oxigraph import database_directory
from coopgraph.store.oxigraph.loading import SourceFile, StoreContents, UnreadableSource, opened
from coopgraph.store.oxigraph.pool import Pool
from coopgraph.store.registry.opening import EngineConfiguration, open_files
from tests.store.conftest import EX, GREEDY, RUNAWAY, ask, contents

pytestmark = pytest.mark.slow

MEMORY = 256 * 1024**2
UNION = {"default_graphs": (EX + "one", EX + "two"), "named_graphs": ()}


@pytest.fixture(scope="module")
def kept(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> StoreContents:
    place = tmp_path_factory.mktemp("release") / "store"
    return replace(contents(dataset), quads=3004, directory=str(place))


@pytest.fixture(scope="module")
def on_disk(kept: StoreContents) -> Iterator[Pool]:
    opened = Pool(kept, workers=2, waiting=2, memory=MEMORY)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("query", "dataset_of_question"),
    [
        ("SELECT * { ?s ?p ?o } ORDER BY ?o", {}),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?o", {}),
        ("SELECT * { ?s ?p ?o } ORDER BY ?o", {"default_graphs": (EX + "one",), "named_graphs": ()}),
        ("SELECT * { ?s ?p ?o } ORDER BY ?o", UNION),
        ("SELECT * { ?s ?p ?o GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?o", UNION | {"named_graphs": (EX + "two",)}),
        (f"CONSTRUCT WHERE {{ <{EX}s1> <{EX}p0> ?o }}", {}),
        ("ASK { ?s ?p 'value 1'@ko-Hang }", {}),
    ],
)
def test_it_answers_as_one_in_memory(
    pool: Pool, on_disk: Pool, query: str, dataset_of_question: dict[str, tuple[str, ...]]
) -> None:
    assert ask(on_disk, query, **dataset_of_question) == ask(pool, query, **dataset_of_question)


def test_its_workers_are_cut_off_and_counted(on_disk: Pool) -> None:
    health = on_disk.health()
    assert (health.confined, health.remark, health.quads) == (True, "", 3004)


def test_a_query_that_runs_or_eats_too_much_is_ended_and_the_next_is_answered(on_disk: Pool) -> None:
    with pytest.raises(QueryTimeout):
        ask(on_disk, RUNAWAY, timeout=0.5)
    with pytest.raises(QueryMemory):
        ask(on_disk, GREEDY, timeout=60)
    assert json.loads(ask(on_disk, "ASK { ?s ?p ?o }"))["boolean"] is True


def test_what_is_there_is_used_again(on_disk: Pool, kept: StoreContents) -> None:
    before = sorted((item.name, item.stat().st_mtime_ns) for item in Path(kept.directory).glob("*.sst"))
    assert database_directory.prepare_directory(kept) == 3004
    assert sorted((item.name, item.stat().st_mtime_ns) for item in Path(kept.directory).glob("*.sst")) == before


@pytest.mark.parametrize("harm", ["other quads", "a damaged file", "no store"])
def test_what_cannot_be_right_is_built_anew(kept: StoreContents, tmp_path: Path, dataset: Path, harm: str) -> None:
    mine = replace(kept, directory=str(tmp_path / "store"))
    (tmp_path / "store.building").mkdir()
    if harm == "other quads":
        small = tmp_path / "small.nq"
        small.write_text("<x:s> <x:p> <x:o> .\n", encoding="utf-8")
        database_directory.prepare_directory(replace(contents(small), directory=mine.directory))
    elif harm == "a damaged file":
        database_directory.prepare_directory(mine)
        (tmp_path / "store" / "CURRENT").write_text("nonsense", encoding="utf-8")
    else:
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "else").write_text("", encoding="utf-8")
    assert database_directory.prepare_directory(mine) == 3004
    assert [item.name for item in tmp_path.iterdir() if item.is_dir()] == ["store"]


def test_the_union_of_graphs_is_in_the_default_graph_once(dataset: Path, tmp_path: Path) -> None:
    of_union = contents(dataset, EX + "one", EX + "two")
    pools = [
        Pool(one, workers=1, waiting=1, memory=MEMORY)
        for one in (of_union, replace(of_union, directory=str(tmp_path / "store")))
    ]
    try:
        counts = {json.dumps(json.loads(ask(one, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))) for one in pools}
        assert len(counts) == 1
        assert {one.health().quads for one in pools} == {3007}
    finally:
        for one in pools:
            one.close()


def test_a_folder_that_cannot_be_written_is_said(kept: StoreContents) -> None:
    with pytest.raises(UnreadableSource):
        database_directory.prepare_directory(replace(kept, directory="/proc/store"))
    with pytest.raises(UnreadableInput):
        Pool(replace(kept, directory="/proc/store"), workers=1, waiting=1, memory=MEMORY)


def test_files_beyond_the_budget_are_read_from_disk_and_the_disk_is_given_back(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened = open_files([dataset], EngineConfiguration(workers=1, waiting=1, memory=MEMORY, budget=1))
    assert len(list(tmp_path.glob("coopgraph-*/store/*.sst"))) > 0
    assert b"3000" in ask(opened, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    opened.close()
    assert not list(tmp_path.iterdir())


SERVING = """
import sys, tempfile
from pathlib import Path
from coopgraph.store.registry.opening import EngineConfiguration, open_files
tempfile.tempdir = sys.argv[2]
opened = open_files([Path(sys.argv[1])], EngineConfiguration(workers=1, waiting=1, memory=256 * 1024**2, budget=1))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_server_that_is_killed_leaves_nothing_on_the_disk(dataset: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVING, str(dataset), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"open\n"
        assert list(tmp_path.iterdir())
        server.kill()
    wait_until_empty(tmp_path)


def test_a_loading_process_that_is_killed_leaves_nothing_once_the_store_is_closed(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened = open_files([dataset], EngineConfiguration(workers=1, waiting=1, memory=MEMORY, budget=1))
    opened._supervisor._process.kill()
    opened._supervisor._process.wait()
    assert list(tmp_path.iterdir())
    opened.close()
    assert not list(tmp_path.iterdir())


BUILDING = """
import json, sys
from coopgraph.store.oxigraph import database_directory
from coopgraph.store.oxigraph.loading import StoreContents
database_directory.prepare_directory(StoreContents.from_dict(json.loads(sys.argv[1])))
"""


def test_a_first_start_that_is_killed_half_way_is_begun_anew(tmp_path: Path) -> None:
    count = 100_000
    path = tmp_path / "data.nq"
    path.write_text("".join(f"<{EX}s{i}> <{EX}p> <{EX}o{i}> .\n" for i in range(count)), encoding="utf-8")
    wanted = replace(contents(path), quads=count, directory=str(tmp_path / "release" / "store"))
    (tmp_path / "release").mkdir()
    with subprocess.Popen([sys.executable, "-c", BUILDING, json.dumps(wanted.to_dict())]) as building:
        while not list((tmp_path / "release").glob("store.building/*")):
            assert building.poll() is None
        building.kill()
    assert not Path(wanted.directory).exists()
    opened = Pool(wanted, workers=1, waiting=1, memory=MEMORY)
    try:
        assert opened.health().quads == count
        assert [item.name for item in (tmp_path / "release").iterdir()] == ["store"]
    finally:
        opened.close()


def wait_until_empty(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_word_longer_than_the_engine_holds_makes_a_file_unreadable(dataset: Path) -> None:
    # pyoxigraph raises this past 16 MiB; reading so far would take many seconds.
    with pytest.raises(UnreadableSource, match="damaged"), opened(SourceFile(str(dataset), packed=False, format="nq")):
        raise MemoryError("Reached the buffer maximal size of 16777216")


def test_a_broken_file_says_its_place_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "broken.nt"
    path.write_text("<x:s> <x:p> <x:o> .\n<x:s> <x:p> .\n", encoding="utf-8")
    with pytest.raises(SyntaxProblem) as caught:
        open_files([path], EngineConfiguration(workers=1, waiting=1, memory=MEMORY, budget=1))
    assert caught.value.line == 2
    assert [item.name for item in tmp_path.iterdir()] == ["broken.nt"]


@pytest.mark.parametrize(("budget", "in_memory"), [(None, True), (10**9, True), (10**6, False)])
def test_the_budget_counts_every_process(budget: int | None, in_memory: bool) -> None:
    engine = EngineConfiguration(workers=2, waiting=1, memory=MEMORY, budget=budget)
    assert engine.keeps_in_memory(100_000) is in_memory
    assert EngineConfiguration(workers=20, waiting=1, memory=MEMORY, budget=10**9).keeps_in_memory(200_000) is False
