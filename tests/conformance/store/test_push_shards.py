"""Pushing a release in shards to the members of a federation: each statement is on one, and a part is no whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coopgraph.errors import StoreDown
from coopgraph.model.release import Manifest
from coopgraph.publishing import push as pushing
from coopgraph.publishing.push import PushProgress, push
from coopgraph.publishing.push_target import Remote
from coopgraph.store.registry.endpoint_store import EndpointStore
from coopgraph.store.registry.opening import EngineConfiguration
from coopgraph.store.sparql_http import push_marker
from tests.conformance.store.engines import Release, absent, started

ENGINE = "oxigraph serve"
GRAPHS = "https://w3id.org/coopgraph/graph/"

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(bool(absent(ENGINE)), reason=absent(ENGINE)),
    pytest.mark.timeout(120),
]


@pytest.fixture
def members(tmp_path: Path) -> Iterator[tuple[Remote, ...]]:
    """Three empty servers."""
    with ExitStack() as stack:
        found: list[Remote] = []
        for name in ("one", "two", "three"):
            (tmp_path / name).mkdir()
            found += stack.enter_context(started(ENGINE, tmp_path / name)).remotes()
        yield tuple(found)


@pytest.fixture
def published(small_release: Release) -> tuple[Path, Manifest]:
    return small_release.var, small_release.manifest


def _held(member: Remote) -> set[tuple[str, str]]:
    """Subjects of a member with the graphs of the release that they are in; ``blank`` for a blank node."""
    rows = member.rows(
        'SELECT DISTINCT (IF(ISBLANK(?s), "blank", STR(?s)) AS ?subject) (STR(?g) AS ?value) { GRAPH ?g { ?s ?p ?o } }'
    )
    return {(subject, graph) for subject, graph in rows if graph.startswith(GRAPHS)}


def _counted(members: tuple[Remote, ...]) -> dict[str, int]:
    count = "SELECT (STR(?g) AS ?subject) (COUNT(*) AS ?value) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    sums: dict[str, int] = {}
    for member in members:
        for graph, held in member.rows(count):
            if graph.startswith(GRAPHS):
                sums[graph] = sums.get(graph, 0) + int(held)
    return sums


def test_the_members_hold_the_release_together_and_a_subject_without_blank_nodes_is_on_one_of_them(
    members: tuple[Remote, ...], published: tuple[Path, Manifest]
) -> None:
    var, manifest = published
    assert push(var, manifest, *members) is True
    assert _counted(members) == manifest.graphs
    for number, member in enumerate(members):
        for subject, _ in _held(member):
            if subject == "blank":
                assert number == 0
            elif number:
                assert zlib.crc32(f"<{subject}>".encode()) % 3 == number
    assert push(var, manifest, *members) is False


def test_a_member_alone_is_not_served_as_if_it_were_all(
    members: tuple[Remote, ...], published: tuple[Path, Manifest]
) -> None:
    push(*published, *members)
    engine = EngineConfiguration(workers=1, waiting=1, memory=512 * 1024**2)
    for member in members:
        with pytest.raises(StoreDown, match="does not show all shards"):
            EndpointStore(member.addresses.query, engine, None)


def test_members_named_in_another_order_have_the_release_already(
    members: tuple[Remote, ...], published: tuple[Path, Manifest]
) -> None:
    push(*published, *members)
    assert push(*published, *reversed(members)) is False


class _BreaksOff(Exception):
    pass


def test_a_push_in_shards_that_breaks_off_goes_on_where_it_was(
    members: tuple[Remote, ...], published: tuple[Path, Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "POSTED", 300)
    var, manifest = published
    sent: list[int] = []

    def interrupt(step: PushProgress) -> None:
        sent.append(step.done)
        if len(sent) == 4:
            raise _BreaksOff

    with pytest.raises(_BreaksOff):
        push(var, manifest, *members, progress=interrupt)
    assert not _counted(members)
    again: list[int] = []
    push(var, manifest, *members, progress=lambda step: again.append(step.done))
    assert min(again) > max(sent)
    assert _counted(members) == manifest.graphs


@pytest.mark.parametrize("others", [(0,), (1, 0)], ids=["one server", "two shards"])
def test_another_division_takes_the_place_of_the_one_before(
    members: tuple[Remote, ...], published: tuple[Path, Manifest], others: tuple[int, ...]
) -> None:
    var, manifest = published
    push(var, manifest, *members)
    chosen = tuple(members[number] for number in others)
    assert push(var, manifest, *chosen) is True
    assert _counted(chosen) == manifest.graphs
    said = f"SELECT ?subject ?value {{ GRAPH <{push_marker.SERVED}> {{ ?subject ?p ?value }} }}"
    found = push_marker.read_marker([row for member in chosen for row in member.rows(said)])
    assert found == push_marker.marker_of(manifest, len(chosen))
    assert found is not None
    assert found.whole
