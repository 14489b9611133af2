"""Quad index: gives back what went in, term for term as written, by any of its terms, from memory and from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgraph.rdf.namespaces import XSD
from coopgraph.rdf.quad_index import QuadIndex, UnreadableIndex, write_index
from coopgraph.rdf.terms import BlankNode, Literal, NamedNode, Node, Term, Triple

nodes: st.SearchStrategy[Node] = st.sampled_from(
    [*(NamedNode(f"http://example.org/{name}") for name in "abc"), BlankNode("x1"), BlankNode("a1")]
)
literals: st.SearchStrategy[Term] = st.sampled_from(
    [
        Literal("1.0", datatype=XSD.decimal),
        Literal("01", datatype=XSD.integer),
        Literal("2021-02-30", datatype=XSD.date),
        Literal("true", datatype=XSD.boolean),
        Literal("1", datatype=XSD.boolean),
        Literal("text"),
        Literal("Wort", language="de"),
        Literal("text", datatype=NamedNode("urn:as-written:x")),
    ]
)
predicates = st.sampled_from([NamedNode(f"http://example.org/{name}") for name in "pq"])
statements = st.builds(Triple, nodes, predicates, st.one_of(nodes, literals))
documents = st.dictionaries(
    st.sampled_from(["data/org/a.ttl", "data/org/한국.ttl", "a b#c?%20.ttl"]), st.sets(statements, max_size=6)
)

Made = Callable[[Iterable[Triple], Iterable[tuple[str, Triple]], Path], QuadIndex]


def in_memory(data: Iterable[Triple], stated: Iterable[tuple[str, Triple]], _: Path) -> QuadIndex:
    return QuadIndex.in_memory(data, stated)


def on_disk(data: Iterable[Triple], stated: Iterable[tuple[str, Triple]], place: Path) -> QuadIndex:
    write_index(place, data, stated)
    return QuadIndex.on_disk(place)


@pytest.mark.parametrize(("made", "examples"), [(in_memory, 40), (on_disk, 3)])
def test_every_pattern_finds_what_has_its_terms(made: Made, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.sets(statements, max_size=12), documents)
    def holds(data: set[Triple], stated: dict[str, set[Triple]]) -> None:
        pairs = [(name, triple) for name, held in stated.items() for triple in held]
        with TemporaryDirectory() as folder:
            index = made(data, pairs, Path(folder) / "index")
            for triple in [*data, *(triple for _, triple in pairs)]:
                for terms in _patterns(triple):
                    assert sorted(map(str, index.triples(*terms))) == sorted(str(t) for t in data if _fits(t, terms))
                    assert sorted(map(str, index.stated(*terms))) == sorted(
                        str(pair) for pair in pairs if _fits(pair[1], terms)
                    )
            for name, held in stated.items():
                assert set(index.stated_by(name)) == held

    holds()


@pytest.mark.parametrize("damage", ["gone", "no store", "a file"])
def test_what_is_no_index_is_told_as_that(damage: str, tmp_path: Path) -> None:
    place = tmp_path / "index"
    if damage == "no store":
        place.mkdir()
    elif damage == "a file":
        place.write_text("")
    with pytest.raises(UnreadableIndex):
        QuadIndex.on_disk(place)


def test_a_place_that_is_taken_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("")
    with pytest.raises(UnreadableIndex):
        write_index(tmp_path / "index", [], [])


Terms = tuple[Node | None, NamedNode | None, Term | None]


def _patterns(triple: Triple) -> list[Terms]:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    assert not isinstance(subject, Triple)
    assert not isinstance(value, Triple)
    return [
        (subject if number & 1 else None, predicate if number & 2 else None, value if number & 4 else None)
        for number in range(8)
    ]


def _fits(triple: Triple, terms: Terms) -> bool:
    return all(
        wanted in (None, held)
        for wanted, held in zip(terms, (triple.subject, triple.predicate, triple.object), strict=True)
    )
