"""The real graph: the tree of this checkout, filled in, which takes many seconds; a process of tests makes it once."""

from __future__ import annotations

from functools import cache

from coopgraph import settings
from coopgraph.dataset.materialize.graphs import MaterializedGraphs, materialize
from coopgraph.dataset.tree import locate, read_tree


@cache
def real_graphs() -> MaterializedGraphs:
    """Return the graphs, without the shapes; nobody changes them."""
    chosen, _ = settings.load_settings({}, {})
    return materialize(read_tree(locate(chosen)))
