"""coopgraph: a knowledge graph of the organizations that help victims of digital sexual violence.

Folders, from the ground up: ``model``, ``messages``, ``rdf``, ``sparql`` (words and syntax); ``dataset`` (the Turtle
tree), ``validation``, ``curation``, ``publishing`` (from the tree to a release); ``store``, ``query``, ``reading``
(from a release to answers); ``http``, ``server``, ``web``, ``cli`` (edges), ``client`` (for programs). ``context``
joins all.
"""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """Return ``__version__``, read when it is asked for: that takes as long as all else that ``--help`` needs."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("coopgraph")
