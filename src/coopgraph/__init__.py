"""coopgraph: a knowledge graph of the organizations that help victims of digital sexual violence.

Rooms, from the ground up: ``model`` and ``rdf`` (words and syntax), ``dataset`` (the Turtle tree), ``check``,
``publish``, ``store``, ``ask`` and ``read`` (tasks), ``web`` and ``cli`` (edges). ``assemble`` knows them all.
"""

from importlib.metadata import version

__version__ = version("coopgraph")
