"""Pushing releases to servers: what is there then, what a broken-off push leaves, what readers see meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.prefixes import canonical_prefixes
from coopgraph.dataset.tree import locate, read_tree
from coopgraph.errors import StoreDown
from coopgraph.model.release import Manifest
from coopgraph.publishing import push as pushing
from coopgraph.publishing.files import ReleaseContents
from coopgraph.publishing.install import install_release
from coopgraph.publishing.push import PushProgress, push
from coopgraph.publishing.push_addresses import find
from coopgraph.publishing.push_target import Remote
from coopgraph.rdf.namespaces import COOP
from coopgraph.rdf.terms import Literal, NamedNode, Quad
from coopgraph.settings import Settings
from coopgraph.store.sparql_http import push_marker
from coopgraph.store.sparql_http.client import SparqlHttpClient
from tests.conformance.store.engines import FEDERATION, SERVERS, Running

ROOT = Path(__file__).parents[3]
LONGEST = ("/schemes", "/vocabulary", "/inferred")
"""Graphs that are pushed like any other, and would make a push six times as long."""
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest, Manifest]:
    """Two releases of the invented graph, without the longest of its parts; the second has one statement more and no
    mappings.
    """
    var = tmp_path_factory.mktemp("releases")
    quads = tuple(materialize(read_tree(locate(Settings(data=str(ROOT / "tests" / "fixture" / "data"))))).quads())
    quads = tuple(quad for quad in quads if not quad.graph_name.value.endswith(LONGEST))
    prefixes = canonical_prefixes(quads)
    context = (ROOT / "ontology" / "context" / "v1.jsonld").read_bytes()
    documents = {"context/v1.jsonld": context, "report.ttl": b"", "report.json": b"{}\n"}
    records = NamedNode("https://w3id.org/coopgraph/graph/records")
    note = Quad(NamedNode("https://w3id.org/coopgraph/id/org/lantern"), COOP.curatorNote, Literal("More"), records)
    rest = tuple(quad for quad in quads if not quad.graph_name.value.endswith("/mappings"))
    made = []
    for day, held in ((1, quads), (2, (*rest, note))):
        now = datetime(2026, 2, day, tzinfo=UTC)
        made.append(
            install_release(ReleaseContents(held, prefixes, documents, 0), var, message="", now=now, built_from="")
        )
    assert made[0] is not None
    assert made[1] is not None
    return var, made[0], made[1]


@pytest.fixture(scope="module", params=[one for one in SERVERS if one.values != (FEDERATION,)])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def remote(server: Running) -> Iterator[Remote]:
    """The server, with nothing pushed to it."""
    (found,) = server.remotes()
    _empty(found)
    yield found
    _empty(found)


def _empty(remote: Remote) -> None:
    for graph, _ in remote.rows("SELECT DISTINCT ?subject (1 AS ?value) WHERE { GRAPH ?subject { ?s ?p ?o } }"):
        if graph.startswith((push_marker.NAMESPACE, "https://w3id.org/coopgraph/graph/")):
            remote.update(f"DROP SILENT GRAPH <{graph}>")


def _counts(remote: Remote) -> dict[str, int]:
    """The graphs of the release as a reader finds them, with their sizes."""
    found = remote.rows("SELECT ?subject (COUNT(*) AS ?value) WHERE { GRAPH ?subject { ?s ?p ?o } } GROUP BY ?subject")
    return {graph: int(count) for graph, count in found if graph.startswith("https://w3id.org/coopgraph/graph/")}


def _served(remote: Remote) -> str | None:
    rows = remote.rows(f"SELECT ?subject ?value WHERE {{ GRAPH <{push_marker.SERVED}> {{ ?subject ?p ?value }} }}")
    found = push_marker.read_marker(rows)
    return found.release if found else None


@pytest.mark.parametrize("by", ["graph store", "update"])
def test_a_pushed_release_has_the_counts_of_its_manifest(
    remote: Remote, releases: tuple[Path, Manifest, Manifest], by: str
) -> None:
    var, first, _ = releases
    chosen = remote if by == "graph store" else Remote(replace(remote.addresses, graphs=""), _client(remote))
    assert bool(chosen.addresses.graphs) == (by == "graph store")
    assert push(var, first, chosen) is True
    assert _counts(remote) == first.graphs
    assert _served(remote) == first.id
    assert push(var, first, chosen) is False


def _client(remote: Remote) -> SparqlHttpClient:
    return remote._client


def test_the_next_release_takes_the_place_of_the_first_and_its_lost_graphs_go(
    remote: Remote, releases: tuple[Path, Manifest, Manifest]
) -> None:
    var, first, second = releases
    push(var, first, remote)
    push(var, second, remote)
    assert _counts(remote) == second.graphs
    assert set(first.graphs) - set(second.graphs)
    assert _served(remote) == second.id


class _BreaksOff(Exception):
    pass


def test_a_push_that_breaks_off_leaves_the_release_before_and_goes_on_where_it_was(
    remote: Remote, releases: tuple[Path, Manifest, Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "POSTED", 300)
    var, first, second = releases
    push(var, first, remote)
    sent: list[int] = []

    def interrupt(step: PushProgress) -> None:
        sent.append(step.done)
        if len(sent) == 4:
            raise _BreaksOff

    with pytest.raises(_BreaksOff):
        push(var, second, remote, progress=interrupt)
    assert _served(remote) == first.id
    assert _counts(remote) == first.graphs
    again: list[int] = []
    push(var, second, remote, progress=lambda step: again.append(step.done))
    assert _served(remote) == second.id
    assert _counts(remote) == second.graphs
    assert min(again) > max(sent)


def test_a_push_whose_counts_are_wrong_switches_nothing_and_mends_itself_the_next_time(
    remote: Remote, releases: tuple[Path, Manifest, Manifest]
) -> None:
    var, first, second = releases
    push(var, first, remote)
    spoilt = push_marker.staged(second.id, "https://w3id.org/coopgraph/graph/records")

    def spoil(step: PushProgress) -> None:
        if step.done == step.all:
            remote.update(f"INSERT DATA {{ GRAPH <{spoilt}> {{ <urn:a> <urn:a> <urn:a> }} }}")

    with pytest.raises(Exception, match="nothing was switched"):
        push(var, second, remote, progress=spoil)
    assert _served(remote) == first.id
    push(var, second, remote)
    assert _served(remote) == second.id
    assert _counts(remote) == second.graphs


def test_blank_nodes_stay_connected(remote: Remote, releases: tuple[Path, Manifest, Manifest]) -> None:
    var, first, _ = releases
    push(var, first, remote)
    query = """SELECT (1 AS ?subject) (COUNT(*) AS ?value)
        WHERE { GRAPH <https://w3id.org/coopgraph/graph/shapes> { ?s ?p ?b . ?b ?q ?o FILTER ISBLANK(?b) } }"""
    ((_, joined),) = remote.rows(query)
    ((_, said),) = remote.rows(query.replace("?s ?p ?b . ", ""))
    assert int(joined) >= int(said) > 0


def test_readers_see_the_one_release_or_the_other_while_it_is_switched(
    engine: str, remote: Remote, releases: tuple[Path, Manifest, Manifest]
) -> None:
    if engine == "Virtuoso":
        pytest.skip("an update is not one step for its readers: now and then one sees a part of the switch")
    var, first, second = releases
    push(var, first, remote)
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(sum(_counts(remote).values()))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        push(var, second, remote)
    finally:
        done.set()
        reader.join()
    assert seen <= {sum(first.graphs.values()), sum(second.graphs.values())}


def test_an_address_without_a_server_is_said_in_words() -> None:
    with pytest.raises(StoreDown, match="cannot be asked"):
        find("http://127.0.0.1:9/sparql", SparqlHttpClient("http://127.0.0.1:9/sparql", None))
