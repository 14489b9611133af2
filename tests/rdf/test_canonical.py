"""The canonical form depends on the graph alone."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from coopgraph.rdf.canonical import canonical_nquads
from coopgraph.rdf.formats import N_QUADS
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Quad

nodes = st.sampled_from([NamedNode(f"urn:{letter}") for letter in "abc"])
blanks = st.sampled_from([BlankNode(letter) for letter in "pqrs"])
texts = st.text(alphabet='ab"\\\n\té', max_size=4)
literals = st.builds(Literal, texts) | st.builds(lambda text: Literal(text, language="ko"), texts)
quads = st.lists(st.builds(Quad, nodes | blanks, nodes, nodes | blanks | literals, nodes), max_size=10)


@given(quads, st.randoms())
def test_order_repetition_and_names_of_blank_nodes_do_not_matter(graph: list[Quad], chance: random.Random) -> None:
    lines = canonical_nquads(graph)
    again = [*read_rdf(lines, N_QUADS), *read_rdf(lines, N_QUADS)[:0]]
    chance.shuffle(again)
    assert canonical_nquads([*again, *again]) == lines


@given(quads)
def test_another_implementation_agrees(graph: list[Quad]) -> None:
    lines = canonical_nquads(graph).decode()
    theirs = jsonld.normalize(lines, {"algorithm": "URDNA2015", "inputFormat": "application/n-quads",
                                      "format": "application/n-quads"})  # fmt: skip
    assert theirs == lines


def test_lines_are_sorted_and_tags_in_their_usual_case() -> None:
    graph = [
        Quad(NamedNode("urn:b"), NamedNode("urn:p"), Literal("中", language="zh-Hans")),
        Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("93.0", datatype=NamedNode("urn:d"))),
        Quad(NamedNode("urn:b"), NamedNode("urn:p"), Literal('"x"@zh-hans .')),
    ]
    assert canonical_nquads(graph).decode().splitlines() == [
        '<urn:a> <urn:p> "93.0"^^<urn:d> .',
        '<urn:b> <urn:p> "\\"x\\"@zh-hans ." .',
        '<urn:b> <urn:p> "中"@zh-Hans .',
    ]


def test_blank_nodes_have_the_names_of_the_specification() -> None:
    graph = [Quad(BlankNode("x"), NamedNode("urn:p"), Literal("1"))]
    assert canonical_nquads(graph) == b'_:c14n0 <urn:p> "1" .\n'
