from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, serialize

from coopgraph.rdf.graph import Graph
from coopgraph.rdf.namespaces import RDF
from coopgraph.rdf.terms import Literal, NamedNode, Triple

NODES = st.sampled_from([NamedNode(f"https://example.org/{name}") for name in "abc"])
TRIPLES = st.lists(
    st.builds(Triple, NODES, NODES, st.one_of(NODES, st.builds(Literal, st.text(max_size=3)))), max_size=20
)


@given(TRIPLES, st.randoms())
def test_the_order_of_the_triples_given_makes_no_difference(triples: list[Triple], random: object) -> None:
    shuffled = triples * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Graph(shuffled).triples == Graph(triples).triples


@given(TRIPLES)
def test_every_triple_is_found_from_its_subject_and_from_its_object(triples: list[Triple]) -> None:
    graph = Graph(triples)
    for triple in triples:
        assert triple.object in graph.values(triple.subject, triple.predicate)  # type: ignore[arg-type]
        if isinstance(triple.object, NamedNode):
            assert triple.subject in graph.subjects(triple.predicate, triple.object)
    assert sum(len(values) for item in {t.subject for t in triples} for values in graph.about(item).values()) == len(  # type: ignore[arg-type]
        set(triples)
    )


def test_what_is_not_there_gives_nothing() -> None:
    graph, node = Graph([]), NamedNode("https://example.org/a")
    assert (graph.triples, graph.about(node), graph.values(node, RDF.type)) == ((), {}, [])
    assert (graph.link(node, RDF.type), graph.plain(node, RDF.type), graph.is_a(node, node)) == (None, "", False)


@given(TRIPLES)
def test_triples_stand_by_subject_then_property_then_value(triples: list[Triple]) -> None:
    order = [(str(triple.subject), str(triple.predicate), str(triple.object)) for triple in Graph(triples).triples]
    assert order == sorted(set(order))


@given(TRIPLES, TRIPLES)
def test_a_graph_of_n_triples_is_that_of_the_triples_written(triples: list[Triple], more: list[Triple]) -> None:
    node = NamedNode("https://example.org/a")
    tagged = [Triple(node, node, Literal("a\n\u2028 .", language=tag)) for tag in ("en", "zh-Hant")]
    documents = (
        serialize([*triples, *tagged], format=RdfFormat.N_TRIPLES),
        serialize(more, format=RdfFormat.N_TRIPLES),
    )
    assert Graph.of_n_triples(*documents).triples == Graph([*more, *triples, *tagged]).triples


@given(TRIPLES, TRIPLES)
def test_a_pickled_graph_is_the_same_graph(triples: list[Triple], more: list[Triple]) -> None:
    documents = [serialize(item, format=RdfFormat.N_TRIPLES) for item in (triples, more)]
    for graph in (Graph(triples), Graph.of_n_triples(*documents)):
        assert pickle.loads(pickle.dumps(graph)).triples == graph.triples


def test_blank_nodes_of_one_document_are_none_of_another_s() -> None:
    document = b"_:b1 <https://example.org/p> _:b2 .\n_:b2 <https://example.org/p> _:b1 .\n"
    assert len(Graph.of_n_triples(document).triples) == 2
    assert len({term for statement in Graph.of_n_triples(document, document).statements() for term in statement}) == 5
