from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from coopgraph.errors import (
    NotAcceptable,
    QueryCancelled,
    QueryMemory,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueueFull,
    StoreDown,
    SyntaxProblem,
    UnreadableInput,
)
from coopgraph.rdf import formats
from coopgraph.sparql.query import SparqlQuery
from coopgraph.store.oxigraph.pool import QUICK, SPARE, Pool
from coopgraph.store.oxigraph.query_handle import SLICE, SLICE_AT_MOST
from coopgraph.store.protocol import CancellationToken, Choice
from tests.store.conftest import CHOICE, EX, GREEDY, RUNAWAY, ask, contents

pytestmark = pytest.mark.slow

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def number(body: bytes) -> int:
    (row,) = json.loads(body)["results"]["bindings"]
    return int(next(iter(row.values()))["value"])


def wait_for(pool: Pool, *, busy: int, waiting: int = 0) -> None:
    deadline = time.monotonic() + 10
    while (pool.health().busy, pool.health().waiting) != (busy, waiting):
        assert time.monotonic() < deadline, pool.health()
        time.sleep(0.005)


@pytest.fixture
def asker() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_each_form_of_query_says_its_form_and_format(pool: Pool) -> None:
    forms = {}
    for query in ("SELECT * { ?s ?p ?o } LIMIT 1", "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}s1>"):
        answer = pool.answer(SparqlQuery(query), CHOICE, timeout=10)
        forms[query.split()[0]] = (answer.form, answer.format.name, bool(b"".join(answer.chunks)))
    assert forms == {
        "SELECT": ("bindings", "json", True),
        "ASK": ("boolean", "json", True),
        "CONSTRUCT": ("graph", "nt", True),
        "DESCRIBE": ("graph", "nt", True),
    }


def test_a_large_result_comes_in_chunks_of_at_most_64_kib_and_is_complete(pool: Pool) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
    chunks = list(pool.answer(SparqlQuery(query), CHOICE._replace(bindings=formats.TSV), timeout=20).chunks)
    assert max(map(len, chunks)) <= 64 * 1024
    assert b"".join(chunks).count(b"\n") == 20001


@pytest.mark.parametrize("chosen", [formats.JSON, formats.XML, formats.TSV], ids=lambda item: item.name)
def test_every_tag_of_a_large_result_is_in_its_usual_case(pool: Pool, chosen: formats.Format) -> None:
    query = 'SELECT (STRLANG(STR(?a), "zh-Hant") AS ?tagged) { ?a ?b ?c . ?d ?e ?f } LIMIT 9000'
    chunks = list(pool.answer(SparqlQuery(query), CHOICE._replace(bindings=chosen), timeout=20).chunks)
    assert len(chunks) > 3
    assert max(map(len, chunks)) <= 64 * 1024
    assert b"".join(chunks).count(b"zh-Hant") == 9000


def test_a_malformed_query_is_told_in_the_engines_words_and_costs_no_worker(pool: Pool) -> None:
    with pytest.raises(QuerySyntax, match="error at 1:"):
        ask(pool, "SELECT * {")
    assert ask(pool, "ASK {}") == b'{"head":{},"boolean":true}'


def test_a_query_is_checked_without_being_run(pool: Pool) -> None:
    pool.check(RUNAWAY, timeout=5)
    with pytest.raises(QuerySyntax):
        pool.check("ASK", timeout=5)


def test_a_form_that_the_client_does_not_take_is_refused(pool: Pool) -> None:
    with pytest.raises(NotAcceptable):
        ask(pool, "ASK {}", choice=CHOICE._replace(boolean=None))


def test_a_runaway_query_is_stopped_on_time_while_others_are_answered(pool: Pool, asker: ThreadPoolExecutor) -> None:
    start = time.monotonic()
    runaway = asker.submit(ask, pool, RUNAWAY, timeout=1.5)
    wait_for(pool, busy=1)
    answered = 0
    while not runaway.done():
        ask(pool, "ASK {}")
        answered += 1
    with pytest.raises(QueryTimeout):
        runaway.result()
    assert time.monotonic() - start < 15
    assert answered


def test_a_query_that_eats_memory_is_stopped_and_the_next_is_answered(pool: Pool) -> None:
    with pytest.raises(QueryMemory):
        ask(pool, GREEDY, timeout=60)
    assert number(ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == 3000


@pytest.mark.parametrize("query", ["ASK " + "{" * 200_000, "SELECT (" + "1+" * 300_000 + "1 AS ?x) {}"])
def test_a_query_that_breaks_the_engines_stack_costs_a_worker_only(pool: Pool, query: str) -> None:
    with pytest.raises((QueryMemory, QueryTimeout, QuerySyntax)):
        ask(pool, query, timeout=10)
    assert ask(pool, "ASK {}") == b'{"head":{},"boolean":true}'


def test_values_that_the_engine_has_no_order_for_come_in_ours(pool: Pool) -> None:
    pick = random.Random(0)
    kinds = ("{}", '"{}"^^<x:unknown>', '"NaN"^^<http://www.w3.org/2001/XMLSchema#double>')
    values = " ".join(pick.choice(kinds).format(pick.randrange(100)) for _ in range(300))
    query = f"SELECT ?x {{ VALUES ?x {{ {values} }} }} ORDER BY ?x"
    found = [row["x"] for row in json.loads(ask(pool, query))["results"]["bindings"]]
    integers = [int(term["value"]) for term in found if term["datatype"].endswith("integer")]
    assert len(found) == 300
    assert integers == sorted(integers)


def held(pool: Pool) -> bytes:
    return b"".join(pool.answer(SparqlQuery(RUNAWAY), CHOICE, timeout=60, token="held").chunks)


@pytest.fixture
def full(pool: Pool, asker: ThreadPoolExecutor) -> Iterator[Pool]:
    """Every ordinary lane runs for a minute, and their queue is full."""
    for number in range(1, 5):
        asker.submit(held, pool)
        wait_for(pool, busy=min(number, 2), waiting=max(number - 2, 0))
    yield pool
    pool.cancel("held")
    wait_for(pool, busy=0)
    assert ask(pool, "ASK {}") == b'{"head":{},"boolean":true}'


def test_a_full_queue_refuses_a_long_query_soon_and_says_when_to_come_back(full: Pool) -> None:
    start = time.monotonic()
    with pytest.raises(QueueFull) as refused:
        ask(full, RUNAWAY)
    assert time.monotonic() - start < SLICE_AT_MOST + 10
    assert refused.value.retry_after > 0
    wait_for(full, busy=2, waiting=2)


def test_a_short_query_waits_for_no_long_one(full: Pool) -> None:
    for _ in range(50):
        answer = full.answer(SparqlQuery("ASK {}"), CHOICE, timeout=60)
        assert (answer.lane, b"".join(answer.chunks)) == ("quick", b'{"head":{},"boolean":true}')
    # All the while the lanes were taken and their queue was full.
    assert (full.health().busy, full.health().waiting) == (2, 2)


def test_the_queue_of_the_quick_lane_is_bounded_too(full: Pool, asker: ThreadPoolExecutor) -> None:
    asked = [asker.submit(ask, full, RUNAWAY) for _ in range(8)]
    assert all(isinstance(item.exception(10), QueueFull) for item in asked)


def test_a_query_that_outlasts_the_quick_lane_is_answered_whole_in_an_ordinary_one(
    pool: Pool, asker: ThreadPoolExecutor
) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"
    alone = ask(pool, query, timeout=60)
    running = [asker.submit(held, pool) for _ in range(2)]
    wait_for(pool, busy=2)
    asked = asker.submit(pool.answer, SparqlQuery(query), CHOICE, timeout=60)
    wait_for(pool, busy=2, waiting=1)
    assert pool.cancel("held")
    answer = asked.result()
    assert (answer.lane, b"".join(answer.chunks)) == ("ordinary", alone)
    assert all(isinstance(item.exception(), QueryCancelled) for item in running)


def test_a_query_is_cancelled_wherever_it_is_between_the_lanes(pool: Pool, asker: ThreadPoolExecutor) -> None:
    for moment in (0.0, 0.02, SLICE - 0.005, SLICE, SLICE + 0.005, SLICE + 0.05):
        running = [asker.submit(held, pool) for _ in range(4)]
        time.sleep(moment)
        deadline = time.monotonic() + 10
        while not all(item.done() for item in running):
            pool.cancel("held")
            time.sleep(0.002)
            assert time.monotonic() < deadline
        assert {type(item.exception()) for item in running} <= {QueryCancelled, QueueFull}
        wait_for(pool, busy=0)


def test_a_function_that_the_engine_does_not_have_is_named(pool: Pool) -> None:
    query = "SELECT (<http://example.org/f>(1) AS ?x) {}"
    with pytest.raises(QueryRefused, match=r"http://example\.org/f"):
        ask(pool, query)
    pool.check(query, timeout=5)


def test_a_waiting_query_gets_its_turn(pool: Pool, asker: ThreadPoolExecutor) -> None:
    running = [asker.submit(ask, pool, RUNAWAY, timeout=1.5) for _ in range(2)]
    wait_for(pool, busy=2)
    assert ask(pool, "ASK {}", timeout=10) == b'{"head":{},"boolean":true}'
    assert all(isinstance(item.exception(), QueryTimeout) for item in running)


def test_a_query_waits_no_longer_than_it_may_run(pool: Pool, asker: ThreadPoolExecutor) -> None:
    running = [asker.submit(held, pool) for _ in range(2)]
    wait_for(pool, busy=2)
    with pytest.raises((QueueFull, QueryTimeout)):
        ask(pool, RUNAWAY, timeout=0.3)
    assert not any(item.done() for item in running)
    assert pool.cancel("held")
    assert all(isinstance(item.exception(), QueryCancelled) for item in running)


def test_a_token_cancels_a_running_and_a_waiting_query(pool: Pool, asker: ThreadPoolExecutor) -> None:
    def named(token: str) -> bytes:
        return b"".join(pool.answer(SparqlQuery(RUNAWAY), CHOICE, timeout=60, token=token).chunks)

    running = [asker.submit(named, "mine") for _ in range(3)]
    wait_for(pool, busy=2, waiting=1)
    assert not pool.cancel("another")
    assert pool.cancel("mine")
    assert all(isinstance(item.exception(20), QueryCancelled) for item in running)
    wait_for(pool, busy=0)


def test_a_client_that_leaves_frees_its_worker_within_200_ms(pool: Pool, asker: ThreadPoolExecutor) -> None:
    seconds = [60.0]
    # On a machine with other work many moments are late; a pool that were slow would be so each time.
    while min(seconds) >= 0.2 and len(seconds) < 50:
        cancellation = CancellationToken()
        asked = asker.submit(pool.answer, SparqlQuery(RUNAWAY), CHOICE, timeout=60, cancellation=cancellation)
        wait_for(pool, busy=1)
        start = time.monotonic()
        cancellation.announce()
        assert isinstance(asked.exception(20), QueryCancelled)
        wait_for(pool, busy=0)
        seconds.append(time.monotonic() - start)
    assert min(seconds) < 0.2


def test_a_client_that_left_before_its_turn_is_never_asked_for(pool: Pool) -> None:
    cancellation = CancellationToken()
    cancellation.announce()
    with pytest.raises(QueryCancelled):
        pool.answer(SparqlQuery(RUNAWAY), CHOICE, timeout=60, cancellation=cancellation)
    wait_for(pool, busy=0)


def test_closing_an_answer_half_read_frees_its_worker(pool: Pool) -> None:
    answer = pool.answer(SparqlQuery("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), CHOICE, timeout=60)
    next(answer.chunks)
    answer.close()
    wait_for(pool, busy=0)
    with pytest.raises(QueryCancelled):
        list(answer.chunks)


@linux
def test_a_worker_killed_in_the_middle_of_a_result_never_looks_complete(pool: Pool) -> None:
    answer = pool.answer(SparqlQuery("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), CHOICE, timeout=60)
    next(answer.chunks)
    _kill_workers(pool)
    with pytest.raises(StoreDown, match="from outside") as ended:
        list(answer.chunks)
    assert "ask again" in str(ended.value.hint)
    assert ask(pool, "ASK {}") == b'{"head":{},"boolean":true}'


@linux
def test_a_worker_that_somebody_ended_leaves_a_line_without_its_question(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    answer = pool.answer(SparqlQuery("SELECT * { ?secret ?b ?c . ?d ?e ?f . ?g ?h ?i }"), CHOICE, timeout=60)
    next(answer.chunks)
    _kill_workers(pool)
    with pytest.raises(StoreDown):
        list(answer.chunks)
    assert "A query worker was ended by SIGKILL." in caplog.messages
    assert "secret" not in caplog.text


@linux
def test_a_worker_that_the_pool_itself_ends_leaves_no_line(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(QueryTimeout):
        ask(pool, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", timeout=0.5)
    for _ in range(3):
        ask(pool, "ASK {}")
    assert caplog.messages == []


@linux
def test_a_loading_process_that_is_stopped_is_trouble_until_it_goes_on(pool: Pool) -> None:
    assert pool.health().trouble == ""
    loader = pool._supervisor._process.pid
    os.kill(loader, signal.SIGSTOP)
    try:
        _until(lambda: "stopped" in pool.health().trouble)
    finally:
        os.kill(loader, signal.SIGCONT)
    _until(lambda: pool.health().trouble == "")


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline


@linux
def test_an_idle_worker_that_died_is_not_handed_out(pool: Pool) -> None:
    ask(pool, "ASK {}")
    _kill_workers(pool)
    assert ask(pool, "ASK {}") == b'{"head":{},"boolean":true}'


@linux
@pytest.mark.parametrize("query", ["SERVICE <{}> {{ ?s ?p ?o }}", "SERVICE SILENT <{}> {{ ?s ?p ?o }}"])
def test_a_worker_reaches_no_network_even_where_nothing_guards_the_query(pool: Pool, query: str) -> None:
    if not pool.health().confined:
        pytest.skip(f"workers are not confined here: {pool.health().remark}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with contextlib.suppress(QueryMemory):
            ask(pool, "SELECT * { " + query.format(address) + " }", timeout=5)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_several_default_graphs_are_one_set_of_triples(pool: Pool) -> None:
    graphs = (EX + "one", EX + "two", EX + "one")
    body = ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=graphs)
    assert number(body) == 3
    assert number(ask(pool, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", default_graphs=graphs)) == 0


def test_a_worker_that_merged_graphs_leaves_nothing_of_it_to_the_next_question(pool: Pool) -> None:
    for _ in range(4):
        ask(pool, "ASK {}", default_graphs=(EX + "one", EX + "two"))
    body = ask(pool, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    assert {row["g"]["value"] for row in json.loads(body)["results"]["bindings"]} == {EX + "one", EX + "two"}


def test_named_graphs_alone_leave_the_default_graph_empty(pool: Pool) -> None:
    named = {"named_graphs": (EX + "two",)}
    assert number(ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **named)) == 0
    assert number(ask(pool, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", **named)) == 2


def test_a_graph_that_is_not_held_is_empty(pool: Pool) -> None:
    assert number(ask(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graphs=("http://127.0.0.1:9/x",))) == 0


def test_the_default_graph_of_a_release_is_the_union_of_its_graphs_without_duplicates(dataset: Path) -> None:
    merged = Pool(contents(dataset, EX + "one", EX + "two"), workers=1, waiting=1, memory=256 * 1024**2)
    try:
        assert number(ask(merged, f"SELECT (COUNT(*) AS ?n) {{ <{EX}a> ?p ?o }}")) == 3
        assert number(ask(merged, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")) == 4
    finally:
        merged.close()


@pytest.mark.parametrize("chosen", [formats.XML, formats.RDF_XML])
def test_what_xml_cannot_carry_is_refused_instead_of_broken(
    dataset: Path, tmp_path: Path, chosen: formats.Format
) -> None:
    path = tmp_path / "odd.nq"
    path.write_text('<http://e/s> <http://e/p> "a\\u0001b" .\n<http://e/s> <http://e/p:> "c" .\n', encoding="utf-8")
    odd = Pool(contents(path), workers=1, waiting=1, memory=256 * 1024**2)
    choice = CHOICE._replace(bindings=chosen, graph=chosen)
    try:
        for predicate, refused in (("http://e/p", True), ("http://e/p:", chosen is formats.RDF_XML)):
            query = "SELECT ?o" if chosen is formats.XML else f"CONSTRUCT {{ ?s <{predicate}> ?o }}"
            query += f" WHERE {{ ?s <{predicate}> ?o }}"
            if refused:
                with pytest.raises(NotAcceptable):
                    ask(odd, query, choice=choice)
            else:
                assert ask(odd, query, choice=choice)
    finally:
        odd.close()


def test_a_broken_file_is_told_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "broken.nq"
    path.write_text("<http://e/s> <http://e/p> <http://e/o> .\n<http://e/s> oops .\n", encoding="utf-8")
    with pytest.raises(SyntaxProblem) as problem:
        Pool(contents(path), workers=1, waiting=1, memory=256 * 1024**2)
    assert (problem.value.line, problem.value.column) == (2, 14)


def test_a_missing_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read: No such file"):
        Pool(contents(tmp_path / "none.nq"), workers=1, waiting=1, memory=256 * 1024**2)


@linux
def test_closing_leaves_no_process_and_refuses_further_questions(dataset: Path) -> None:
    opened = Pool(contents(dataset), workers=2, waiting=1, memory=256 * 1024**2)
    ask(opened, "ASK {}")
    family = {opened._supervisor._process.pid, *_children(opened)}
    assert len(family) >= 2
    with ThreadPoolExecutor(1) as asker:
        running = asker.submit(ask, opened, RUNAWAY, timeout=60)
        wait_for(opened, busy=1)
        opened.close()
        assert isinstance(running.exception(5), StoreDown)
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{process}/stat").exists() for process in family):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(StoreDown):
        ask(opened, "ASK {}")


@linux
def test_closing_gives_every_descriptor_back(dataset: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    opened = Pool(contents(dataset), workers=2, waiting=1, memory=256 * 1024**2)
    ask(opened, "ASK {}")
    with pytest.raises(QueryTimeout):
        ask(opened, RUNAWAY, timeout=0.2)
    assert len(os.listdir("/proc/self/fd")) > before
    opened.close()
    assert len(os.listdir("/proc/self/fd")) == before


@linux
def test_without_room_for_a_process_a_question_is_refused_and_no_lane_is_lost(dataset: Path) -> None:
    opened = Pool(contents(dataset), workers=1, waiting=1, memory=256 * 1024**2)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    deadline = time.monotonic() + 10
    # The one of each lane, and the spare.
    while len(_children(opened)) < 1 + QUICK + SPARE:
        assert time.monotonic() < deadline
    try:
        _kill_workers(opened)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        for _ in range(4):
            with pytest.raises(StoreDown, match="no room"):
                ask(opened, "ASK {}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert ask(opened, "ASK {}") == b'{"head":{},"boolean":true}'
        assert (opened.health().busy, opened.health().waiting) == (0, 0)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        opened.close()


def _kill_workers(pool: Pool) -> None:
    for process in _children(pool):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 10
        # Until it is buried.
        while Path(f"/proc/{process}").exists():
            assert time.monotonic() < deadline


def _children(pool: Pool) -> set[int]:
    loader = pool._supervisor._process.pid
    return {int(child) for child in Path(f"/proc/{loader}/task/{loader}/children").read_text().split()}


def test_carriage_returns_outlast_xml_however_it_is_cut(pool: Pool) -> None:
    values = " ".join(rf'"{number}\r{"x" * (number % 97)}\r\n"@zh-hant' for number in range(5_000))
    rows = f"SELECT ?x {{ VALUES ?x {{ {values} }} }}"
    graph = f"CONSTRUCT {{ <{EX}s> <{EX}p> ?x }} WHERE {{ VALUES ?x {{ {values} }} }}"
    wanted = sorted(f"{number}\r{'x' * (number % 97)}\r\n" for number in range(5_000))
    choice = Choice(formats.XML, formats.XML, formats.RDF_XML)
    for query, element in ((rows, "{http://www.w3.org/2005/sparql-results#}literal"), (graph, f"{{{EX}}}p")):
        body = b"".join(pool.answer(SparqlQuery(query), choice, timeout=30).chunks)
        found = list(ElementTree.fromstring(body).iter(element))
        assert sorted(str(item.text) for item in found) == wanted
        assert {value for item in found for name, value in item.items() if name.endswith("lang")} == {"zh-Hant"}


@pytest.mark.parametrize("wanted", [formats.TURTLE, formats.TRIG, formats.RDF_XML], ids=lambda item: item.name)
@pytest.mark.parametrize("prefix", ["ex", "", "한", "e.x-1", "rdf", "xml", "xmlns"])
def test_a_graph_is_written_with_the_prefixes_of_its_query_and_is_the_same(
    pool: Pool, wanted: formats.Format, prefix: str
) -> None:
    query = f"PREFIX {prefix}: <{EX}> PREFIX x: <http://www.w3.org/XML/1998/namespace> PREFIX o: <http://other/> "
    query += f'CONSTRUCT {{ {prefix}:a {prefix}:b "灯"@zh-Hant , "t"^^{prefix}:d . <{EX}> {prefix}:c <{EX}a/b> }} {{}}'
    choice = Choice(None, None, wanted)
    body, plain = (
        b"".join(pool.answer(SparqlQuery(text), choice._replace(graph=form), timeout=10).chunks)
        for text, form in ((query, wanted), (query, formats.N_TRIPLES))
    )
    triples = {quad.triple for quad in ox.parse(body, wanted.rdf)}
    assert triples == {quad.triple for quad in ox.parse(plain, ox.RdfFormat.N_TRIPLES)}
    if wanted is formats.RDF_XML:
        ElementTree.fromstring(body)
    if not prefix.startswith("xml"):
        shortened = f"<{prefix}:b ".removeprefix("<:") if wanted is formats.RDF_XML else f"{prefix}:a {prefix}:b"
        assert shortened.encode() in body or prefix in ("", "rdf")
    assert b"zh-Hant" in body


def test_json_ld_and_lines_need_no_prefixes(pool: Pool) -> None:
    query = f"CONSTRUCT {{ <{EX}a> <{EX}b> 1 }} {{}}"
    for wanted in (formats.JSON_LD, formats.N_TRIPLES, formats.N_QUADS):
        bodies = {
            b"".join(pool.answer(SparqlQuery(text), Choice(None, None, wanted), timeout=10).chunks)
            for text in (query, f"PREFIX ex: <{EX}> {query}")
        }
        assert len(bodies) == 1
