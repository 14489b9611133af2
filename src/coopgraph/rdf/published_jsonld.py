"""JSON-LD context and frames as a release publishes them, in files of its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopgraph.model import release_folder
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.jsonld import Context, JsonLdFrame
from coopgraph.rdf.terms import NamedNode

_FRAMES = "frame/*.jsonld"


@dataclass(frozen=True, slots=True)
class PublishedJsonLd:
    """The context of a release, and its frames by name (``organization``)."""

    context: Context
    frames: Mapping[str, JsonLdFrame]

    @classmethod
    def of_folder(cls, folder: Path) -> PublishedJsonLd:
        """Read the files in the folder of a release. Raises OSError, or OurFault where the context is none."""
        context = Context((folder / release_folder.CONTEXT).read_bytes())
        drawn = sorted(folder.glob(_FRAMES))
        return cls(context, {place.stem: context.frame(json.loads(place.read_bytes())) for place in drawn})

    def document(self, graph: Graph, root: NamedNode, frame: str, *, tree_only: bool) -> Mapping[str, Any]:
        """Return ``graph`` as a tree from ``root`` in the shape of the frame of this name, with the rest beside it.

        ``tree_only`` leaves the rest out. All is flat where no frame has the name.
        """
        shape = self.frames.get(frame)
        if shape is None:
            return self.context.flat(graph, root)
        draw = self.context.tree if tree_only else self.context.whole
        return draw(graph, root, shape)
