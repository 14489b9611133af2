"""The graph that the tests of the data look at: the tree of this checkout, filled in, without the shapes."""

from __future__ import annotations

import pytest

from coopgraph.dataset.materialize.graphs import MaterializedGraphs
from coopgraph.model.iris import NOT_IN_DEFAULT_GRAPH
from coopgraph.rdf.index import Index
from tests.real_graph import real_graphs


@pytest.fixture(scope="package")
def filled() -> MaterializedGraphs:
    return real_graphs()


@pytest.fixture(scope="package")
def graph(filled: MaterializedGraphs) -> Index:
    graphs = filled.graphs.items()
    return Index(triple for name, triples in graphs if name not in NOT_IN_DEFAULT_GRAPH for triple in triples)
