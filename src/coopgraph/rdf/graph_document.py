"""Document of a graph: its triples as one well-formed whole, in the house form of Turtle or as a JSON-LD tree.

Other than a result that is written while it comes, it needs all triples first. So it is made where the query runs, in a
process of its own, and costs neither the server's interpreter nor other readers anything.
"""

from __future__ import annotations

from typing import NamedTuple

from coopgraph.errors import OurFault
from coopgraph.messages.message import Message
from coopgraph.rdf.formats import JSON_LD, TURTLE, Format
from coopgraph.rdf.graph import Graph
from coopgraph.rdf.json_text import json_text
from coopgraph.rdf.published_jsonld import PublishedJsonLd
from coopgraph.rdf.terms import NamedNode
from coopgraph.rdf.turtle import house_form_of_texts

DOCUMENT_FORMATS = (TURTLE, JSON_LD)
"""The formats that such documents have."""


class DocumentForm(NamedTuple):
    """How a graph becomes a document: ``prefixes`` of Turtle with their namespaces; of JSON-LD the IRI that the tree
    begins at, the name of the frame that draws it, and whether the tree is to stand without what it leaves out.
    """

    root: str
    frame: str
    tree_only: bool
    prefixes: tuple[tuple[str, str], ...]


def graph_document(graph: Graph, fmt: Format, form: DocumentForm, published: PublishedJsonLd | None) -> bytes:
    """Return ``graph`` as a document in ``fmt``, one of :data:`DOCUMENT_FORMATS`.

    Raises :class:`OurFault` for JSON-LD where no context is published.
    """
    if fmt == TURTLE:
        return house_form_of_texts(graph.n_triples, dict(form.prefixes))
    if published is None:
        raise OurFault(Message("No JSON-LD context is published here."), Message("Ask for Turtle."))
    return json_text(published.document(graph, NamedNode(form.root), form.frame, tree_only=form.tree_only))
