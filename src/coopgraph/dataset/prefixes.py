"""Canonical prefixes: the one list, ``ontology/prefixes.ttl``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coopgraph.dataset.tree import Tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import SH
from coopgraph.rdf.read import load_file, read_rdf
from coopgraph.rdf.terms import Literal, Quad


def tree_prefixes(tree: Tree, *, limit: int) -> Mapping[str, str]:
    """Return the canonical prefixes of a tree. Raises :class:`UnreadableInput` where their file cannot be read."""
    return canonical_prefixes(read_rdf(load_file(tree.ontology / "prefixes.ttl", limit=limit), TURTLE))


def canonical_prefixes(quads: Iterable[Quad]) -> Mapping[str, str]:
    """Return prefix → namespace, sorted by prefix, from the ``sh:declare`` statements among ``quads``."""
    index = Index(quad.triple for quad in quads)
    found: dict[str, str] = {}
    for _, declaration in index.pairs(SH.declare):
        for prefix in index.objects(declaration, SH.prefix):
            for namespace in index.objects(declaration, SH.namespace):
                if isinstance(prefix, Literal) and isinstance(namespace, Literal):
                    found[prefix.value] = namespace.value
    return dict(sorted(found.items()))
