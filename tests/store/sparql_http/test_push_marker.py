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
