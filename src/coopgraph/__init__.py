"""coopgraph: a knowledge graph of the organizations that help victims of digital sexual violence.

Rooms, from the ground up: ``model`` and ``rdf`` (words and syntax), ``dataset`` (the Turtle tree), ``check``,
``publish``, ``store``, ``ask`` and ``read`` (tasks), ``web`` and ``cli`` (edges). ``assemble`` knows them all.
"""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """Return ``__version__``, read when it is asked for: that takes as long as all else that ``--help`` needs."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("coopgraph")
