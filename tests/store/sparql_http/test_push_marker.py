from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, parse

from coopgraph.model.iris import GRAPHS, graph_iri
from coopgraph.store.sparql_http import push_marker
from coopgraph.store.sparql_http.push_marker import PushMarker

RELEASE = "2026-01-31-0123abcd"


@given(
    st.dictionaries(st.sampled_from([graph_iri(name) for name in GRAPHS]), st.integers(0, 10**9)), st.integers(0, 10**9)
)
def test_what_a_push_notes_is_what_a_reader_finds(graphs: dict[str, int], triples: int) -> None:
    held = PushMarker(RELEASE, push_marker.staged(RELEASE, "default"), triples, graphs)
    statements = parse(held.statements().encode(), RdfFormat.N_TRIPLES)
    rows = [(str(item.subject.value), item.object.value) for item in statements if isinstance(item.object, Literal)]
    assert push_marker.read_marker(rows) == held


def test_a_server_without_a_push_holds_no_release() -> None:
    assert push_marker.read_marker([]) is None


@given(st.integers(2, 5), st.data())
def test_a_release_is_whole_where_all_its_shards_are_seen_and_not_before(of: int, data: st.DataObject) -> None:
    wanted = PushMarker(RELEASE, push_marker.staged(RELEASE, "default", of), 7, {}, push_marker.shards(of))
    seen = data.draw(st.sets(st.sampled_from(sorted(wanted.shards, key=lambda shard: shard.number))))
    text = "\n".join(shard.statement(RELEASE) for shard in seen)
    if any(shard.number == 1 for shard in seen):
        text += "\n" + wanted.statements()
    statements = parse(text.encode(), RdfFormat.N_TRIPLES)
    rows = [(str(item.subject.value), item.object.value) for item in statements if isinstance(item.object, Literal)]
    found = push_marker.read_marker(rows)
    assert (found == wanted) == (len(seen) == of)
    if found is not None:
        assert found.whole == (len(seen) == of)


def test_a_shard_of_another_release_is_none_of_this_one() -> None:
    rows = [
        (push_marker.RELEASE, RELEASE),
        (f"urn:x-coopgraph:{RELEASE}:shard:1", "2"),
        ("urn:x-coopgraph:b:shard:2", "2"),
    ]
    found = push_marker.read_marker(rows)
    assert found is not None
    assert not found.whole
