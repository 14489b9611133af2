"""The canonical prefixes are one list, and it is whole."""

from __future__ import annotations

from coopgraph.dataset.prefixes import canonical_prefixes, tree_prefixes
from coopgraph.dataset.tree import Tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.read import read_rdf


def test_the_list_is_read_in_order(tree: Tree) -> None:
    prefixes = tree_prefixes(tree, limit=1_000_000)
    assert prefixes["coop"] == "https://w3id.org/coopgraph/def/"
    assert list(prefixes) == sorted(prefixes)


def test_no_namespace_has_two_prefixes(tree: Tree) -> None:
    prefixes = tree_prefixes(tree, limit=1_000_000)
    assert len(set(prefixes.values())) == len(prefixes)


def test_a_declaration_without_both_parts_is_passed_over() -> None:
    text = (
        b'@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:o> sh:declare [ sh:prefix "a" ] , [ sh:namespace "urn:b" ] .'
    )
    assert canonical_prefixes(read_rdf(text, TURTLE)) == {}
