"""The shapes as a graph, and the vocabulary that the examples stand on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from coopgraph.dataset.tree import Tree, TreeContent, read_tree
from coopgraph.rdf.formats import TURTLE
from coopgraph.rdf.namespaces import COOP, RDF, SH
from coopgraph.rdf.read import read_rdf
from coopgraph.rdf.terms import NamedNode

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent
SHAPE = "https://w3id.org/coopgraph/shape/"


def _shapes_graph() -> Mapping[object, Mapping[NamedNode, list[object]]]:
    held: defaultdict[object, defaultdict[NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        for quad in read_rdf(file.read_bytes(), TURTLE):
            held[quad.subject][quad.predicate].append(quad.object)
    return held


HELD = _shapes_graph()
"""Subject → property → values, of all files of ``shapes/``."""

NAMES = tuple(
    sorted(node.value.removeprefix(SHAPE) for node in HELD if isinstance(node, NamedNode) and SH.severity in HELD[node])
)
"""The names of all shapes and file rules."""

FILE_RULES = frozenset(name for name in NAMES if COOP.FileRule in HELD[NamedNode(SHAPE + name)][RDF.type])
"""Those of them that speak of files and are no SHACL."""


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> TreeContent:
    """Return ontology, concept schemes and shapes, and no data."""
    return read_tree(Tree(ROOT / "ontology", ROOT / "shapes", tmp_path_factory.mktemp("empty")))
