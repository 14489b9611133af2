"""The graph that the tests of the data look at: the tree of this checkout, filled in, without the shapes."""

from __future__ import annotations

import pytest

from coopgraph import settings
from coopgraph.dataset.materialize.graphs import MaterializedGraphs, materialize
from coopgraph.dataset.tree import locate, read_tree
from coopgraph.model.iris import NOT_IN_DEFAULT_GRAPH
from coopgraph.rdf.index import Index


@pytest.fixture(scope="package")
def filled() -> MaterializedGraphs:
    chosen, _ = settings.load_settings({}, {})
    return materialize(read_tree(locate(chosen)))


@pytest.fixture(scope="package")
def graph(filled: MaterializedGraphs) -> Index:
    graphs = filled.graphs.items()
    return Index(triple for name, triples in graphs if name not in NOT_IN_DEFAULT_GRAPH for triple in triples)
