"""The graph that the tests of the data look at: the tree of this checkout, filled in, without the shapes."""

from __future__ import annotations

import pytest

from coopgraph import settings
from coopgraph.dataset.materialize.graphs import materialize
from coopgraph.dataset.tree import locate, read_tree
from coopgraph.model.iris import NOT_IN_DEFAULT_GRAPH
from coopgraph.rdf.index import Index


@pytest.fixture(scope="package")
def graph() -> Index:
    chosen, _ = settings.load_settings({}, {})
    graphs = materialize(read_tree(locate(chosen))).graphs
    return Index(triple for name, triples in graphs.items() if name not in NOT_IN_DEFAULT_GRAPH for triple in triples)
