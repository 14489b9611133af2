"""A whole small run with this service alone, and what is made of its figures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import harness, load, peers, report
from bench.harness import BARE, Run, run_bench
from bench.load import Load
from bench.peers import Running
from bench.processes import family, memory
from bench.questions import query_kinds
from coopgraph.cli.main import cli
from coopgraph.dataset.generator import generate
from tests.running_server import COMMAND, Served, serve_dataset

pytestmark = pytest.mark.slow

TRIPLES = 2000


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Run:
    patch = pytest.MonkeyPatch()
    patch.setattr(harness, "ROUNDS", 3)
    patch.setattr(harness, "LOAD_TIME", 1)
    patch.setattr(harness, "TURNS", 1)
    patch.setattr(harness, "CLIENTS", (4,))
    # Some of them are enough here: that each has an answer is another test.
    patch.setattr(harness, "query_kinds", lambda: query_kinds()[:1] + query_kinds()[6:7])
    ours = peers.peers(Path("nowhere"))[:1]
    missing = peers.Peer("Nobody", "not installed: nowhere to be had", ours[0].start)
    patch.setattr(harness, "peers", lambda _: (*ours, missing))
    folder = tmp_path_factory.mktemp("more")
    data = folder / "data.nt"
    data.write_text("".join(generate(TRIPLES)), encoding="utf-8")
    other = serve_dataset(data, client_queries=64)
    try:
        return run_bench(TRIPLES, folder, [("the same again", other.url + "/sparql")], lambda _: None)
    finally:
        other.stop()
        patch.undo()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_run_that_is_told_to_end_takes_its_servers_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMMAND, "--var", str(tmp_path), "bench", "--scale", "1000"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert running.stderr
    for line in running.stderr:
        if not line.startswith(("generating", "starting coopgraph")):
            break
    started = family(running.pid)
    assert len(started) > 2
    running.terminate()
    running.stderr.read()
    assert running.wait(60) == 128 + signal.SIGTERM
    assert not [process for process in started if Path(f"/proc/{process}").exists()]


def test_quick_peers_take_turns_and_the_middle_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "TURNS", 3)
    rates = {"a": iter([5.0, 1.0, 3.0]), "b": iter([7.0, 9.0, 8.0]), "slow": iter([0.5])}
    asked = []

    def press(address: str, query: str, clients: int, seconds: int, *, distinct: int) -> Load:
        asked.append((address, seconds))
        return Load(clients, next(rates[address]), 0.1, 0.2, failed=1)

    monkeypatch.setattr(harness, "press", press)
    monkeypatch.setattr(harness, "PAUSE", 0)
    a, b, slow = (Running(name, "", name, 0, None) for name in rates)
    loads = harness._loads([a, slow, b], [a, b], "ASK {}", 8)
    assert asked == [("a", 1), ("slow", 3), ("b", 1), ("a", 1), ("b", 1), ("a", 1), ("b", 1)]
    assert {name: (load.rate, load.failed) for name, load in loads.items()} == {
        "a": (3.0, 3),
        "b": (8.0, 3),
        "slow": (0.5, 1),
    }
    assert loads["b"].beside(loads["a"]) == pytest.approx(8 / 3)
    assert loads["b"].beside(loads["slow"]) == pytest.approx(8 / 0.5)


def test_every_kind_was_answered_alike_by_all(measured: Run) -> None:
    ours, other, bare = measured.results
    assert (ours.name, other.name, bare.name) == ("coopgraph", "the same again", BARE)
    for kind, cold in ours.cold.items():
        assert len(cold.times) == 3
        assert not cold.failed
        assert cold.rows == other.cold[kind].rows == bare.cold[kind].rows


def test_a_trivial_query_was_answered_beside_long_ones(measured: Run) -> None:
    ours, other, _ = measured.results
    assert ours.beside_long is not None
    assert ours.beside_long.rate > 0
    assert ours.beside_long.failed == 0
    assert other.beside_long is None


def test_under_load_nothing_failed(measured: Run) -> None:
    ours = measured.results[0]
    loads = [*ours.hot.values(), *ours.hot_lookup, *ours.cold_lookup]
    assert all(item.rate > 0 and item.failed == 0 and 0 < item.median <= item.p99 for item in loads)


def test_time_to_the_first_answer_and_memory_are_those_of_what_was_started(measured: Run) -> None:
    ours, other, bare = measured.results
    assert ours.until_first
    assert ours.memory
    assert (other.until_first, other.memory) == (None, None)
    assert bare.memory is not None
    assert bare.memory < ours.memory


def test_the_tables_hold_every_kind_and_say_who_was_left_out(measured: Run) -> None:
    text = report.as_markdown(measured)
    for kind in measured.results[0].cold:
        assert text.count(f"\n| {kind} | ") == 4
    assert "Left out: Nobody (not installed: nowhere to be had)." in text


def test_the_figures_as_json_are_complete(measured: Run) -> None:
    raw = json.loads(report.as_json(measured))
    assert [item["name"] for item in raw["results"]] == [item.name for item in measured.results]
    assert len(raw["results"][0]["cold"]["many rows"]["times"]) == 3


def test_both_clients_count_what_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("<x:s> <x:p> 1 .", encoding="utf-8")
    served: Served = serve_dataset(data)
    try:
        for missing in (False, True) if shutil.which("wrk") else (True,):
            if missing:
                monkeypatch.setattr("shutil.which", lambda _: None)
            good = load.press(f"{served.url}/sparql", "ASK { ?s ?p {number} }", 2, 1, distinct=10)
            bad = load.press(f"{served.url}/sparql", "ASK {", 2, 1)
            assert good.rate > 0
            assert good.failed == 0
            assert bad.failed > 0
    finally:
        served.stop()


def test_memory_is_that_of_the_whole_family() -> None:
    assert os.getpid() in family(os.getpid())
    assert (memory(os.getpid()) or 0) > 10 * 1024**2


@pytest.mark.parametrize("arguments", [["--scale", "10"], ["--peer", "nobody"], ["--peer", "x=ftp://y"]])
def test_a_senseless_call_is_wrong_usage(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, ["bench", *arguments])
    assert result.exit_code == 2 or "names no server" in str(result.exception)
